"""What holds for the records of every feature: they are kept and seen as declared."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from dialer.features.every import kept_records
from dialer.kit.records.keeping import KeptRecords
from dialer.ports.audit import AuditEntry
from dialer.ports.records import OURS, RecordQuery
from dialer.ports.scope import EVERYTHING, NOTHING
from dialer.store import migrate, open_store
from dialer.store.record_tables import fields_of, without_null

NOW = 1_800_000_000.0
ENTRY = AuditEntry(at=NOW, who="anna", what="test.add", subject="x")
KEPT = kept_records()


def sample(kept: KeptRecords[Any], number: int) -> Any:
    """A record with something in every field."""
    own = {
        it.name: _some(it.type, number) for it in fields_of(kept.of.shape) if it.name not in OURS
    }
    ours = {"created_at": NOW, "created_by": "anna", "changed_at": NOW, "changed_by": "anna"}
    return kept.of.shape(id=f"{number:026}", version=1, **ours, **own)


def _some(type_: inspect.Type, number: int) -> Any:
    plain, _ = without_null(type_)
    if isinstance(plain, inspect.Metadata):
        return _some(plain.type, number)
    if isinstance(plain, inspect.StrType):
        return f"{number}字".ljust(plain.min_length or 0, "x")[: plain.max_length]
    if isinstance(plain, inspect.IntType | inspect.FloatType):
        return (plain.ge or 0) + number
    if isinstance(plain, inspect.EnumType):
        return next(iter(plain.cls))
    if isinstance(plain, inspect.LiteralType):
        return plain.values[0]
    if isinstance(plain, inspect.ListType):
        return [_some(plain.item_type, number)] * (plain.min_length or 0)
    return _EMPTY[type(plain)]


_EMPTY: dict[type[inspect.Type], Any] = {
    inspect.BoolType: True,
    inspect.VarTupleType: (),
    inspect.DictType: {},
    inspect.DateType: date(2026, 12, 1),
    inspect.StructType: None,  # one that may be missing
}


@pytest.mark.parametrize("kept", KEPT, ids=lambda it: it.name)
async def test_the_migrated_table_keeps_what_the_record_says(kept: Any, tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await migrate(url)
    store = await open_store(url, migrate=False)
    records, first, second = store.kept(kept), sample(kept, 1), sample(kept, 2)
    await records.add(first, ENTRY)
    await records.add(second, ENTRY)

    assert await records.get(first.id, EVERYTHING) == first
    assert list(await records.page(RecordQuery(), EVERYTHING)) == [second, first]
    if kept.of.scope is not None:
        assert list(await records.page(RecordQuery(), NOTHING)) == []
    later = msgspec.structs.replace(first, version=2, archived_at=NOW)
    await records.put(later, ENTRY)
    assert list(await records.page(RecordQuery(archived=True), EVERYTHING)) == [later]
    await store.close()


def test_every_kind_of_record_has_a_name_of_its_own() -> None:
    names = [it.of.name for it in KEPT]
    assert len(set(names)) == len(names)
