"""One open attempt per number"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    # Two calls to one number at once, and then a crash: the newer may be up, so the older is over.
    op.execute(
        "UPDATE attempts SET ended_at = placed_at, outcome = 'failed' WHERE ended_at IS NULL "
        "AND EXISTS (SELECT 1 FROM attempts newer WHERE newer.number = attempts.number "
        "AND newer.ended_at IS NULL AND newer.id > attempts.id)"
    )
    op.drop_index("ix_attempts_open", "attempts")
    op.create_index(
        "ix_attempts_open",
        "attempts",
        ["number"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_attempts_open", "attempts")
    op.create_index(
        "ix_attempts_open", "attempts", ["id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
