"""Versions of settings, messages, assignments, schedules, alerts and webhooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import JsonText, UnixTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "settings_versions",
        sa.Column("subject", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", JsonText(), nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("changes", JsonText(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.PrimaryKeyConstraint("subject", "version", name="pk_settings_versions"),
    )
    op.create_table(
        "assignments",
        sa.Column("agent", KEY, nullable=False),
        sa.Column("campaigns", JsonText()),
        sa.ForeignKeyConstraint(
            ["agent"], ["agents.id"], name="fk_assignments_agent", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent", name="pk_assignments"),
    )
    op.create_table(
        "schedule_marks",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("boundary", UnixTime(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_schedule_marks_campaign_id"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_schedule_marks"),
    )
    _create_messages()
    _create_alerts()


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("addressed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_who", "messages", ["who", "id"])
    op.create_table(
        "message_receipts",
        sa.Column("agent", KEY, nullable=False),
        sa.Column("message", KEY, nullable=False),
        sa.Column("read_at", UnixTime()),
        sa.ForeignKeyConstraint(
            ["message"], ["messages.id"], name="fk_message_receipts_message", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent", "message", name="pk_message_receipts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_receipts_message", "message_receipts", ["message"])


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("began_at", UnixTime(), nullable=False),
        sa.Column("ended_at", UnixTime()),
        sa.Column("acked_at", UnixTime()),
        sa.Column("acked_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index(
        "ix_alerts_firing",
        "alerts",
        ["id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", UnixTime(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state", "id"])


def downgrade() -> None:
    for table in (
        "deliveries", "alerts", "message_receipts", "messages", "schedule_marks", "assignments",
        "settings_versions",
    ):  # fmt: skip
        op.drop_table(table)
