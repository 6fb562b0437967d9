from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dialer.ports.scope import EVERYTHING
from dialer.ports.store import (
    Agent,
    CallTo,
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    NewAttempt,
    NewLead,
    Store,
)
from dialer.words import LeadState

NOW = 1_800_000_000.0
Attempt = Callable[..., NewAttempt]


@pytest.fixture
async def claimed(store: Store, campaign: Campaign, new_lead: Callable[..., NewLead]) -> list[Lead]:
    leads = [new_lead(f"+1202555{i:04}", f"+1303555{i:04}") for i in range(5)]
    await store.leads.add(campaign.id, leads, now=NOW)
    return await store.leads.claim(campaign.id, 5, now=NOW, claim_id="C")


def closed(attempt_id: str, **fields: object) -> ClosedAttempt:
    given: dict[str, object] = {
        "attempt_id": attempt_id,
        "ended_at": NOW + 20,
        "outcome": "no_answer",
        "lead": LeadNext(LeadState.RETRY, NOW + 3600),
        "hangup_cause": 19,
        "hangup_by": "dialer",
    }
    return ClosedAttempt(**(given | fields))  # type: ignore[arg-type]


async def test_an_open_attempt_is_counted_on_lead_and_number_at_once(
    store: Store, second: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    opened = await store.attempts.open([attempt_on(claimed[0])])

    assert opened == {"A1"}
    lead = await second.leads.get(claimed[0].id)
    assert lead is not None
    assert (lead.state, lead.attempts, lead.last_call_at) == (LeadState.CALLING, 1, NOW)
    assert [number.attempts for number in lead.numbers] == [1, 0]
    [still] = await second.attempts.still_open()
    assert (still.attempt_id, still.lead_id, still.lead_attempts) == ("A1", lead.id, 1)
    assert (still.number, still.trunk, still.node, still.placed_at) == (
        lead.numbers[0].number,
        "main",
        "one",
        NOW,
    )


async def test_a_lead_that_is_no_longer_claimed_gets_no_attempt(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.leads.set_next(claimed[0].id, LeadNext(LeadState.DNC))
    await store.leads.release([claimed[1].id], claim_id="C")

    opened = await store.attempts.open(
        [attempt_on(lead, f"A{i}", placed_at=NOW + i) for i, lead in enumerate(claimed)]
    )

    assert opened == {"A2", "A3", "A4"}
    assert [a.attempt_id for a in await store.attempts.still_open()] == ["A2", "A3", "A4"]
    assert await store.attempts.get("A0") is None


async def test_one_lead_gets_one_attempt_at_a_time(
    store: Store, second: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    lead = claimed[0]
    together = await store.attempts.open([attempt_on(lead, "A1"), attempt_on(lead, "A2")])
    assert together == {"A1"}

    others = await asyncio.gather(
        *(
            each.attempts.open([attempt_on(claimed[1], name)])
            for name, each in (("B1", store), ("B2", second))
        )
    )
    assert sorted(len(opened) for opened in others) == [0, 1]


async def test_closing_writes_the_record_and_the_leads_next_state(
    store: Store, second: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])

    done = await store.attempts.close(
        [
            closed(
                "A1",
                outcome="connected",
                ringing_at=NOW + 1.5,
                answered_at=NOW + 9.25,
                connected_at=NOW + 9.254,
                ended_at=NOW + 70.5,
                answered_by="human",
                agent="agent-1",
                hangup_cause=16,
                hangup_by="callee",
                recording="R1",
                lead=LeadNext(LeadState.DONE),
            )
        ]
    )

    assert done == {"A1"}
    cdr = await second.attempts.get("A1")
    assert cdr is not None
    assert (cdr.campaign, cdr.lead_id, cdr.outcome, cdr.answered_by) == (
        "spring",
        claimed[0].id,
        "connected",
        "human",
    )
    assert (cdr.ring_seconds, cdr.wait_seconds, cdr.talk_seconds) == (7.75, 0.004, 61.246)
    assert (cdr.hangup_cause, cdr.hangup_by, cdr.agent, cdr.recording) == (
        16,
        "callee",
        "agent-1",
        "R1",
    )
    assert (cdr.wrapup_seconds, cdr.disposition) == (None, None)
    lead = await second.leads.get(claimed[0].id)
    assert lead is not None
    assert lead.state is LeadState.DONE
    assert await second.attempts.still_open() == []


async def test_closing_again_changes_nothing(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])
    await store.attempts.close([closed("A1")])
    before = await store.attempts.get("A1")
    await store.leads.claim_one(claimed[0].id, now=NOW, claim_id="C")

    again = await store.attempts.close(
        [closed("A1", outcome="busy", lead=LeadNext(LeadState.DEAD)), closed("unknown")]
    )

    assert again == frozenset()
    assert await store.attempts.get("A1") == before
    lead = await store.leads.get(claimed[0].id)
    assert lead is not None
    assert lead.state is LeadState.QUEUED


async def test_the_same_attempt_twice_in_one_batch_is_closed_once(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])

    assert await store.attempts.close([closed("A1"), closed("A1", outcome="busy")]) == {"A1"}

    cdr = await store.attempts.get("A1")
    assert cdr is not None
    assert cdr.outcome == "no_answer"


async def test_a_dead_number_is_marked_and_the_lead_may_go_on_with_another(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])
    next_ = LeadNext(LeadState.RETRY, NOW + 1, number_dead=True)

    await store.attempts.close([closed("A1", outcome="failed", hangup_cause=1, lead=next_)])

    lead = await store.leads.get(claimed[0].id)
    assert lead is not None
    assert [number.dead for number in lead.numbers] == [True, False]


async def test_closing_may_correct_where_the_call_went(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0]), attempt_on(claimed[1], "A2")])

    await store.attempts.close(
        [
            closed("A1", trunk="spare", node="two", placed_at=NOW + 0.125, recording="R"),
            closed("A2"),
        ]
    )

    moved, same = await store.attempts.get("A1"), await store.attempts.get("A2")
    assert moved is not None
    assert same is not None
    assert (moved.trunk, moved.node, moved.placed_at, moved.recording) == (
        "spare",
        "two",
        NOW + 0.125,
        "R",
    )
    assert (same.trunk, same.node, same.placed_at, same.recording) == ("main", "one", NOW, None)


async def test_a_withdrawn_attempt_leaves_no_trace(
    store: Store, campaign: Campaign, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0]), attempt_on(claimed[1], "A2")])
    await store.attempts.close([closed("A2", lead=LeadNext(LeadState.RETRY))])
    again = await store.leads.claim_one(claimed[1].id, now=NOW, claim_id="C")
    assert again is not None
    await store.attempts.open([attempt_on(again, "A3")])

    assert await store.attempts.withdraw(["A1", "A2", "A3", "unknown"]) == 2

    assert await store.attempts.get("A1") is None
    assert await store.attempts.get("A2") is not None
    first, other = await store.leads.get(claimed[0].id), await store.leads.get(claimed[1].id)
    assert first is not None
    assert other is not None
    assert (first.state, first.attempts, first.numbers[0].attempts) == (LeadState.NEW, 0, 0)
    assert (other.state, other.attempts, other.numbers[0].attempts) == (LeadState.RETRY, 1, 1)


async def test_wrapup_and_disposition_follow_and_may_change_the_lead(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])
    await store.attempts.close([closed("A1", lead=LeadNext(LeadState.DONE))])

    assert await store.attempts.wrapup("A1", wrapup_seconds=12.5, disposition=None)
    assert await store.attempts.wrapup(
        "A1",
        wrapup_seconds=None,
        disposition="callback",
        lead=LeadNext(LeadState.RETRY, NOW + 86400, priority=90, owner="agent-1"),
    )

    cdr = await store.attempts.get("A1")
    assert cdr is not None
    assert (cdr.wrapup_seconds, cdr.disposition) == (12.5, "callback")
    lead = await store.leads.get(claimed[0].id)
    assert lead is not None
    assert (lead.state, lead.priority, lead.owner) == (LeadState.RETRY, 90, "agent-1")
    assert not await store.attempts.wrapup("unknown", wrapup_seconds=1.0, disposition=None)
    assert await store.attempts.wrapup_seconds({"A1": 14.5, "unknown": 1.0}) == 1
    assert await store.attempts.wrapup_seconds({}) == 0
    after = await store.attempts.get("A1")
    assert after is not None
    assert after.wrapup_seconds == 14.5


async def test_who_asks_not_to_be_called_is_on_the_list_with_the_same_write(
    store: Store, claimed: list[Lead], attempt_on: Attempt, second: Store
) -> None:
    number = claimed[0].numbers[0].number
    await store.attempts.open([attempt_on(claimed[0])])
    await store.attempts.close([closed("A1", lead=LeadNext(LeadState.DONE))])

    await store.attempts.wrapup(
        "A1", wrapup_seconds=1.0, disposition="dnc", lead=LeadNext(LeadState.DNC), dnc_from=NOW + 9
    )

    (entry,) = (await second.dnc.check([number], now=NOW + 10)).values()
    assert (entry.number, entry.reason, entry.source) == (number, "dnc", "rep")
    assert (entry.added_at, entry.expires_at) == (NOW + 9, None)
    lead = await second.leads.get(claimed[0].id)
    assert lead is not None
    assert lead.state is LeadState.DNC
    assert not await store.attempts.wrapup(
        "unknown", wrapup_seconds=None, disposition="dnc", dnc_from=NOW
    )
    assert await store.dnc.count() == 1


async def test_a_recording_can_be_set_and_taken_away(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0])])

    assert await store.attempts.set_recording("A1", "R1")
    cdr = await store.attempts.get("A1")
    assert cdr is not None
    assert cdr.recording == "R1"
    assert not await store.attempts.set_recording("unknown", "R1")


async def test_open_attempts_can_be_asked_for_by_node(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open(
        [attempt_on(claimed[0], "A1"), attempt_on(claimed[1], "A2", node="two")]
    )

    assert [a.attempt_id for a in await store.attempts.still_open(node="two")] == ["A2"]


async def test_the_export_gives_every_attempt_once_in_order(
    store: Store, campaign: Campaign, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open(
        [attempt_on(lead, f"A{i}", placed_at=NOW + i) for i, lead in enumerate(claimed)]
    )
    await store.attempts.close([closed("A1"), closed("A3")])

    async def ids(**bounds: object) -> list[str]:
        rows = store.attempts.export(EVERYTHING, campaign.id, **bounds)  # type: ignore[arg-type]
        return [cdr.attempt_id async for cdr in rows]

    assert await ids() == ["A0", "A1", "A2", "A3", "A4"]
    assert await ids(since=NOW + 1, until=NOW + 4) == ["A1", "A2", "A3"]
    assert await ids(ended_only=True) == ["A1", "A3"]
    assert [cdr async for cdr in store.attempts.export(EVERYTHING, "other")] == []


async def test_the_record_names_the_rep_by_code_as_everything_does(
    store: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.agents.add(Agent(id="X1", name="mei", endpoint="mei", pool="sales"))
    await store.attempts.open([attempt_on(claimed[0])])
    await store.attempts.close([closed("A1", agent="X1")])

    cdr = await store.attempts.get("A1")

    assert cdr is not None
    assert cdr.agent == "X1"


async def test_the_calls_to_a_number_are_known_over_all_campaigns(
    store: Store, second: Store, same_person: list[Lead], attempt_on: Attempt
) -> None:
    first, other = same_person
    number = first.numbers[0].number
    await store.attempts.open([attempt_on(first, "A1", placed_at=NOW - 90_000)])
    await store.attempts.close([closed("A1", ended_at=NOW - 89_000)])
    await store.attempts.open([attempt_on(other, "A2", placed_at=NOW - 10.5)])

    placed = CallTo(NOW - 10.5)
    assert await second.attempts.calls_to([number, number, "+99"], since=NOW - 86_400) == {
        number: [placed]
    }
    before = CallTo(NOW - 90_000, NOW - 89_000)
    assert await second.attempts.calls_to([number], since=0) == {number: [before, placed]}
    assert await second.attempts.calls_to([], since=0) == {}


async def test_a_call_that_is_not_over_is_told_however_long_ago_it_was_placed(
    store: Store, second: Store, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(claimed[0], "A1", placed_at=NOW - 90_000)])

    number = claimed[0].numbers[0].number
    assert await second.attempts.calls_to([number], since=NOW) == {number: [CallTo(NOW - 90_000)]}


async def test_a_number_that_is_called_gets_no_second_attempt_whoever_asks(
    store: Store, second: Store, same_person: list[Lead], attempt_on: Attempt
) -> None:
    first, other = same_person

    assert await store.attempts.open([attempt_on(first, "A1")]) == {"A1"}
    assert await second.attempts.open([attempt_on(other, "A2")]) == frozenset()
    untouched = await store.leads.get(other.id)
    assert untouched is not None
    assert (untouched.state, untouched.attempts) == (LeadState.QUEUED, 0)

    await store.attempts.close([closed("A1")])
    assert await second.attempts.open([attempt_on(other, "A2")]) == {"A2"}


async def test_of_two_calls_to_one_number_in_a_batch_the_first_is_opened(
    store: Store, same_person: list[Lead], attempt_on: Attempt
) -> None:
    first, other = same_person

    opened = await store.attempts.open([attempt_on(other, "A2"), attempt_on(first, "A1")])

    assert opened == {"A2"}


async def test_two_processes_that_call_one_number_in_the_same_instant_open_one_attempt(
    store: Store, second: Store, same_person: list[Lead], attempt_on: Attempt
) -> None:
    for i in range(20):
        one, two = await asyncio.gather(
            store.attempts.open([attempt_on(same_person[0], f"A{i}")]),
            second.attempts.open([attempt_on(same_person[1], f"B{i}")]),
        )
        assert len(one | two) == 1
        await store.attempts.withdraw(list(one | two))
        for lead in same_person:
            campaign_id = lead.campaign_id
            await store.leads.claim(campaign_id, 1, now=NOW, claim_id="C")


@pytest.fixture
async def same_person(
    store: Store, campaign: Campaign, claimed: list[Lead], new_lead: Callable[..., NewLead]
) -> list[Lead]:
    """Two claimed leads of two campaigns, with one number."""
    number = claimed[0].numbers[0].number
    other = await store.campaigns.create("autumn", pool="sales", settings={}, now=NOW, who="ops")
    await store.leads.add(other.id, [new_lead(number)], now=NOW)
    return [claimed[0], *await store.leads.claim(other.id, 1, now=NOW, claim_id="C")]


async def test_a_tally_counts_what_ended_in_a_window(
    store: Store, campaign: Campaign, claimed: list[Lead], attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(lead, f"A{i}") for i, lead in enumerate(claimed)])
    await store.attempts.close(
        [
            closed("A0", outcome="connected", answered_by="human"),
            closed("A1", outcome="abandoned", answered_by="human"),
            closed("A2", outcome="machine", answered_by="machine"),
            closed("A3", ended_at=NOW + 100),
        ]
    )

    tally = await store.attempts.tally(campaign.id, since=NOW + 20, until=NOW + 100)

    assert (tally.ended, tally.answered_human, tally.answered_machine) == (3, 2, 1)
    assert tally.by_outcome == {"connected": 1, "abandoned": 1, "machine": 1}
