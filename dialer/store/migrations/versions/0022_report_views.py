"""Saved reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "report_views",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
        sa.Column("name", KEY, nullable=False),
        sa.Column("share", KEY, nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("period", KEY, nullable=False),
        sa.Column("last_days", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Text()),
        sa.Column("last", sa.Text()),
        sa.Column("zone", KEY, nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("compare", KEY, nullable=False),
        sa.Column("across", KEY, nullable=False),
        sa.Column("hot", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_views"),
    )
    op.create_index("ix_report_views_created_by_id", "report_views", ["created_by", "id"])
    op.create_index("ix_report_views_share_id", "report_views", ["share", "id"])


def downgrade() -> None:
    op.drop_table("report_views")
