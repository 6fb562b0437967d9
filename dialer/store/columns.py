"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import DateTime, Dialect, Float, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_encode = msgspec.json.Encoder(order="sorted").encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnixTime(TypeDecorator[float]):
    """Unix seconds in Python; REAL on SQLite (nothing to convert), TIMESTAMPTZ on PostgreSQL.

    A double holds today's unix times to a quarter of a microsecond, so both keep microseconds.
    """

    impl = Float
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Float())

    def bind_processor(self, dialect: Dialect) -> Any:
        return to_datetime if dialect.name == "postgresql" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return to_unix if dialect.name == "postgresql" else None


class JsonText(TypeDecorator[Any]):
    """A JSON document, kept as text: read whole, never searched inside by the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


def to_datetime(at: float | None) -> datetime | None:
    """Unix seconds as an aware datetime, rounded to the microsecond."""
    return None if at is None else _EPOCH + timedelta(microseconds=round(at * 1_000_000))


def to_unix(at: datetime | None) -> float | None:
    """An aware datetime as unix seconds."""
    return None if at is None else at.timestamp()


def to_json(value: Any) -> str:
    """Compact JSON; equal documents give equal text."""
    return _encode(value).decode()
