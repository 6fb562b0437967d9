"""Attempts that do not count on their leads: a trunk's or the switch's fault, or taken back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("pardon", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "pardon")
