"""Facts of days, as the store hands them over and knows which files hold. On both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest

from dialer.ports.desk import WorkTime
from dialer.ports.store import Campaign, ClosedAttempt, LeadNext, LeadState, NewAttempt, NewLead
from dialer.store.facts import Current, FactDay, SqlFacts
from dialer.store.sql_store import SqlStore
from figures.facts import CALLS, DAY_MS, TIMES, Value
from figures.files import DayFile

NOW = 1_800_000_000.0
TODAY = int(NOW * 1000) // DAY_MS
MIDNIGHT = TODAY * DAY_MS / 1000
DONE = LeadNext(LeadState.DONE, result_group="sale")

Call = Callable[..., Awaitable[str]]

pytestmark = pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
async def facts(store: SqlStore) -> SqlFacts:
    await store.facts.forget()
    return store.facts


@pytest.fixture
async def call(store: SqlStore, campaign: Campaign, new_lead: Callable[..., NewLead]) -> Call:
    made = iter(range(100, 200))

    async def make(placed: float, *, ended: bool = True) -> str:
        number = f"+861380000{next(made):04}"
        await store.leads.add(campaign.id, [new_lead(number, list_name="march.csv")], now=NOW)
        (lead,) = await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
        an_id = f"A{number}"
        await store.attempts.open([an_attempt(an_id, campaign.id, lead.id, number, placed)])
        if ended:
            await store.attempts.close([closing(an_id, placed)])
        return an_id

    return make


def an_attempt(an_id: str, campaign: str, lead: str, number: str, placed: float) -> NewAttempt:
    return NewAttempt(
        attempt_id=an_id,
        campaign_id=campaign,
        lead_id=lead,
        number=number,
        caller_id="+861000",
        trunk="t",
        node="n",
        placed_at=placed,
    )


def closing(an_id: str, placed: float) -> ClosedAttempt:
    return ClosedAttempt(
        attempt_id=an_id,
        connected_at=placed + 5,
        ended_at=placed + 65.0004,
        outcome="connected",
        agent="R1",
        talk_seconds=60.0004,
        lead=LeadNext(LeadState.DONE),
    )


async def now(facts: SqlFacts, days: int = 1) -> Current:
    """Of the days up to today."""
    return (await facts.current([CALLS], TODAY - days + 1, TODAY + 1))["calls"]


async def filed(facts: SqlFacts, day: int = TODAY, name: str = "a") -> FactDay:
    read = await facts.read_day(CALLS, day)
    assert await facts.keep(DayFile("calls", day, name, "00", len(read.rows)), read)
    return read


def column(rows: Sequence[Sequence[Value]], name: str) -> list[Value]:
    place = list(CALLS.columns).index(name)
    return [row[place] for row in rows]


async def test_a_call_is_a_fact_when_it_has_ended(
    facts: SqlFacts, store: SqlStore, call: Call
) -> None:
    an_id = await call(NOW)
    await call(NOW + 1, ended=False)
    await store.attempts.wrapup(an_id, wrapup_seconds=3.2, disposition="sold", lead=DONE)
    found = await now(facts)

    assert found.files == []
    assert [len(row) for row in found.rows] == [len(CALLS.columns)]
    assert column(found.rows, "talk_ms") == [60_000]
    assert column(found.rows, "wrapup_ms") == [3200]
    assert column(found.rows, "ended_ms") == [int(NOW * 1000) + 65_000]
    assert column(found.rows, "list") == ["march.csv"]
    assert column(found.rows, "result_group") == ["sale"]
    assert column(found.rows, "answered_ms") == [None]
    assert column(found.rows, "attempt") == [an_id]


async def test_a_day_in_a_file_is_not_read_again(facts: SqlFacts, call: Call) -> None:
    await call(NOW)
    await call(NOW - 86_400)
    await filed(facts)
    found = await now(facts, days=2)

    assert [(it.day, it.name, it.rows) for it in found.files] == [(TODAY, "a", 1)]
    assert column(found.rows, "placed_ms") == [int((NOW - 86_400) * 1000)]
    assert await facts.due(CALLS, 0, TODAY + 1) == [TODAY - 1]


@pytest.mark.parametrize("change", ["close", "word", "new"])
async def test_every_change_of_a_day_makes_its_file_stale(
    facts: SqlFacts, store: SqlStore, call: Call, change: str
) -> None:
    an_id = await call(NOW, ended=change != "close")
    await filed(facts)
    if change == "close":
        await store.attempts.close([closing(an_id, NOW)])
    elif change == "word":
        await store.attempts.wrapup(an_id, wrapup_seconds=None, disposition="sold")
    else:
        await call(NOW + 2)

    assert (await now(facts)).files == []
    assert await facts.due(CALLS, 0, TODAY + 1) == [TODAY]


async def test_a_recording_changes_no_fact(facts: SqlFacts, store: SqlStore, call: Call) -> None:
    an_id = await call(NOW)
    await filed(facts)
    await store.attempts.set_recording(an_id, "rec")

    assert len((await now(facts)).files) == 1


async def test_what_changes_while_a_file_is_written_is_not_lost(
    facts: SqlFacts, store: SqlStore, call: Call
) -> None:
    an_id = await call(NOW)
    read = await facts.read_day(CALLS, TODAY)
    await store.attempts.wrapup(an_id, wrapup_seconds=1.0, disposition="sold")
    assert await facts.keep(DayFile("calls", TODAY, "a", "00", 1), read)

    found = await now(facts)
    assert (found.files, column(found.rows, "disposition")) == ([], ["sold"])
    await filed(facts, name="b")
    assert [file.name for file in (await now(facts)).files] == ["b"]


async def test_of_two_who_write_a_day_at_once_one_is_told(facts: SqlFacts, call: Call) -> None:
    await call(NOW)
    first = await facts.read_day(CALLS, TODAY)
    await filed(facts, name="b")

    assert not await facts.keep(DayFile("calls", TODAY, "a", "00", 1), first)
    assert [file.name for file in (await now(facts)).files] == ["b"]


async def test_a_file_of_another_shape_holds_for_nobody(
    facts: SqlFacts, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update of the program that notes more of each call."""
    await call(NOW)
    await filed(facts)
    monkeypatch.setitem(CALLS.columns, "more", CALLS.columns["lead"])

    assert (await now(facts)).files == []
    assert await facts.due(CALLS, 0, TODAY + 1) == [TODAY]
    monkeypatch.delitem(CALLS.columns, "more")
    assert len((await now(facts)).files) == 1


async def test_who_read_before_all_was_forgotten_keeps_nothing(facts: SqlFacts, call: Call) -> None:
    await call(NOW)
    before = await facts.read_day(CALLS, TODAY)
    await facts.forget()
    await facts.read_day(CALLS, TODAY)

    assert not await facts.keep(DayFile("calls", TODAY, "a", "00", 1), before)


async def test_a_file_in_doubt_is_replaced(facts: SqlFacts, call: Call) -> None:
    await call(NOW)
    await filed(facts)
    await facts.doubt((await now(facts)).files)

    assert await facts.due(CALLS, 0, TODAY + 1) == [TODAY]


async def test_a_call_counts_on_the_day_of_its_millisecond(facts: SqlFacts, call: Call) -> None:
    await call(MIDNIGHT - 0.0004)
    await call(MIDNIGHT - 0.0006)
    today, both = await now(facts), await now(facts, days=2)

    assert column(today.rows, "placed_ms") == [int(MIDNIGHT * 1000)]
    assert len(both.rows) == 2


async def test_a_stretch_of_time_is_in_pieces_on_both_its_days(
    facts: SqlFacts, store: SqlStore
) -> None:
    stretch = WorkTime(
        agent_id="R1",
        pool="p",
        state="ready",
        reason="",
        began_at=MIDNIGHT - 60,
        ended_at=MIDNIGHT + 1000,
    )
    read = await facts.read_day(TIMES, TODAY - 1)
    await facts.keep(DayFile("times", TODAY - 1, "a", "00", 0), read)
    await store.desk.add_times([stretch])
    found = (await facts.current([TIMES], TODAY - 1, TODAY + 1))["times"]

    assert found.files == []
    assert [row[-1] for row in found.rows] == [60_000, 900_000, 100_000]
    assert len({row[-2] for row in found.rows}) == 1


async def test_no_file_is_due_where_there_is_nothing(facts: SqlFacts) -> None:
    assert await facts.due(TIMES, 0, TODAY) == []
