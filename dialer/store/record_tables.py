"""The table of a kind of record: a column for each field, as the struct says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import inspect
from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Table
from sqlalchemy.sql.type_api import TypeEngine

from dialer.ports.records import Record, RecordType
from dialer.store.columns import JsonText, UnixTime
from dialer.store.scope import bind
from dialer.store.tables import Key, metadata

_PLAIN: dict[type[inspect.Type], Callable[[], TypeEngine[Any]]] = {
    inspect.IntType: BigInteger,
    inspect.FloatType: Float,
    inspect.BoolType: Boolean,
    inspect.StrType: lambda: Key,
    inspect.EnumType: lambda: Key,
    inspect.LiteralType: lambda: Key,
}


def table_of(of: RecordType[Any], name: str, *indexes: tuple[str, ...]) -> Table:
    """`indexes`: the fields of each, in order; every one for a query that can be named."""
    columns = [_column(field) for field in fields_of(of.shape)]
    table = Table(name, metadata, *columns)
    for names in indexes:
        Index(f"ix_{name}_{'_'.join(names)}", *(table.c[it] for it in names))
    there = table.c.archived_at.is_(None)
    for field in of.unique:
        Index(
            f"uq_{name}_{field}",
            table.c[field],
            unique=True,
            sqlite_where=there,
            postgresql_where=there,
        )
    if of.scope is not None:
        bind(table, of.scope)
    return table


def fields_of(shape: type[Record]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _column(field: inspect.Field) -> Column[Any]:
    plain, is_null = without_null(field.type)
    return Column(field.name, _type(plain), primary_key=field.name == "id", nullable=is_null)


def without_null(type_: inspect.Type) -> tuple[inspect.Type, bool]:
    """The type of a value that is there, and whether it may be missing."""
    if isinstance(type_, inspect.UnionType):
        there = [it for it in type_.types if not isinstance(it, inspect.NoneType)]
        if len(there) == 1:
            return there[0], len(there) < len(type_.types)
    return type_, False


def _type(type_: inspect.Type) -> TypeEngine[Any]:
    if isinstance(type_, inspect.Metadata):
        if (type_.extra or {}).get("column") == "moment":
            return UnixTime()
        return _type(type_.type)
    make = _PLAIN.get(type(type_), JsonText)
    return make()


def reader_of(shape: type[Record]) -> Callable[[Any], Any]:
    """Makes a record of a row. What rules of today would refuse is read as it was written."""
    changed = {
        field.name: msgspec.structs.fields(shape)[at].type
        for at, field in enumerate(fields_of(shape))
        if not _is_as_written(field.type)
    }

    def read(row: Any) -> Any:
        values = dict(row._mapping)
        for name, type_ in changed.items():
            if values[name] is not None:
                values[name] = msgspec.convert(values[name], type_)
        return shape(**values)

    return read


def _is_as_written(type_: inspect.Type) -> bool:
    """A column gives the value as the record has it."""
    plain, _ = without_null(type_)
    if isinstance(plain, inspect.Metadata):
        return _is_as_written(plain.type)
    return isinstance(plain, tuple(_PLAIN)) and not isinstance(plain, inspect.EnumType)
