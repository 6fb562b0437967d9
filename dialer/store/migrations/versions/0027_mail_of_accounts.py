"""Where mail for a person goes, and in which language"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("language", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.drop_column("language")
        table.drop_column("email")
