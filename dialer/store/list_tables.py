"""The tables of lists and imports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.sql.type_api import TypeEngine

from dialer.store.columns import UnixTime
from dialer.store.tables import Key, metadata


def _must(name: str, type_: type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, type_, nullable=False)


# How a list stands; every list that has leads is here.
lead_lists = Table(
    "lead_lists",
    metadata,
    Column("campaign_id", Key, ForeignKey("campaigns.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    _must("state", Text),
    _must("priority", SmallInteger),
    _must("weight", Float),
    _must("passed", Float),
    _must("created_at", UnixTime),
    CheckConstraint("priority BETWEEN 0 AND 99", name="priority"),
    CheckConstraint("weight > 0", name="weight"),
)

# Files that came in. No foreign key to leads: they may be gone, and the file was there.
lead_imports = Table(
    "lead_imports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("campaign_id", Key, ForeignKey("campaigns.id"), nullable=False, index=True),
    _must("list_name", Text),
    _must("file", Text),
    _must("who", Text),
    _must("at", UnixTime),
    _must("state", Text),
    _must("rows", Integer),
    _must("imported", Integer),
    _must("duplicates", Integer),
    _must("rejected", Integer),
    _must("warned", Integer),
    _must("opted_out", Integer),
    Column("finished_at", UnixTime),
    _must("fault", Text),
    Column("undone_at", UnixTime),
    Column("undone_by", Text),
    _must("taken_out", Integer),
    _must("kept", Integer),
)
