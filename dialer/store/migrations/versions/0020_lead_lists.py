"""How lists of leads stand, and the files they came from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
#: What is counted of an import.
COUNTS = ("rows", "imported", "duplicates", "rejected", "warned", "opted_out")
_NOTE_LISTS = """
INSERT INTO lead_lists (campaign_id, name, state, priority, weight, passed, created_at)
SELECT c.id, l.list_name, 'running', 50, 1.0, 0.0, c.created_at
FROM (SELECT DISTINCT campaign_id, list_name FROM leads) l
JOIN campaigns c ON c.id = l.campaign_id
"""


def upgrade() -> None:
    op.create_table(
        "lead_lists",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("passed", sa.Float(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 99", name="ck_lead_lists_priority"),
        sa.CheckConstraint("weight > 0", name="ck_lead_lists_weight"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_lead_lists_campaign_id"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "name", name="pk_lead_lists"),
    )
    op.create_table(
        "lead_imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("finished_at", UnixTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("undone_at", UnixTime(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("taken_out", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_lead_imports_campaign_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lead_imports"),
    )
    op.create_index("ix_lead_imports_campaign_id", "lead_imports", ["campaign_id"])
    op.drop_index("ix_leads_due", "leads")
    op.create_index(
        "ix_leads_due",
        "leads",
        ["campaign_id", "list_name", "state", "priority", "next_call_at", "id"],
    )
    op.execute(_NOTE_LISTS)


def downgrade() -> None:
    op.drop_index("ix_leads_due", "leads")
    op.create_index(
        "ix_leads_due", "leads", ["campaign_id", "state", "priority", "next_call_at", "id"]
    )
    op.drop_table("lead_imports")
    op.drop_table("lead_lists")
