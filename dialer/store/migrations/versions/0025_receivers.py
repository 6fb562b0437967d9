"""Receivers of webhooks that are made on a screen"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "receivers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
        sa.Column("name", KEY, nullable=False),
        sa.Column("url", KEY, nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Boolean(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("timeout_s", sa.Float(), nullable=False),
        sa.Column("secret_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receivers"),
    )
    there = sa.text("archived_at IS NULL")
    op.create_index(
        "uq_receivers_name",
        "receivers",
        ["name"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )


def downgrade() -> None:
    op.drop_table("receivers")
