"""Calls of some days, newest first"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempts_placed", "attempts", ["placed_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_attempts_placed", table_name="attempts")
