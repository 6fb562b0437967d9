"""Changes of the do-not-call list that can be undone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "dnc_changes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("undone_at", UnixTime(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dnc_changes"),
    )
    op.create_table(
        "dnc_change_items",
        sa.Column("change_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("was_listed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", UnixTime(), nullable=False),
        sa.Column("expires_at", UnixTime(), nullable=True),
        sa.Column("wished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["dnc_changes.id"],
            name="fk_dnc_change_items_change_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_id", "number", name="pk_dnc_change_items"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dnc_change_items_number", "dnc_change_items", ["number"])


def downgrade() -> None:
    op.drop_table("dnc_change_items")
    op.drop_table("dnc_changes")
