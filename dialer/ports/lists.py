"""Lists of leads: which are dialed, in what order and in what share; and the files they came from.

How lists share is decided here, purely, so that every store shares alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from dialer.ports.scope import Reach
from dialer.words import ImportState, LeadState, ListState

T = TypeVar("T")
#: A list of which nobody has said anything.
PRIORITY, WEIGHT = 50, 1.0


class LeadList(Struct, frozen=True, kw_only=True):
    """A list of a campaign. `priority` 0 to 99: a list is dialed when those above have nothing due.

    `weight`: its share beside lists of the same priority. `passed`: how much of its share it has
    had; only its distance from others says something.
    """

    campaign_id: str
    name: str
    state: ListState = "running"
    priority: int = PRIORITY
    weight: float = WEIGHT
    passed: float = 0.0
    created_at: float = 0.0


class CountedList(Struct, frozen=True):
    """A list with its leads by state; `campaign` is the campaign's name."""

    list: LeadList
    campaign: str
    leads: Mapping[LeadState, int]


class ListChange(Struct, frozen=True, kw_only=True):
    """None leaves a field as it is."""

    state: ListState | None = None
    priority: int | None = None
    weight: float | None = None


class LeadChoice(Struct, frozen=True, kw_only=True):
    """Which leads of a campaign; what is not said chooses all."""

    campaign_id: str
    list_name: str | None = None
    states: Sequence[LeadState] = ()
    ids: Sequence[str] = ()
    import_id: str | None = None
    uncalled: bool = False  # never called


class Moved(Struct, frozen=True):
    """`busy`: in a call at that moment. `taken`: their number is known where they should go."""

    moved: int = 0
    busy: int = 0
    taken: int = 0


class Deleted(Struct, frozen=True):
    deleted: int = 0
    busy: int = 0


class LeadImport(Struct, frozen=True, kw_only=True):
    """A file that came in. Its leads carry its id. Times are unix seconds."""

    id: str
    campaign_id: str
    list_name: str
    file: str
    who: str
    at: float
    state: ImportState
    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    rejected: int = 0
    warned: int = 0
    opted_out: int = 0
    finished_at: float | None = None
    #: Why it failed.
    fault: str = ""
    undone_at: float | None = None
    undone_by: str | None = None
    #: Of an import that was undone: leads taken out again, and those that had been called already.
    taken_out: int = 0
    kept: int = 0


class ImportRow(Struct, frozen=True):
    """An import with its campaign's name."""

    it: LeadImport
    campaign: str


class LeadLists(Protocol):
    async def all(self, scope: Reach, *, campaign_id: str | None = None) -> Sequence[CountedList]:
        """By campaign and name."""

    async def get(self, campaign_id: str, name: str) -> LeadList | None: ...

    async def change(self, campaign_id: str, name: str, change: ListChange) -> LeadList | None:
        """What is claimed of a list that stops goes back at the same stroke: none of it is dialed
        any more. None: there is no such list.
        """

    async def chosen(
        self, choice: LeadChoice, scope: Reach, *, limit: int, after: str = ""
    ) -> Sequence[str]:
        """Ids that match and are greater than `after`, in their order."""

    async def count(self, choice: LeadChoice, scope: Reach) -> Mapping[LeadState, int]:
        """How many match, by state."""

    async def move(
        self, lead_ids: Sequence[str], campaign_id: str, list_name: str, *, now: float
    ) -> Moved:
        """With their callbacks to come. Their call records stay where the calls were made."""

    async def delete(self, lead_ids: Sequence[str]) -> Deleted:
        """With notes and callbacks. Call records, recordings and the do-not-call list stay."""

    async def drop(self, campaign_id: str, name: str) -> bool:
        """A list without leads is no longer shown."""


class Imports(Protocol):
    async def save(self, it: LeadImport) -> None:
        """A new one, or its present state."""

    async def get(self, import_id: str, scope: Reach) -> ImportRow | None: ...

    async def page(
        self, scope: Reach, *, campaign_id: str | None, limit: int, below: str | None
    ) -> Sequence[ImportRow]:
        """The newest first."""


# --- how lists share ------------------------------------------------------------------------------


def is_mixed(lists: Sequence[LeadList]) -> bool:
    """Whether anybody has said how these lists share; else their leads are as those of one."""
    return len({(it.priority, it.weight) for it in lists}) > 1


def mixed(
    lists: Sequence[LeadList], due: Mapping[str, Sequence[T]], limit: int
) -> tuple[list[T], list[LeadList]]:
    """The next `limit` of what is due, by list, and those lists whose `passed` has changed."""
    taken: list[T] = []
    changed: list[LeadList] = []
    for priority in sorted({it.priority for it in lists}, reverse=True):
        layer = [it for it in lists if it.priority == priority]
        found, passed = _layer(layer, due, limit - len(taken))
        taken += found
        changed += [
            replace(it, passed=passed[it.name]) for it in layer if passed[it.name] != it.passed
        ]
    return taken, changed


def _layer(
    lists: Sequence[LeadList], due: Mapping[str, Sequence[T]], limit: int
) -> tuple[list[T], dict[str, float]]:
    """Whoever has had least of the share is next."""
    passed = {it.name: it.passed for it in lists}
    at = dict.fromkeys(passed, 0)
    taken: list[T] = []
    while len(taken) < limit:
        waiting = [it for it in lists if at[it.name] < len(due.get(it.name, ()))]
        if not waiting:
            break
        one = min(waiting, key=lambda it: (passed[it.name], it.name))
        taken.append(due[one.name][at[one.name]])
        at[one.name] += 1
        passed[one.name] += 1 / one.weight
    given = [passed[name] for name, count in at.items() if count]
    idle = [it.name for it in lists if not due.get(it.name)]
    return taken, _without_credit(passed, idle, min(given, default=0.0))


def _without_credit(
    passed: Mapping[str, float], idle: Sequence[str], level: float
) -> dict[str, float]:
    """A list that had nothing due saves nothing up for later."""
    return {name: max(it, level) if name in idle else it for name, it in passed.items()}
