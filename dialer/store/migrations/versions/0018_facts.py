"""Facts of closed days in files: what a call and a stretch of time were of when they ended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# The columns of a call that its fact is made of.
OF_CALLS = (
    "placed_at, ringing_at, answered_at, connected_at, ended_at, talk_seconds, wrapup_seconds, "
    "outcome, answered_by, agent, team, squad, list_name, trunk, node, caller_id, mode, "
    "disposition, result_group, hangup_cause, sip_code, hangup_by, for_agent, lead_id"
)
DAY_S = 86_400
# A time just before midnight may be rounded into the next day: that one is marked as well.
ROUNDED = 0.001


def upgrade() -> None:
    for name in ("list_name", "team", "squad", "result_group"):
        op.add_column("attempts", sa.Column(name, sa.Text()))
    for name in ("team", "squad"):
        op.add_column("work_times", sa.Column(name, sa.Text()))
    op.execute(
        "UPDATE attempts SET list_name = "
        "(SELECT l.list_name FROM leads l WHERE l.id = attempts.lead_id)"
    )
    op.create_index("ix_work_times_ended", "work_times", ["ended_at"])
    op.create_table(
        "day_files",
        sa.Column("fact", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False, server_default=""),
        sa.Column("rows", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("version", KEY, nullable=False),
        sa.PrimaryKeyConstraint("fact", "day", name="pk_day_files"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "late_facts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("fact", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_late_facts"),
    )
    op.create_index("ix_late_facts_day", "late_facts", ["fact", "day"])
    if op.get_bind().dialect.name == "postgresql":
        _postgres_triggers()
    else:
        _sqlite_triggers()


def _sqlite_triggers() -> None:
    for table, fact, first, last, watched in _WATCHED:
        for event, rows in _EVENTS:
            of = f" OF {watched}" if watched and event == "UPDATE" else ""
            begin = _least([f"{row}.{first}" for row in rows])
            end = _most([f"{row}.{last}" for row in rows])
            op.execute(
                f"CREATE TRIGGER late_{fact}_{event.lower()} AFTER {event}{of} ON {table} BEGIN "
                f"INSERT INTO late_facts (fact, day) SELECT fact, day FROM day_files "
                f"WHERE fact = '{fact}' AND day BETWEEN CAST({begin} / {DAY_S} AS INTEGER) "
                f"AND CAST(({end} + {ROUNDED}) / {DAY_S} AS INTEGER); END"
            )


def _postgres_triggers() -> None:
    for table, fact, first, last, watched in _WATCHED:
        for event, rows in _EVENTS:
            of = f" OF {watched}" if watched and event == "UPDATE" else ""
            begin = f"least({', '.join(f'{row}.{first}' for row in rows)})"
            end = f"greatest({', '.join(f'{row}.{last}' for row in rows)})"
            name = f"late_{fact}_{event.lower()}"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"INSERT INTO late_facts (fact, day) SELECT fact, day FROM day_files "
                f"WHERE fact = '{fact}' AND day BETWEEN "
                f"floor(extract(epoch FROM {begin}) / {DAY_S})::int AND "
                f"floor((extract(epoch FROM {end}) + {ROUNDED}) / {DAY_S})::int; "
                "RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def _least(terms: list[str]) -> str:
    return f"min({', '.join(terms)})" if len(terms) > 1 else terms[0]


def _most(terms: list[str]) -> str:
    return f"max({', '.join(terms)})" if len(terms) > 1 else terms[0]


_EVENTS = (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",)))
# Table, fact, the first and the last moment of a row, and the columns of its fact.
_WATCHED = (
    ("attempts", "calls", "placed_at", "placed_at", OF_CALLS),
    ("work_times", "times", "began_at", "ended_at", ""),
)


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for table, fact, *_ in _WATCHED:
        for event, _ in _EVENTS:
            name = f"late_{fact}_{event.lower()}"
            op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgres else f"DROP TRIGGER {name}")
            if is_postgres:
                op.execute(f"DROP FUNCTION {name}")
    op.drop_table("late_facts")
    op.drop_table("day_files")
    op.drop_index("ix_work_times_ended", "work_times")
    for name in ("squad", "team"):
        op.drop_column("work_times", name)
    for name in ("result_group", "squad", "team", "list_name"):
        op.drop_column("attempts", name)
