"""A made-up year: plausible, the same for a seed, and only where no calls are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dialer.demo.people import fill
from dialer.demo.stage import DemoOptions
from dialer.demo.year.before import REPS, year_before
from dialer.demo.year.calls import YearOfCalls
from dialer.demo.year.fill import HasCallsError, fill_year
from dialer.demo.year.plan import CAMPAIGNS, SQUADS, ZONE, YearPlan, calls_by_day
from dialer.demo.year.times import stretches
from dialer.ports.scope import EVERYTHING
from dialer.store import open_store
from dialer.store.database import open_database
from dialer.store.facts import SqlFacts
from dialer.zonedata import zone_named
from figures.facts import CALLS, TIMES

PLAN = YearPlan(reps=[f"rep{n:02}" for n in range(12)], last=date(2026, 11, 30), calls=60_000)
DAY = date(2026, 11, 26)  # a Thursday
CHINA = zone_named(ZONE)
IDS = [f"C{n:02}" for n in range(len(CAMPAIGNS))]


def a_day(count: int = 2000) -> dict[str, list]:
    return dict(YearOfCalls(PLAN, IDS).of(DAY, count))


def test_a_year_has_weekdays_and_no_calls_on_holidays() -> None:
    found = calls_by_day(PLAN)

    assert len(found) == 365
    assert abs(sum(found.values()) - PLAN.calls) < 200
    assert found[date(2026, 10, 1)] == found[date(2026, 2, 17)] == 0, "National Day, New Year"
    assert found[date(2026, 11, 29)] == 0, "a Sunday"
    assert 0 < found[date(2026, 11, 28)] < found[DAY] / 2, "a Saturday"


def test_a_day_is_the_same_every_time_and_another_with_another_seed() -> None:
    other = YearPlan(reps=PLAN.reps, last=PLAN.last, seed=2)

    assert a_day() == a_day()
    assert dict(YearOfCalls(other, IDS).of(DAY, 2000))["outcome"] != a_day()["outcome"]


def test_a_call_is_told_as_the_dialer_would() -> None:
    it = a_day()

    assert it["id"] == sorted(it["id"])
    assert len(set(it["id"])) == 2000
    hours = {datetime.fromtimestamp(at, UTC).astimezone(CHINA).hour for at in it["placed_at"]}
    assert hours == set(range(9, 20))
    for n in range(2000):
        times = [it[f"{name}_at"][n] for name in ("placed", "ringing", "answered", "connected")]
        there = [at for at in (*times, it["ended_at"][n]) if at is not None]
        assert there == sorted(there)
        talks = it["outcome"][n] == "connected"
        for name in ("connected_at", "agent", "squad", "talk_seconds", "wrapup_seconds"):
            assert (it[name][n] is not None) is talks
        assert talks or it["disposition"][n] is None
        assert (it["answered_by"][n] is None) is (it["answered_at"][n] is None)


def test_outcomes_have_their_shares() -> None:
    outcomes = Counter(a_day(20_000)["outcome"])

    assert set(outcomes) == {
        "connected", "abandoned", "machine", "no_answer", "busy", "refused", "failed", "cancelled",
    }  # fmt: skip
    assert 0.18 < outcomes["connected"] / 20_000 < 0.26
    assert 0.01 < outcomes["abandoned"] / (outcomes["connected"] + outcomes["abandoned"]) < 0.03


def test_a_reps_day_is_told_without_gaps() -> None:
    ends: dict[str, float] = {}
    for agent, state, reason, began, ended in stretches(a_day(300)):
        assert began == pytest.approx(ends.get(agent, began), abs=0.0011)
        assert ended > began
        assert (state == "paused") is (reason in {"lunch", "break"})
        ends[agent] = ended
    assert set(ends) <= set(PLAN.reps)


async def test_an_empty_store_is_filled_and_one_with_calls_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    plan = YearPlan(reps=PLAN.reps, last=PLAN.last, calls=400, days=20, country="")
    store, database = await open_store(url), open_database(url)
    filled = await fill_year(store, database, plan, pool="default", team="t")
    facts = await SqlFacts(database).current([CALLS, TIMES], 0, 40_000)

    assert abs(filled.calls - 400) < 20
    assert len(facts["calls"].rows) == filled.calls
    squads = list(CALLS.columns).index("squad")
    assert {row[squads] for row in facts["calls"].rows} - {None} == set(SQUADS)
    assert len(facts["times"].rows) > filled.talks * 2
    campaign = await store.campaigns.by_name("green-power")
    assert campaign is not None
    counts = await store.leads.counts(campaign.id)
    assert sum(counts.values()) > 0
    with pytest.raises(HasCallsError):
        await fill_year(store, database, plan, pool="default", team="t")
    await store.close()
    await database.close()


async def test_the_year_before_a_demo_has_its_reps_in_squads(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    store = await open_store(url)
    await fill(store, ["rep01"], "default", "secret word")
    filled = await year_before(url, DemoOptions(year=300))

    assert filled.calls > 200
    assert {squad.id for squad in await store.teams.squads()} >= set(SQUADS)
    assert len(await store.agents.list(EVERYTHING)) == REPS + 1
    await store.close()
