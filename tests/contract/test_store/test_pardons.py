"""Attempts that were nobody's try: what closing them so, and taking them back later, undoes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.ports.store import (
    Burned,
    CallTo,
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    NewAttempt,
    NewLead,
    Pardoned,
    Store,
)
from dialer.words import LeadState, Pardon

NOW = 1_800_000_000.0
Attempt = Callable[..., NewAttempt]


@pytest.fixture
async def claimed(store: Store, campaign: Campaign, new_lead: Callable[..., NewLead]) -> list[Lead]:
    leads = [new_lead(f"+1202555{i:04}", f"+1303555{i:04}") for i in range(5)]
    await store.leads.add(campaign.id, leads, now=NOW)
    return await store.leads.claim(campaign.id, 5, now=NOW, claim_id="C")


def failed(attempt_id: str, **fields: object) -> ClosedAttempt:
    given: dict[str, object] = {
        "attempt_id": attempt_id,
        "ended_at": NOW + 1,
        "outcome": "failed",
        "lead": LeadNext(LeadState.RETRY, NOW + 3600),
        "hangup_cause": 34,
        "hangup_by": "network",
    }
    return ClosedAttempt(**(given | fields))  # type: ignore[arg-type]


async def lead_of(store: Store, lead: Lead) -> Lead:
    found = await store.leads.get(lead.id)
    assert found is not None
    return found


@pytest.mark.parametrize("pardon", ["trunk", "switch"])
async def test_what_a_trunk_is_to_blame_for_counts_neither_on_lead_nor_in_its_numbers_day(
    store: Store, claimed: list[Lead], attempt_on: Attempt, pardon: Pardon
) -> None:
    lead = claimed[0]
    await store.attempts.open([attempt_on(lead)])
    next_ = LeadNext(LeadState.NEW, NOW + 60)
    assert await store.attempts.close([failed("A1", lead=next_, pardon=pardon)]) == {"A1"}

    now = await lead_of(store, lead)
    assert (now.state, now.attempts, now.next_call_at) == (LeadState.NEW, 0, NOW + 60)
    assert now.last_call_at is None
    assert [n.attempts for n in now.numbers] == [0, 0]
    assert await store.attempts.calls_to([lead.numbers[0].number], since=0.0) == {}
    record = await store.attempts.get("A1")
    assert record is not None
    assert (record.outcome, record.hangup_cause) == ("failed", 34)


async def test_attempts_are_taken_back_later_and_only_once(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    first, second = claimed[:2]
    await store.attempts.open([attempt_on(first, "A1"), attempt_on(second, "A2")])
    dead = LeadNext(LeadState.DEAD, NOW, number_dead=True)
    await store.attempts.close([failed("A1"), failed("A2", hangup_cause=1, lead=dead)])

    ids = ["A1", "A2", "nobody knows it"]
    assert await store.attempts.pardon(ids, why="trunk", now=NOW + 5) == Pardoned(2, 2)
    assert await store.attempts.pardon(ids, why="trunk", now=NOW + 9) == Pardoned()

    for lead in (first, second):
        now = await lead_of(store, lead)
        assert (now.state, now.attempts, now.next_call_at) == (LeadState.NEW, 0, NOW + 5)
        assert now.last_call_at is None
        assert [(n.attempts, n.dead) for n in now.numbers] == [(0, False)] * 2
        assert await store.attempts.calls_to([lead.numbers[0].number], since=0.0) == {}


async def test_what_somebody_resets_still_counts_in_the_numbers_day(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    lead = claimed[0]
    await store.attempts.open([attempt_on(lead)])
    await store.attempts.close([failed("A1", hangup_cause=21)])
    await store.attempts.pardon(["A1"], why="reset", now=NOW)
    assert (await lead_of(store, lead)).attempts == 0
    assert await store.attempts.calls_to([lead.numbers[0].number], since=0.0) == {
        lead.numbers[0].number: [CallTo(NOW, NOW + 1)]
    }


async def test_calls_that_were_answered_or_are_up_are_not_taken_back(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    first, second = claimed[:2]
    await store.attempts.open([attempt_on(first, "A1"), attempt_on(second, "A2")])
    talked = failed("A1", outcome="abandoned", answered_at=NOW + 0.5)
    await store.attempts.close([talked])
    assert await store.attempts.pardon(["A1", "A2"], why="trunk", now=NOW) == Pardoned()
    assert (await lead_of(store, first)).attempts == 1


async def test_a_lead_that_went_on_since_keeps_its_place(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    lead = claimed[0]
    await store.attempts.open([attempt_on(lead, "A1")])
    await store.attempts.close([failed("A1", lead=LeadNext(LeadState.RETRY, NOW))])
    await store.leads.claim_one(lead.id, now=NOW, claim_id="D")
    await store.attempts.open([attempt_on(lead, "A2", placed_at=NOW + 9)])
    busy = failed("A2", outcome="busy", hangup_cause=17, lead=LeadNext(LeadState.RETRY, NOW + 999))
    await store.attempts.close([busy])

    assert await store.attempts.pardon(["A1"], why="trunk", now=NOW + 5) == Pardoned(1, 1)
    now = await lead_of(store, lead)
    assert (now.state, now.attempts, now.next_call_at) == (LeadState.RETRY, 1, NOW + 999)
    assert now.last_call_at == NOW + 9


async def test_a_lead_that_failures_have_worn_out_may_be_called_again(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    lead = claimed[0]
    await store.attempts.open([attempt_on(lead, "A1")])
    await store.attempts.close([failed("A1", lead=LeadNext(LeadState.RETRY, NOW))])
    await store.leads.claim_one(lead.id, now=NOW, claim_id="D")
    await store.attempts.open([attempt_on(lead, "A2", placed_at=NOW + 9)])
    last = failed("A2", outcome="busy", hangup_cause=17, lead=LeadNext(LeadState.DEAD, NOW))
    await store.attempts.close([last])

    await store.attempts.pardon(["A1"], why="trunk", now=NOW + 5)
    now = await lead_of(store, lead)
    assert (now.state, now.attempts, now.next_call_at) == (LeadState.RETRY, 1, NOW + 5)


async def test_burned_attempts_are_found_by_cause_time_and_list(
    store: Store,
    campaign: Campaign,
    claimed: list[Lead],
    attempt_on: Attempt,
) -> None:
    times = [NOW, NOW + 100, NOW + 200]
    await store.attempts.open(
        [attempt_on(claimed[i], f"A{i}", placed_at=at) for i, at in enumerate(times)]
    )
    await store.attempts.close(
        [failed("A0"), failed("A1", hangup_cause=38), failed("A2", outcome="busy", hangup_cause=17)]
    )
    all_ = Burned(campaign_id=campaign.id, causes=(17, 34, 38))
    assert await store.attempts.burned(all_, limit=9) == ["A0", "A1"]
    assert await store.attempts.burned(all_, limit=1) == ["A0"]
    assert await store.attempts.count_burned(all_) == Pardoned(2, 2)
    late = Burned(campaign_id=campaign.id, causes=(34, 38), since=NOW + 50)
    assert await store.attempts.burned(late, limit=9) == ["A1"]
    one = Burned(campaign_id=campaign.id, causes=(34,))
    assert await store.attempts.burned(one, limit=9) == ["A0"]
    here = Burned(campaign_id=campaign.id, causes=(34,), list_name=claimed[0].list_name)
    assert await store.attempts.burned(here, limit=9) == ["A0"]
    nowhere = Burned(campaign_id=campaign.id, causes=(34,), list_name="another.csv")
    assert await store.attempts.count_burned(nowhere) == Pardoned()
    await store.attempts.pardon(["A0"], why="reset", now=NOW)
    assert await store.attempts.burned(all_, limit=9) == ["A1"]
