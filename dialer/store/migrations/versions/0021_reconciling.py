"""Differences between records, switch and disk, and the days that were looked at"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "differences",
        *_of_every_record(),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("attempt", KEY, nullable=False),
        sa.Column("campaign", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("placed_at", UnixTime()),
        sa.Column("ended_at", UnixTime()),
        sa.Column("record", sa.Text()),
        sa.Column("switch", sa.Text()),
        sa.Column("noted", sa.Text()),
        sa.Column("file", sa.Text()),
        sa.Column("settled", KEY, nullable=False),
        sa.Column("note", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_differences"),
    )
    op.create_index("ix_differences_day_id", "differences", ["day", "id"])
    op.create_table(
        "day_checks",
        *_of_every_record(),
        sa.Column("day", KEY, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("files", sa.BigInteger()),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_checks"),
    )
    there = sa.text("archived_at IS NULL")
    op.create_index(
        "uq_day_checks_day",
        "day_checks",
        ["day"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )


def _of_every_record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
    ]


def downgrade() -> None:
    op.drop_table("day_checks")
    op.drop_table("differences")
