"""The tables of what steering leaves behind; `tables.py` has the rest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from dialer.store.columns import JsonText, UnixTime
from dialer.store.tables import Key, metadata

settings_versions = Table(
    "settings_versions",
    metadata,
    Column("subject", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("settings", JsonText, nullable=False),
    Column("changed_at", UnixTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("changes", JsonText, nullable=False),
    Column("undoes", Integer),
)

assignments = Table(
    "assignments",
    metadata,
    Column("agent", Key, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("campaigns", JsonText),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UnixTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("addressed", Text, nullable=False),
    Column("text", Text, nullable=False),
)
# What a supervisor sent, newest first.
Index("ix_messages_who", messages.c.who, messages.c.id)

message_receipts = Table(
    "message_receipts",
    metadata,
    Column("agent", Key, primary_key=True),
    Column(
        "message", Key, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("read_at", UnixTime),
    sqlite_with_rowid=False,
)

schedule_marks = Table(
    "schedule_marks",
    metadata,
    Column("campaign_id", Key, ForeignKey("campaigns.id"), primary_key=True),
    Column("boundary", UnixTime, nullable=False),
    Column("form", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("pool", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("value", Float),
    Column("began_at", UnixTime, nullable=False),
    Column("ended_at", UnixTime),
    Column("acked_at", UnixTime),
    Column("acked_by", Text, nullable=False),
    Column("facts", JsonText, nullable=False, server_default="{}"),
)
# Those that fire: a handful, whatever the size of the table.
Index(
    "ix_alerts_firing",
    alerts.c.id,
    sqlite_where=alerts.c.ended_at.is_(None),
    postgresql_where=alerts.c.ended_at.is_(None),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("hook", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UnixTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", UnixTime, nullable=False),
    Column("status", Integer),
    Column("error", Text, nullable=False),
    # What is told in order: one lane after the other by `seq`, of the journal.
    Column("lane", Text, nullable=False, server_default=""),
    Column("seq", BigInteger, nullable=False, server_default="0"),
)
# What is still to be sent.
Index("ix_deliveries_state", deliveries.c.state, deliveries.c.id)
_WAITING = deliveries.c.state == "waiting"
# What is due for a receiver, and whether something of its lane is before it.
Index(
    "ix_deliveries_due",
    deliveries.c.hook,
    deliveries.c.next_at,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
Index(
    "ix_deliveries_lane",
    deliveries.c.hook,
    deliveries.c.lane,
    deliveries.c.seq,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
