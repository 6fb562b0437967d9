"""Why calls were dialed, every result that was said of them, and what they are looked for by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("reasons", sa.Text()))
    op.create_table(
        "said_results",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_said_results"),
    )
    op.create_index("ix_said_results_attempt", "said_results", ["attempt_id", "id"])


def downgrade() -> None:
    op.drop_table("said_results")
    op.drop_column("attempts", "reasons")
