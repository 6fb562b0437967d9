"""What a rep's desk needs: notes, callbacks, times at work, and why calls were missed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import JsonText, UnixTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("leads", sa.Column("was", sa.Text()))
    op.add_column("attempts", sa.Column("mode", sa.Text(), nullable=False, server_default="auto"))
    op.add_column("attempts", sa.Column("for_agent", KEY))
    op.create_index("ix_attempts_lead", "attempts", ["lead_id", "id"])
    _index_some("ix_attempts_agent", "attempts", ["agent", "id"], "agent IS NOT NULL")
    _index_some("ix_attempts_for_agent", "attempts", ["for_agent", "id"], "for_agent IS NOT NULL")
    op.create_table(
        "notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("attempt_id", KEY),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_lead", "notes", ["lead_id", "id"])
    _create_callbacks()
    _create_days()


def _index_some(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("attempt_id", KEY),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("owner", KEY),
        sa.Column("due_at", UnixTime(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("try_at", UnixTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("dialed_as", KEY),
        sa.Column("done_at", UnixTime()),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_callbacks_campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_lead_id", "callbacks", ["lead_id"])
    _index_some("ix_callbacks_to_come", "callbacks", ["try_at"], "result IS NULL")


def _create_days() -> None:
    op.create_table(
        "work_times",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UnixTime(), nullable=False),
        sa.Column("ended_at", UnixTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work_times"),
    )
    op.create_index("ix_work_times_agent", "work_times", ["agent_id", "ended_at"])
    op.create_table(
        "mishaps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("figures", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mishaps"),
    )
    op.create_index("ix_mishaps_agent", "mishaps", ["agent_id", "id"])


def downgrade() -> None:
    for table in ("mishaps", "work_times", "callbacks", "notes"):
        op.drop_table(table)
    for index in ("ix_attempts_for_agent", "ix_attempts_agent", "ix_attempts_lead"):
        op.drop_index(index, "attempts")
    op.drop_column("attempts", "for_agent")
    op.drop_column("attempts", "mode")
    op.drop_column("leads", "was")
