"""@Title@"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "@NUMBER@"
down_revision = "@BEFORE@"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "@many@",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
        sa.Column("name", KEY, nullable=False),
        sa.Column("pool", KEY, nullable=False),
        sa.Column("text", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_@many@"),
    )
    op.create_index("ix_@many@_pool_id", "@many@", ["pool", "id"])
    there = sa.text("archived_at IS NULL")
    op.create_index(
        "uq_@many@_name",
        "@many@",
        ["name"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )


def downgrade() -> None:
    op.drop_table("@many@")
