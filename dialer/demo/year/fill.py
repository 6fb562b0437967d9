"""A made-up year into a store that has no calls yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from msgspec import Struct
from sqlalchemy import Connection, select, text

from dialer.demo.year.calls import Columns, YearOfCalls
from dialer.demo.year.plan import CAMPAIGNS, LISTS, YearPlan, calls_by_day
from dialer.demo.year.times import as_columns, stretches
from dialer.ids import ids_at
from dialer.ports.scope import whole
from dialer.ports.store import Campaign, Store
from dialer.store.bulk import insert_columns
from dialer.store.database import Database
from dialer.store.list_tables import lead_lists
from dialer.store.tables import attempts, lead_numbers, leads, work_times
from dialer.words import LeadState

#: Rows of leads that go in together.
_LEADS = 20_000


class HasCallsError(Exception):
    """The store has calls: a made-up year would be mixed with them for ever."""


class Filled(Struct, frozen=True, kw_only=True):
    """How much there is now."""

    calls: int
    talks: int
    sales: int
    leads: int


async def fill_year(
    store: Store,
    database: Database,
    plan: YearPlan,
    *,
    pool: str,
    team: str,
    tell: Callable[[date], None] = lambda day: None,
) -> Filled:
    """Campaigns, leads, calls and reps' time; a transaction for each day. Raises HasCallsError.

    `team`: the id that calls are noted with. `tell` is called after each day.
    """
    if await database.read(_has_calls):
        raise HasCallsError
    start = plan.last - timedelta(days=plan.days)
    campaigns = await _campaigns(store, pool, _noon(start))
    year = YearOfCalls(plan, [it.id for it in campaigns])
    seen: dict[str, Lead] = {}
    counts = Counter[str]()
    book = _Book(plan=plan, pool=pool, team=team)
    for day, count in calls_by_day(plan).items():
        if not count:
            continue
        calls = year.of(day, count)
        _note(seen, calls)
        counts.update(_counted(calls))
        await database.write(_put_day, book, day, calls)
        tell(day)
    await _put_leads(database, seen, campaigns, _noon(start))
    return Filled(
        calls=counts["calls"], talks=counts["talks"], sales=counts["sales"], leads=len(seen)
    )


class Lead(Struct):
    """What a year came to for a lead. None is ever called again: their numbers are nobody's."""

    campaign: str
    list_name: str
    number: str
    tries: int = 0
    last: float = 0.0
    state: str = LeadState.DEAD.value


def _note(seen: dict[str, Lead], calls: Columns) -> None:
    names = ("lead_id", "campaign_id", "list_name", "number", "placed_at", "result_group")
    for lead, campaign, list_name, number, at, group in zip(
        *(calls[it] for it in names), strict=True
    ):
        it = seen.get(lead)
        if it is None:
            it = seen[lead] = Lead(campaign, list_name, number)
        it.tries += 1
        it.last = at
        if group is not None:
            it.state = (LeadState.DNC if group == "dnc" else LeadState.DONE).value


def _counted(calls: Columns) -> Mapping[str, int]:
    talks = sum(it is not None for it in calls["agent"])
    sales = sum(it == "sale" for it in calls["result_group"])
    return {"calls": len(calls["id"]), "talks": talks, "sales": sales}


@whole("whether there is a call at all")
def _has_calls(conn: Connection) -> bool:
    return conn.execute(select(attempts.c.id).limit(1)).first() is not None


async def _campaigns(store: Store, pool: str, now: float) -> list[Campaign]:
    return [
        await store.campaigns.create(name, pool=pool, settings={}, now=now, who="demo")
        for name in CAMPAIGNS
    ]


class _Book(Struct, frozen=True, kw_only=True):
    """What all rows of a year share."""

    plan: YearPlan
    pool: str
    team: str

    def squads(self) -> dict[str, str]:
        return {code: self.plan.squad_of(at) for at, code in enumerate(self.plan.reps)}


def _put_day(conn: Connection, book: _Book, day: date, calls: Columns) -> None:
    conn.execute(text("SELECT 1"))
    count = len(calls["id"])
    teams = [None if it is None else book.team for it in calls["agent"]]
    same: dict[str, list[Any]] = {"node": ["demo"] * count, "mode": ["auto"] * count, "team": teams}
    insert_columns(conn, attempts, {**calls, **same})
    times, squads = list(stretches(calls)), book.squads()
    chance = np.random.default_rng((book.plan.seed, day.toordinal(), 1))
    more = {
        "id": ids_at([int(it[4] * 1000) for it in times], chance.bytes(10 * len(times))),
        "pool": [book.pool] * len(times),
        "team": [book.team] * len(times),
        "squad": [squads[it[0]] for it in times],
    }
    insert_columns(conn, work_times, as_columns(times, more))


async def _put_leads(
    database: Database, seen: Mapping[str, Lead], campaigns: Sequence[Campaign], now: float
) -> None:
    """When all their calls are known."""
    await database.write(_put_lists, campaigns, now)
    every = sorted(seen.items())
    for start in range(0, len(every), _LEADS):
        await database.write(_put_some, every[start : start + _LEADS])


def _put_lists(conn: Connection, campaigns: Sequence[Campaign], now: float) -> None:
    conn.execute(text("SELECT 1"))
    keys = [(it.id, name) for it in campaigns for name in LISTS]
    count = len(keys)
    rows: dict[str, list[Any]] = {
        "campaign_id": [campaign for campaign, _ in keys],
        "name": [name for _, name in keys],
        "state": ["stopped"] * count,
        "priority": [50] * count,
        "weight": [1.0] * count,
        "passed": [0.0] * count,
        "created_at": [now] * count,
    }
    insert_columns(conn, lead_lists, rows)


def _put_some(conn: Connection, some: Sequence[tuple[str, Lead]]) -> None:
    conn.execute(text("SELECT 1"))
    count = len(some)
    found = [it for _, it in some]
    ids = [an_id for an_id, _ in some]
    insert_columns(conn, leads, {
        "id": ids, "campaign_id": [it.campaign for it in found],
        "list_name": [it.list_name for it in found], "state": [it.state for it in found],
        "priority": [50] * count, "name": [f"Lead {an_id[-6:]}" for an_id in ids],
        "custom": ["{}"] * count, "next_call_at": [it.last for it in found],
        "attempts": [it.tries for it in found], "last_call_at": [it.last for it in found],
    })  # fmt: skip
    insert_columns(conn, lead_numbers, {
        "lead_id": ids, "position": [0] * count, "campaign_id": [it.campaign for it in found],
        "number": [it.number for it in found], "kind": ["other"] * count,
        "attempts": [it.tries for it in found], "dead": [False] * count,
    })  # fmt: skip


def _noon(day: date) -> float:
    """Unix seconds of a day's noon in UTC."""
    return (day - date(1970, 1, 1)).days * 86_400.0 + 43_200.0
