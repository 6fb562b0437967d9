"""Which browser phones have a password now"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "issued_phones",
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session", KEY),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("issued_at", UnixTime(), nullable=False),
        sa.Column("expires_at", UnixTime(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="pk_issued_phones"),
    )
    op.create_index("ix_issued_phones_session", "issued_phones", ["session"])


def downgrade() -> None:
    op.drop_table("issued_phones")
