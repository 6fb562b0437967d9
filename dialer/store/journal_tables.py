"""The tables of the journal; `tables.py` has the rest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text

from dialer.store.columns import UnixTime
from dialer.store.tables import Key, metadata

# What happened, in the transaction in which it did. On PostgreSQL `xid` is that transaction:
# sequences commit out of order, transactions below the oldest open one do not.
journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("at", UnixTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("xid", BigInteger, nullable=False, server_default="0"),
)
# The transactions that have ended since a consumer looked.
Index("ix_journal_xid", journal.c.xid, sqlite_where=journal.c.xid != 0)

# A consumer has passed the records of transactions below `lo`, and of those below `hi` the ones up
# to `seq`; these end at `until`.
journal_cursors = Table(
    "journal_cursors",
    metadata,
    Column("consumer", Key, primary_key=True),
    Column("lo", BigInteger, nullable=False),
    Column("hi", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
