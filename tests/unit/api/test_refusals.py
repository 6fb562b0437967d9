"""What callees and networks said of our calls: by caller number, and who wants none."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dialer.features.operations.schemas import CallerNumberList
from dialer.ports.store import Campaign, ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState

CALLER, NUMBER, OTHER = "+493099999999", "+493012345678", "+493012345679"


async def call(world: Any, campaign: Campaign, number: str, code: int, **next_: Any) -> None:
    store, now = world.store, world.clock.now()
    await store.leads.add(campaign.id, [NewLead(numbers=[LeadNumber(number)])], now=now)
    [lead] = await store.leads.claim(campaign.id, 1, now=now, claim_id="C")
    attempt = NewAttempt(
        attempt_id=f"A{number}", campaign_id=campaign.id, lead_id=lead.id, number=number,
        caller_id=CALLER, trunk="t", node="n", placed_at=now - 10,
    )  # fmt: skip
    await store.attempts.open([attempt])
    ended = ClosedAttempt(
        attempt_id=attempt.attempt_id, ended_at=now - 5, outcome="refused", sip_code=code,
        hangup_cause=127, hangup_by="callee", lead=LeadNext(LeadState.DONE, now, **next_),
    )  # fmt: skip
    await store.attempts.close([ended])


@pytest.fixture
async def campaign(world: Any) -> Campaign:
    made: Campaign = await world.store.campaigns.create(
        "spring", pool="default", settings={}, now=world.clock.now(), who="test"
    )
    return made


async def test_a_number_that_networks_block_shows(
    client: httpx.AsyncClient, world: Any, campaign: Campaign
) -> None:
    await call(world, campaign, NUMBER, 608)
    await call(world, campaign, OTHER, 607)

    answer = await client.get("/api/v1/system/callers")
    found = CallerNumberList.model_validate(answer.json())
    [row] = found.callers
    assert (row.caller_id, row.calls, row.blocked, row.unwanted) == (CALLER, 2, 1, 1)
    assert row.last_blocked_at == pytest.approx(world.clock.now() - 5, abs=60)
    old = await client.get("/api/v1/system/callers", params={"hours": 0.001})
    assert old.json()["callers"] == []


async def test_who_wants_no_calls_is_shown_and_listed_with_one_action(
    client: httpx.AsyncClient, world: Any, campaign: Campaign
) -> None:
    await call(world, campaign, NUMBER, 607)
    await call(world, campaign, OTHER, 607, number_unwanted=True)

    before = (await client.get("/api/v1/dnc/unwanted/spring")).json()["calls"]
    added = await client.post("/api/v1/dnc/unwanted/spring")
    again = await client.post("/api/v1/dnc/unwanted/spring")
    after = (await client.get("/api/v1/dnc/unwanted/spring")).json()["calls"]

    assert {it["number"]: it["listed"] for it in before} == {NUMBER: False, OTHER: True}
    assert (added.json()["added"], again.json()["added"]) == (1, 0)
    assert all(it["listed"] for it in after)
    [entry] = await world.store.audit.list(subject="dnc")
    assert entry.what == "dnc.add"


async def test_whoever_must_not_see_numbers_lists_them_all_the_same(
    people: Any, world: Any, campaign: Campaign
) -> None:
    await call(world, campaign, NUMBER, 607)
    async with people.browser(await people.add("auditor")) as reader:
        calls = (await reader.get("/api/v1/dnc/unwanted/spring")).json()["calls"]

    assert [it["number"] for it in calls] == ["***678"]


async def test_no_campaign_has_no_such_list(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/dnc/unwanted/none")).status_code == 404
