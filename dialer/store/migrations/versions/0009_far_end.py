"""What the far end said: the SIP code of an attempt, and numbers whose callee declined once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DECLINED = sa.text("sip_code IN (603, 607, 608)")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("sip_code", sa.Integer()))
    op.add_column(
        "lead_numbers",
        sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_attempts_declined",
        "attempts",
        ["ended_at"],
        sqlite_where=DECLINED,
        postgresql_where=DECLINED,
    )


def downgrade() -> None:
    op.drop_index("ix_attempts_declined", "attempts")
    op.drop_column("lead_numbers", "declined")
    op.drop_column("attempts", "sip_code")
