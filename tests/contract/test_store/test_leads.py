from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dialer.ports.store import (
    Campaign,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    NotFoundError,
    Store,
)
from dialer.words import LeadState

NOW = 1_800_000_000.0
Make = Callable[..., NewLead]


async def test_a_lead_comes_back_with_everything_that_was_put_in(
    store: Store, campaign: Campaign
) -> None:
    lead = NewLead(
        numbers=[LeadNumber("+8613800000001", "mobile"), LeadNumber("+861012345678", "work")],
        name="王小明",
        timezone="Asia/Shanghai",
        language="zh",
        owner="agent-7",
        priority=80,
        next_call_at=NOW + 0.25,
        custom={"city": "北京", "note": 'a "quoted", line\nbreak'},
        list_name="spring.csv",
    )

    added = await store.leads.add(campaign.id, [lead], now=NOW)

    kept = await store.leads.get(added.lead_ids[0])
    assert kept is not None
    assert kept.state is LeadState.NEW
    assert kept.numbers == tuple(lead.numbers)
    assert kept.custom == lead.custom
    assert (kept.name, kept.timezone, kept.language) == ("王小明", "Asia/Shanghai", "zh")
    assert (kept.owner, kept.priority, kept.next_call_at) == ("agent-7", 80, NOW + 0.25)
    assert (kept.attempts, kept.last_call_at, kept.list_name) == (0, None, "spring.csv")


async def test_a_number_goes_into_a_campaign_only_once(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    first = await store.leads.add(
        campaign.id, [new_lead("+1", "+2", import_id="I1", import_row=5)], now=NOW
    )

    again = await store.leads.add(
        campaign.id, [new_lead("+3"), new_lead("+4", "+2"), new_lead("+3", "+5")], now=NOW
    )

    assert len(again.lead_ids) == 1
    assert [(d.index, d.number) for d in again.duplicates] == [(1, "+2"), (2, "+3")]
    in_list, in_batch = again.duplicates
    assert (in_list.lead_id, in_list.import_id, in_list.import_row) == (
        first.lead_ids[0],
        "I1",
        5,
    )
    assert in_batch.lead_id == again.lead_ids[0]
    assert await store.leads.find(campaign.id, "+4") is None
    assert await store.leads.find(campaign.id, "+5") is None


async def test_a_switchboard_has_a_lead_for_every_extension(
    store: Store, campaign: Campaign
) -> None:
    anna = NewLead(numbers=[LeadNumber("+1", "work", extension="12")], name="Anna")
    bert = NewLead(numbers=[LeadNumber("+1", "work", extension="13")], name="Bert")
    await store.leads.add(campaign.id, [anna], now=NOW)

    added = await store.leads.add(campaign.id, [bert, anna], now=NOW)

    assert [(d.index, d.number) for d in added.duplicates] == [(1, "+1")]
    kept = await store.leads.get(added.lead_ids[0])
    assert kept is not None
    assert kept.numbers == tuple(bert.numbers)
    first = await store.leads.find(campaign.id, "+1")
    assert first is not None
    assert first.name == "Anna"


async def test_another_campaign_may_have_the_same_number(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    other = await store.campaigns.create("autumn", pool="sales", settings={}, now=NOW, who="ops")
    await store.leads.add(campaign.id, [new_lead("+1")], now=NOW)

    added = await store.leads.add(other.id, [new_lead("+1")], now=NOW)

    assert added.duplicates == []
    found = await store.leads.find(other.id, "+1")
    assert found is not None
    assert found.id == added.lead_ids[0]


async def test_leads_for_an_unknown_campaign_are_refused(store: Store, new_lead: Make) -> None:
    with pytest.raises(NotFoundError):
        await store.leads.add("nowhere", [new_lead("+1")], now=NOW)


async def test_claims_follow_priority_then_due_time_then_import_order(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    await store.leads.add(
        campaign.id,
        [
            new_lead("+1"),
            new_lead("+2", next_call_at=NOW - 10),
            new_lead("+3"),
            new_lead("+4", priority=90, next_call_at=NOW - 5),
            new_lead("+5", priority=90, next_call_at=NOW + 1),
            new_lead("+6", priority=0),
            new_lead("+7", priority=99, next_call_at=NOW + 1),
        ],
        now=NOW,
    )

    first = await store.leads.claim(campaign.id, 2, now=NOW, claim_id="C")
    rest = await store.leads.claim(campaign.id, 50, now=NOW, claim_id="C")

    assert [lead.numbers[0].number for lead in first] == ["+4", "+1"]
    assert [lead.numbers[0].number for lead in rest] == ["+3", "+2", "+6"]
    assert {lead.state for lead in [*first, *rest]} == {LeadState.QUEUED}


async def test_a_retry_that_is_due_stands_in_line_with_new_leads(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(
        campaign.id, [new_lead("+1", next_call_at=NOW - 5), new_lead("+2")], now=NOW
    )
    await store.leads.set_next(added.lead_ids[1], LeadNext(LeadState.RETRY, NOW - 10))

    claimed = await store.leads.claim(campaign.id, 5, now=NOW, claim_id="C")

    assert [lead.numbers[0].number for lead in claimed] == ["+2", "+1"]


async def test_two_engines_never_claim_the_same_lead(
    store: Store, second: Store, campaign: Campaign, new_lead: Make
) -> None:
    await store.leads.add(campaign.id, [new_lead(f"+{i}") for i in range(100)], now=NOW)

    claims = await asyncio.gather(
        *(
            each.leads.claim(campaign.id, 7, now=NOW, claim_id=f"{name}{turn}")
            for turn in range(8)
            for name, each in (("a", store), ("b", second))
        )
    )

    claimed = [lead.id for claim in claims for lead in claim]
    assert len(claimed) == len(set(claimed))
    left = await store.leads.claim(campaign.id, 100, now=NOW, claim_id="rest")
    assert len(claimed) + len(left) == 100


async def test_a_claim_outlives_the_engine_and_can_be_given_back(
    store: Store, second: Store, campaign: Campaign, new_lead: Make
) -> None:
    await store.leads.add(campaign.id, [new_lead("+1"), new_lead("+2")], now=NOW)
    await store.leads.claim(campaign.id, 1, now=NOW, claim_id="dead")
    await store.leads.claim(campaign.id, 1, now=NOW + 60, claim_id="alive")
    assert await second.leads.claim(campaign.id, 5, now=NOW, claim_id="x") == []

    assert await second.leads.release_claims(claim_id="dead") == 1

    claimed = await second.leads.claim(campaign.id, 5, now=NOW, claim_id="x")
    assert [lead.numbers[0].number for lead in claimed] == ["+1"]


async def test_old_claims_are_given_back_by_their_age_and_campaign(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    await store.leads.add(campaign.id, [new_lead("+1"), new_lead("+2")], now=NOW)
    await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    await store.leads.claim(campaign.id, 1, now=NOW + 60, claim_id="C")

    assert await store.leads.release_claims(campaign_id="other") == 0
    assert await store.leads.release_claims(claimed_before=NOW + 60) == 1
    assert await store.leads.release_claims(campaign_id=campaign.id) == 1


async def test_a_lead_that_is_given_back_is_what_it_was_before(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(campaign.id, [new_lead("+1", next_call_at=NOW)], now=NOW)
    before = await store.leads.get(added.lead_ids[0])
    await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")

    assert await store.leads.release(added.lead_ids, claim_id="other") == 0
    assert await store.leads.release(added.lead_ids, claim_id="C") == 1
    assert await store.leads.release(added.lead_ids, claim_id="C") == 0

    assert await store.leads.get(added.lead_ids[0]) == before


async def test_a_lead_can_be_given_back_for_later(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(campaign.id, [new_lead("+1")], now=NOW)
    await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    await store.leads.release(added.lead_ids, next_call_at=NOW + 3600, claim_id="C")

    assert await store.leads.claim(campaign.id, 1, now=NOW + 3599, claim_id="C") == []
    assert len(await store.leads.claim(campaign.id, 1, now=NOW + 3600, claim_id="C")) == 1


async def test_leads_can_be_put_off_each_to_its_own_time(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(campaign.id, [new_lead(f"+{i}") for i in range(3)], now=NOW)
    one, two, other = added.lead_ids
    await store.leads.claim(campaign.id, 2, now=NOW, claim_id="C")

    until = {one: NOW + 20, two: NOW + 10, other: NOW + 5}
    assert await store.leads.postpone(until, claim_id="C") == 2

    later = await store.leads.claim(campaign.id, 5, now=NOW + 10, claim_id="C")
    assert [lead.id for lead in later] == [other, two]


async def test_a_lead_with_an_open_attempt_is_not_given_back(
    store: Store, campaign: Campaign, new_lead: Make, attempt_on: Callable[..., NewAttempt]
) -> None:
    await store.leads.add(campaign.id, [new_lead("+1")], now=NOW)
    [lead] = await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    await store.attempts.open([attempt_on(lead)])

    assert await store.leads.release_claims() == 0
    assert await store.leads.release([lead.id], claim_id="C") == 0
    assert await store.leads.set_next(lead.id, LeadNext(LeadState.DONE)) is False


async def test_one_lead_can_be_claimed_out_of_turn_unless_it_is_finished(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(
        campaign.id, [new_lead("+1"), new_lead("+2", next_call_at=NOW + 999)], now=NOW
    )

    claimed = await store.leads.claim_one(added.lead_ids[1], now=NOW, claim_id="C")

    assert claimed is not None
    assert claimed.state is LeadState.QUEUED
    assert await store.leads.claim_one(added.lead_ids[1], now=NOW, claim_id="C") is None
    await store.leads.set_next(added.lead_ids[0], LeadNext(LeadState.DNC))
    assert await store.leads.claim_one(added.lead_ids[0], now=NOW, claim_id="C") is None
    assert await store.leads.claim_one("unknown", now=NOW, claim_id="C") is None


async def test_what_comes_next_changes_only_what_it_names(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    added = await store.leads.add(
        campaign.id, [new_lead("+1", priority=70, owner="agent-1")], now=NOW
    )
    lead_id = added.lead_ids[0]

    await store.leads.set_next(lead_id, LeadNext(LeadState.RETRY, NOW + 5))
    lead = await store.leads.get(lead_id)
    assert lead is not None
    assert (lead.state, lead.next_call_at, lead.priority, lead.owner) == (
        LeadState.RETRY,
        NOW + 5,
        70,
        "agent-1",
    )

    await store.leads.set_next(lead_id, LeadNext(LeadState.RETRY, NOW, priority=95, owner="b"))
    lead = await store.leads.get(lead_id)
    assert lead is not None
    assert (lead.priority, lead.owner) == (95, "b")
    assert await store.leads.set_next("unknown", LeadNext(LeadState.DONE)) is False


async def test_leads_are_counted_by_state(store: Store, campaign: Campaign, new_lead: Make) -> None:
    added = await store.leads.add(campaign.id, [new_lead(f"+{i}") for i in range(4)], now=NOW)
    await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    await store.leads.set_next(added.lead_ids[3], LeadNext(LeadState.DEAD))

    counts = await store.leads.counts(campaign.id)

    assert counts == {LeadState.NEW: 2, LeadState.QUEUED: 1, LeadState.DEAD: 1}


async def test_hostile_text_is_kept_as_text(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    name = "x\r\nAction: Originate\r\n'); DROP TABLE leads; --"

    added = await store.leads.add(campaign.id, [new_lead("+1", name=name)], now=NOW)

    kept = await store.leads.get(added.lead_ids[0])
    assert kept is not None
    assert kept.name == name


async def test_what_has_calls_left_is_counted_and_shown_to_judge_by(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    new = [new_lead(f"+{n}", next_call_at=NOW + n if n > 3 else 0.0) for n in range(1, 7)]
    ids = (await store.leads.add(campaign.id, new, now=NOW)).lead_ids
    await store.leads.set_next(ids[0], LeadNext(LeadState.DONE, 0.0))

    ahead = await store.leads.ahead(campaign.id, now=NOW, limit=10)

    assert (ahead.due, ahead.asleep) == (2, 3)
    assert [it.id for it in ahead.due_some] == ids[1:3]
    assert [it.id for it in ahead.asleep_some] == ids[3:]
    assert ahead.first == []
    assert ahead.due_some[0].numbers[0].number == "+2"


async def test_of_a_long_list_about_as_many_as_asked_for_are_shown_and_those_that_wake_first(
    store: Store, campaign: Campaign, new_lead: Make
) -> None:
    new = [new_lead(f"+{n:05}", next_call_at=NOW + 9000 - n) for n in range(3000)]
    ids = (await store.leads.add(campaign.id, new, now=NOW)).lead_ids

    ahead = await store.leads.ahead(campaign.id, now=NOW, limit=300)

    assert (ahead.due, ahead.asleep) == (0, 3000)
    assert [it.id for it in ahead.first] == ids[:-21:-1]
    assert len(ahead.asleep_some) <= 600
    assert {it.id for it in ahead.asleep_some} <= set(ids)
