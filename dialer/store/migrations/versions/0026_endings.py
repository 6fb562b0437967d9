"""Calls are found by the last four digits of their numbers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ending = sa.text("substr(number, length(number) - 3)")
    op.create_index("ix_attempts_ending", "attempts", [ending, "placed_at"])


def downgrade() -> None:
    op.drop_index("ix_attempts_ending", "attempts")
