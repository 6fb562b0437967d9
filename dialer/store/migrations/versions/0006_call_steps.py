"""What was done with conversations: hold, park, transfer, who was asked in, recording pauses"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "call_steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_steps"),
    )
    op.create_index("ix_call_steps_attempt", "call_steps", ["attempt_id", "id"])


def downgrade() -> None:
    op.drop_table("call_steps")
