"""Saved reports that are sent, and what became of it"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _of_every_record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
    ]


def upgrade() -> None:
    op.create_table(
        "report_schedules",
        *_of_every_record(),
        sa.Column("view", KEY, nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("every", KEY, nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("month_day", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("zone", KEY, nullable=False),
        sa.Column("format", KEY, nullable=False),
        sa.Column("language", KEY, nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_schedules"),
    )
    op.create_index("ix_report_schedules_view_id", "report_schedules", ["view", "id"])
    op.create_table(
        "report_runs",
        *_of_every_record(),
        sa.Column("schedule", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("due_at", UnixTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("missed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_runs"),
    )
    op.create_index("ix_report_runs_schedule_due_at", "report_runs", ["schedule", "due_at"])


def downgrade() -> None:
    op.drop_table("report_runs")
    op.drop_table("report_schedules")
