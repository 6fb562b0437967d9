"""The tables of the day files of facts; `tables.py` has the rest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text

from dialer.store.tables import Key, metadata

# The file of each closed day. A row without a file: one is being written, so changes are noted.
# `version` begins with the fact's shape and is another with each file, so that of two who write a
# day at once one is told.
day_files = Table(
    "day_files",
    metadata,
    Column("fact", Key, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("file", Text),
    Column("sha256", Text, nullable=False, server_default=""),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("version", Key, nullable=False),
    sqlite_with_rowid=False,
)

# A change of a day that has a row above, written by triggers on the facts' tables.
late_facts = Table(
    "late_facts",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("fact", Key, nullable=False),
    Column("day", Integer, nullable=False),
)
Index("ix_late_facts_day", late_facts.c.fact, late_facts.c.day)
