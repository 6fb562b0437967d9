"""How lists of leads stand and share, and many leads moved or taken out at once, in every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from dialer.ports.desk import Callback
from dialer.ports.lists import LeadChoice, LeadImport, ListChange
from dialer.ports.scope import EVERYTHING, NOTHING
from dialer.ports.store import Campaign, LeadNumber, NewAttempt, NewLead, Store
from dialer.words import LeadState

NOW = 1_700_000_000.0


@pytest.fixture
async def campaign(store: Store) -> Campaign:
    return await store.campaigns.create("spring", pool="north", settings={}, now=NOW, who="t")


async def put_in(
    store: Store, campaign: Campaign, list_name: str, count: int, *, first: int = 0, **more: object
) -> Sequence[str]:
    leads = [
        NewLead(
            numbers=[LeadNumber(f"+4930{first + i:07}")],
            name=f"{list_name} {i}",
            list_name=list_name,
            **more,  # type: ignore[arg-type]
        )
        for i in range(count)
    ]
    return (await store.leads.add(campaign.id, leads, now=NOW)).lead_ids


async def claimed(store: Store, campaign: Campaign, limit: int) -> list[str]:
    found = await store.leads.claim(campaign.id, limit, now=NOW, claim_id="hopper")
    return [lead.list_name for lead in found]


async def test_nothing_of_a_stopped_list_is_taken(store: Store, campaign: Campaign) -> None:
    await put_in(store, campaign, "a", 3, priority=90)
    await put_in(store, campaign, "b", 3, first=100)
    await store.lead_lists.change(campaign.id, "a", ListChange(state="stopped"))

    ahead = await store.leads.ahead(campaign.id, now=NOW, limit=10)
    assert (ahead.due, {lead.list_name for lead in ahead.due_some}) == (3, {"b"})
    assert await claimed(store, campaign, 10) == ["b", "b", "b"]
    await store.lead_lists.change(campaign.id, "a", ListChange(state="running"))
    assert await claimed(store, campaign, 10) == ["a", "a", "a"]


async def test_what_was_claimed_of_a_list_that_stops_is_not_dialed(
    store: Store, campaign: Campaign
) -> None:
    (lead,) = await put_in(store, campaign, "a", 1)
    await claimed(store, campaign, 1)
    await store.lead_lists.change(campaign.id, "a", ListChange(state="stopped"))

    attempt = NewAttempt(
        attempt_id="at-1", campaign_id=campaign.id, lead_id=lead, number="+49300000000",
        caller_id="", trunk="t", node="n", placed_at=NOW,
    )  # fmt: skip
    assert await store.attempts.open([attempt]) == frozenset()
    kept = await store.leads.get(lead)
    assert kept is not None
    assert kept.state is LeadState.NEW


async def test_lists_of_which_nobody_said_anything_are_as_one(
    store: Store, campaign: Campaign
) -> None:
    await put_in(store, campaign, "b", 2)
    await put_in(store, campaign, "a", 2, first=100)
    await put_in(store, campaign, "c", 1, first=200, priority=80)

    assert await claimed(store, campaign, 5) == ["c", "b", "b", "a", "a"]


async def test_lists_share_by_weight(store: Store, campaign: Campaign) -> None:
    await put_in(store, campaign, "a", 60)
    await put_in(store, campaign, "b", 60, first=100)
    await store.lead_lists.change(campaign.id, "a", ListChange(weight=3.0))

    taken = [name for _ in range(10) for name in await claimed(store, campaign, 4)]
    assert Counter(taken) == {"a": 30, "b": 10}


async def test_a_list_comes_when_those_above_have_nothing_due(
    store: Store, campaign: Campaign
) -> None:
    await put_in(store, campaign, "a", 2)
    await put_in(store, campaign, "b", 2, first=100)
    await store.lead_lists.change(campaign.id, "b", ListChange(priority=60))

    assert await claimed(store, campaign, 3) == ["b", "b", "a"]


async def test_a_list_that_had_nothing_due_saves_nothing_up(
    store: Store, campaign: Campaign
) -> None:
    await put_in(store, campaign, "a", 60)
    await put_in(store, campaign, "b", 60, first=100, next_call_at=NOW + 60)
    await store.lead_lists.change(campaign.id, "a", ListChange(weight=2.0))
    await claimed(store, campaign, 30)

    later = await store.leads.claim(campaign.id, 9, now=NOW + 60, claim_id="hopper")
    assert Counter(lead.list_name for lead in later) == {"a": 6, "b": 3}


async def test_lists_are_counted_for_who_sees_their_campaign(
    store: Store, campaign: Campaign
) -> None:
    await put_in(store, campaign, "a", 3)
    await claimed(store, campaign, 1)

    (row,) = await store.lead_lists.all(EVERYTHING)
    assert (row.campaign, row.list.name) == ("spring", "a")
    assert dict(row.leads) == {LeadState.NEW: 2, LeadState.QUEUED: 1}
    assert await store.lead_lists.all(NOTHING) == []


async def test_leads_go_to_another_campaign_with_their_callbacks(
    store: Store, campaign: Campaign
) -> None:
    other = await store.campaigns.create("autumn", pool="north", settings={}, now=NOW, who="t")
    lead, taken = await put_in(store, campaign, "a", 2)
    await put_in(store, other, "x", 1, first=1)
    await store.callbacks.plan(
        Callback(
            id="cb-1",
            campaign_id=campaign.id,
            lead_id=lead,
            attempt_id=None,
            made_by="rep",
            owner=None,
            due_at=NOW,
            created_at=NOW,
            try_at=NOW,
        )
    )
    done = await store.lead_lists.move([lead, taken], other.id, "b", now=NOW)

    assert (done.moved, done.busy, done.taken) == (1, 0, 1)
    moved = await store.leads.get(lead)
    assert moved is not None
    assert (moved.campaign_id, moved.list_name) == (other.id, "b")
    callback = await store.callbacks.get("cb-1")
    assert callback is not None
    assert callback.campaign_id == other.id
    assert sorted(await claimed(store, other, 9)) == ["b", "x"]
    # Its number is free in the campaign it left.
    assert len(await put_in(store, campaign, "a", 1)) == 1


async def test_what_is_in_a_call_stays(store: Store, campaign: Campaign) -> None:
    (lead,) = await put_in(store, campaign, "a", 1)
    await claimed(store, campaign, 1)
    attempt = NewAttempt(
        attempt_id="at-1", campaign_id=campaign.id, lead_id=lead, number="+49300000000",
        caller_id="", trunk="t", node="n", placed_at=NOW,
    )  # fmt: skip
    assert await store.attempts.open([attempt]) == {"at-1"}

    assert await store.lead_lists.delete([lead]) == type(await store.lead_lists.delete([]))(0, 1)
    assert (await store.lead_lists.move([lead], campaign.id, "b", now=NOW)).busy == 1


async def test_leads_are_deleted_and_may_come_in_again(store: Store, campaign: Campaign) -> None:
    ids = await put_in(store, campaign, "a", 3)
    assert (await store.lead_lists.delete(ids)).deleted == 3

    assert await store.leads.counts(campaign.id) == {}
    assert len(await put_in(store, campaign, "a", 3)) == 3


async def test_a_list_is_dropped_when_nobody_is_left(store: Store, campaign: Campaign) -> None:
    ids = await put_in(store, campaign, "a", 1)
    assert not await store.lead_lists.drop(campaign.id, "a")
    await store.lead_lists.delete(ids)
    assert await store.lead_lists.drop(campaign.id, "a")
    assert await store.lead_lists.all(EVERYTHING) == []


async def test_leads_are_chosen_page_by_page(store: Store, campaign: Campaign) -> None:
    ids = await put_in(store, campaign, "a", 5, import_id="i1")
    await put_in(store, campaign, "b", 2, first=100)
    choice = LeadChoice(campaign_id=campaign.id, import_id="i1", uncalled=True)

    first = await store.lead_lists.chosen(choice, EVERYTHING, limit=3)
    rest = await store.lead_lists.chosen(choice, EVERYTHING, limit=3, after=first[-1])
    assert [*first, *rest] == list(ids)
    assert await store.lead_lists.count(choice, EVERYTHING) == {LeadState.NEW: 5}
    assert await store.lead_lists.chosen(choice, NOTHING, limit=3) == []


async def test_an_import_is_kept_with_what_became_of_it(store: Store, campaign: Campaign) -> None:
    one = LeadImport(
        id="i1", campaign_id=campaign.id, list_name="a", file="a.csv", who="max", at=NOW,
        state="running",
    )  # fmt: skip
    await store.lead_imports.save(one)
    await store.lead_imports.save(
        LeadImport(
            id="i1",
            campaign_id=campaign.id,
            list_name="a",
            file="a.csv",
            who="max",
            at=NOW,
            state="done",
            rows=3,
            imported=2,
            rejected=1,
            finished_at=NOW + 1,
        )
    )
    (row,) = await store.lead_imports.page(EVERYTHING, campaign_id=None, limit=9, below=None)
    assert (row.campaign, row.it.state, row.it.imported) == ("spring", "done", 2)
    assert await store.lead_imports.get("i1", NOTHING) is None
