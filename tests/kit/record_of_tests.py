"""A kind of record that no feature has, with a field of every sort; and a store for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from dialer.kit.records.keeping import kept_records
from dialer.ports.records import Moment, Record, RecordType
from dialer.ports.scope import OfSystem
from dialer.store.record_tables import table_of


class Taste(StrEnum):
    SWEET = "sweet"
    SOUR = "sour"


class Pear(Record, frozen=True, kw_only=True):
    """Grown for tests."""

    name: Annotated[str, Meta(min_length=1, max_length=20)]
    pool: Annotated[str, Meta(max_length=64)] = ""
    weight: Annotated[int, Meta(ge=1, le=900)] = 100
    price: float | None = None
    is_ripe: bool = False
    taste: Taste = Taste.SWEET
    picked_at: Moment | None = None
    marks: tuple[str, ...] = ()


PEAR = RecordType(
    "pear",
    Pear,
    scope=OfSystem,
    unique=("name",),
    search=("name",),
    filters=("pool", "taste", "is_ripe", "weight"),
    sorts=("name", "weight"),
)
pears = table_of(PEAR, "pears", ("pool",))
#: Its table is no migration's: whoever tests with a database makes it, and nobody else meets it.
pears.metadata.remove(pears)
PEARS = kept_records(PEAR, pears)
