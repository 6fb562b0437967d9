"""The journal, its consumers' cursors, and webhooks that are told in order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    op.create_index("ix_journal_xid", "journal", ["xid"], sqlite_where=sa.text("xid != 0"))
    op.create_table(
        "journal_cursors",
        sa.Column("consumer", KEY, nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name="pk_journal_cursors"),
    )
    op.add_column("deliveries", sa.Column("lane", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "deliveries", sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0")
    )
    # What waits from before is told in no order, as it was.
    op.execute("UPDATE deliveries SET lane = id")
    for name, columns in (
        ("ix_deliveries_due", ["hook", "next_at"]),
        ("ix_deliveries_lane", ["hook", "lane", "seq"]),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    for name in ("ix_deliveries_lane", "ix_deliveries_due"):
        op.drop_index(name, "deliveries")
    op.drop_column("deliveries", "seq")
    op.drop_column("deliveries", "lane")
    op.drop_table("journal_cursors")
    op.drop_table("journal")
