from __future__ import annotations

import pytest

from dialer.leads.hopper import Hopper
from dialer.leads.recycle import RecycleRules
from dialer.memory.store import InMemoryStore
from dialer.ports.gate import GateRefusal
from dialer.ports.store import Lead, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState
from tests.kit.gate import InMemoryGate

NOW = 1_800_000_000.0


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def gate() -> InMemoryGate:
    return InMemoryGate()


@pytest.fixture
def hopper(store: InMemoryStore, gate: InMemoryGate) -> Hopper:
    return Hopper(store, gate, lambda _campaign: RecycleRules())


async def list_of(store: InMemoryStore, *leads: NewLead) -> tuple[str, list[str]]:
    campaign = await store.campaigns.create("c", pool="p", settings={}, now=NOW, who="ops")
    added = await store.leads.add(campaign.id, leads, now=NOW)
    return campaign.id, added.lead_ids


def person(*numbers: str) -> NewLead:
    return NewLead(numbers=[LeadNumber(number) for number in numbers])


async def kept(store: InMemoryStore, lead_id: str) -> Lead:
    lead = await store.leads.get(lead_id)
    assert lead is not None
    return lead


async def test_leads_come_claimed_with_the_number_to_dial(
    store: InMemoryStore, hopper: Hopper
) -> None:
    campaign, ids = await list_of(store, person("+1", "+2"), person("+3"), person("+4"))

    taken = await hopper.take(campaign, 2, NOW)

    assert [(item.lead.id, item.number) for item in taken.to_dial] == [
        (ids[0], "+1"),
        (ids[1], "+3"),
    ]
    assert not taken.exhausted
    assert (await kept(store, ids[0])).state is LeadState.QUEUED
    assert (await hopper.take(campaign, 2, NOW)).exhausted


async def test_a_refused_number_gives_way_to_the_leads_next_one(
    store: InMemoryStore, gate: InMemoryGate, hopper: Hopper
) -> None:
    campaign, _ = await list_of(store, person("+1", "+2"))
    gate.refusals["+1"] = GateRefusal("dnc", "listed")

    taken = await hopper.take(campaign, 1, NOW)

    assert [item.number for item in taken.to_dial] == ["+2"]
    assert taken.refused == []


async def test_a_lead_outside_its_hours_comes_back_when_they_begin(
    store: InMemoryStore, gate: InMemoryGate, hopper: Hopper
) -> None:
    campaign, ids = await list_of(store, person("+1", "+2"), person("+3"))
    gate.refusals["+1"] = GateRefusal("calling_window", "early", NOW + 3600)
    gate.refusals["+2"] = GateRefusal("calling_window", "early", NOW + 1800)

    taken = await hopper.take(campaign, 1, NOW)

    assert [item.number for item in taken.to_dial] == ["+3"]
    assert [one.number for one in taken.refused] == ["+1", "+2"]
    lead = await kept(store, ids[0])
    assert (lead.state, lead.next_call_at) == (LeadState.NEW, NOW + 1800)


async def test_who_is_on_the_do_not_call_list_for_good_leaves_the_list(
    store: InMemoryStore, gate: InMemoryGate, hopper: Hopper
) -> None:
    campaign, ids = await list_of(store, person("+1"), person("bad"), person("+3"))
    gate.refusals["+1"] = GateRefusal("dnc", "listed")
    gate.refusals["bad"] = GateRefusal("invalid_number", "bad")
    gate.refusals["+3"] = GateRefusal("unknown_timezone", "where?")

    taken = await hopper.take(campaign, 3, NOW)

    assert (taken.to_dial, taken.exhausted) == ([], True)
    states = [(await kept(store, lead_id)).state for lead_id in ids]
    assert states == [LeadState.DNC, LeadState.DEAD, LeadState.NEW]
    assert (await kept(store, ids[2])).next_call_at == NOW + 86_400


async def test_a_lead_without_a_living_number_is_given_up(
    store: InMemoryStore, hopper: Hopper
) -> None:
    campaign, ids = await list_of(store, NewLead(numbers=[LeadNumber("+1", dead=True)]))

    assert (await hopper.take(campaign, 1, NOW)).to_dial == []
    assert (await kept(store, ids[0])).state is LeadState.DEAD


async def test_a_long_stretch_of_refused_leads_does_not_hold_up_the_caller(
    store: InMemoryStore, gate: InMemoryGate, hopper: Hopper
) -> None:
    campaign, _ = await list_of(store, *(person(f"+{i}") for i in range(1000)))
    for i in range(1000):
        gate.refusals[f"+{i}"] = GateRefusal("calling_window", "closed", NOW + 60)

    taken = await hopper.take(campaign, 1, NOW)

    assert not taken.exhausted
    assert len(taken.refused) < 200
    counts = await store.leads.counts(campaign)
    assert counts == {LeadState.NEW: 1000}


async def test_what_is_not_dialed_goes_back(store: InMemoryStore, hopper: Hopper) -> None:
    campaign, ids = await list_of(store, person("+1"))
    await hopper.take(campaign, 1, NOW)

    assert await hopper.give_back(ids) == 1

    assert [item.lead.id for item in (await hopper.take(campaign, 1, NOW)).to_dial] == ids


async def test_after_a_crash_claimed_leads_come_back_but_not_those_being_called(
    store: InMemoryStore, gate: InMemoryGate, hopper: Hopper
) -> None:
    campaign, ids = await list_of(store, person("+1"), person("+2"))
    await hopper.take(campaign, 2, NOW)
    attempt = NewAttempt(
        attempt_id="A", campaign_id=campaign, lead_id=ids[0], number="+1",
        caller_id="", trunk="", node="", placed_at=NOW,
    )  # fmt: skip
    await store.attempts.open([attempt])

    successor = Hopper(store, gate, lambda _campaign: RecycleRules())
    assert await successor.recover([campaign]) == 1

    taken = await successor.take(campaign, 5, NOW)
    assert [item.lead.id for item in taken.to_dial] == [ids[1]]


async def test_an_outcome_is_judged_by_the_campaigns_rules(
    store: InMemoryStore, hopper: Hopper
) -> None:
    campaign, _ = await list_of(store, person("+1"))
    [item] = (await hopper.take(campaign, 1, NOW)).to_dial

    next_ = hopper.after(item.lead, item.number, "busy", 17, NOW)

    assert (next_.state, next_.next_call_at) == (LeadState.RETRY, NOW + 20 * 60)
