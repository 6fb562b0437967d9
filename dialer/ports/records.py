"""Records of features: what every one has, how they are asked for, what a store does with them.

A record is a struct, written once. Its table, the bodies that make and change one, the document of
the API, the columns of an export and what the audit log says of a change follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, Protocol, TypeVar

from msgspec import Meta, Struct

from dialer.ports.audit import AuditEntry
from dialer.ports.rows import AlreadyExistsError, StoreError
from dialer.ports.scope import Facts, OfAgent, OfCall, OfPool, OfSystem, Reach, is_seen

#: Unix seconds.
Moment = Annotated[float, Meta(ge=0, lt=10_000_000_000, extra={"column": "moment"})]


class Record(Struct, frozen=True, kw_only=True):
    """What every record has; the program sets it.

    `version` is 1 at first and one more with every change: who changes a record says which version
    they saw. Nothing is deleted: an archived record is out of every list that does not ask for it.
    """

    id: str
    version: int
    created_at: Moment
    created_by: str
    changed_at: Moment
    changed_by: str
    archived_at: Moment | None = None


#: The fields that the program sets.
OURS: Final = Record.__struct_fields__
R = TypeVar("R", bound=Record)
ScopedBy = type[OfPool] | type[OfAgent] | type[OfSystem] | type[OfCall]


@dataclass(frozen=True)
class RecordType(Generic[R]):
    """A kind of record. `name` is one word of it (`survey`), as the audit log has it.

    `scope`: by which of its facts a person sees it; the record's fields are named as the facts are.
    None: whoever may read these records at all reads all of them. `unique`: fields of which no two
    records that are not archived may have the same. `search`: those in which a text is looked for.
    `filters`: those asked for by value. `sorts`: besides `id` and `changed_at`; never null.
    """

    name: str
    shape: type[R]
    scope: ScopedBy | None = None
    unique: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = {*self.unique, *self.search, *self.filters, *self.sorts, *self.facts_named}
        if strange := named - set(self.shape.__struct_fields__):
            raise ValueError(f"{self.shape.__name__} has no {', '.join(sorted(strange))}")

    @property
    def own(self) -> tuple[str, ...]:
        """The fields that a person sets."""
        return tuple(it for it in self.shape.__struct_fields__ if it not in OURS)

    @property
    def facts_named(self) -> tuple[str, ...]:
        """The fields by which a scope decides."""
        fields = self.scope.__struct_fields__ if self.scope else ()
        return tuple(it for it in fields if it != "campaign")

    def facts(self, record: R) -> Facts | None:
        if self.scope is None:
            return None
        return self.scope(**{name: getattr(record, name) for name in self.facts_named})

    def is_seen(self, record: R, scope: Reach) -> bool:
        facts = self.facts(record)
        return facts is None or is_seen(facts, scope)


class RecordQuery(Struct, frozen=True, kw_only=True):
    """A page. `after`: what the last row of the page before is sorted by, and its id."""

    equal: Mapping[str, Any] = {}
    text: str = ""
    archived: bool = False
    sort: str = "id"
    desc: bool = True
    after: tuple[Any, str] | None = None
    limit: int = 100


class TakenError(AlreadyExistsError):
    """Another record has this value of `field`, and no two may."""

    def __init__(self, field: str) -> None:
        super().__init__(f"another one has the same {field}")
        self.field = field


class StaleError(StoreError):
    """The record was changed since the version that was to be changed."""


class Records(Protocol[R]):
    """The records of one type, as a store has them."""

    async def page(self, query: RecordQuery, scope: Reach) -> Sequence[R]: ...
    async def get(self, record_id: str, scope: Reach) -> R | None: ...

    async def add(self, record: R, entry: AuditEntry) -> None:
        """Raises TakenError."""

    async def put(self, record: R, entry: AuditEntry) -> None:
        """In the place of the version before its own. Raises StaleError, TakenError."""
