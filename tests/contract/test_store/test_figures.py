"""The day in sums, on every store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialer.ports.desk import WorkTime
from dialer.ports.figures import CallSum, WaitSum
from dialer.ports.store import Campaign, ClosedAttempt, LeadNext, NewAttempt, NewLead, Store
from dialer.words import LeadState

NOW = 1_800_000_000.0


@pytest.fixture
async def calls(
    store: Store,
    campaign: Campaign,
    new_lead: Callable[..., NewLead],
    attempt_on: Callable[..., NewAttempt],
) -> Store:
    await store.leads.add(campaign.id, [new_lead(f"+49301{i}") for i in range(7)], now=NOW)
    leads = await store.leads.claim(campaign.id, 7, now=NOW, claim_id="c")
    talked = {
        "outcome": "connected", "answered_by": "human", "agent": "anna", "connected_at": NOW,
        "talk_seconds": 9.5006,
    }  # fmt: skip
    stories: list[tuple[float, float, dict[str, Any]]] = [
        (NOW + 1, NOW + 10, talked),
        (NOW + 1, NOW + 20, talked),
        (NOW - 60, NOW + 12, talked),
        (NOW + 2, NOW + 30, {"outcome": "busy"}),
        (NOW + 3, NOW + 25, {"outcome": "abandoned", "answered_by": "human"}),
        (NOW - 90, NOW - 1, talked),
    ]
    for lead, (i, (placed, ended, told)) in zip(leads, enumerate(stories), strict=False):
        await store.attempts.open([attempt_on(lead, f"A{i}", placed_at=placed)])
        next_ = LeadNext(LeadState.DONE)
        close = ClosedAttempt(attempt_id=f"A{i}", ended_at=ended, lead=next_, **told)
        await store.attempts.close([close])
    await store.attempts.open([attempt_on(leads[6], "A6", placed_at=NOW + 4)])
    return store


async def test_the_calls_of_a_day_are_summed_up_by_what_came_of_them(
    calls: Store, campaign: Campaign
) -> None:
    found = await calls.figures.calls([campaign.id], since=NOW)

    alike: dict[str, Any] = {"campaign_id": campaign.id}
    assert sorted(found, key=lambda it: it.outcome) == [
        CallSum(outcome="abandoned", answered_by="human", agent=None, ended=1, contacts=0,
                talk_ms=0, **alike),
        CallSum(outcome="busy", answered_by=None, agent=None, ended=1, contacts=0,
                talk_ms=0, **alike),
        CallSum(outcome="connected", answered_by="human", agent="anna", ended=2, contacts=2,
                talk_ms=19_002, **alike),
    ]  # fmt: skip
    assert await calls.figures.calls(["other"], since=NOW) == []


async def test_the_calls_that_ended_last_come_first(calls: Store, campaign: Campaign) -> None:
    found = await calls.desk.last_ended([campaign.id, "other"], limit=3)

    assert [it.attempt_id for it in found] == ["A3", "A4", "A1"]


async def test_waits_count_however_they_ended_from_the_moment_asked_for(store: Store) -> None:
    def time(agent: str, state: str, began: float, ended: float) -> WorkTime:
        return WorkTime(
            agent_id=agent, pool="sales", state=state, reason="", began_at=NOW + began,
            ended_at=NOW + ended,
        )  # fmt: skip

    await store.desk.add_times([
        time("anna", "ready", -20, 10), time("anna", "talking", 10, 30),
        time("bela", "ready", 0, 9), time("anna", "wrapup", 30, 35),
        time("anna", "ready", 35, 42.5), time("anna", "talking", 42.5, 50),
        time("anna", "ready", 50, 60), time("anna", "paused", 60, 70),
        time("bela", "preview", 9, 12),
    ])  # fmt: skip

    assert sorted(await store.figures.waits(since=NOW), key=lambda it: it.agent) == [
        WaitSum("sales", "anna", 27_500),
        WaitSum("sales", "bela", 9_000),
    ]
