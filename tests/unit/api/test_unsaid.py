"""Calls whose result was never said, and how it is said later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dialer.ports.control import DeskView
from dialer.ports.desk import NO_DISPOSITION
from dialer.ports.store import Agent, ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState

NUMBER = "+8613800138000"
SETTINGS = """
[pool.north]
[campaign.spring]
pool = "north"
disposition_required = true
callback_max_days = 10
[campaign.spring.dispositions.sold]
group = "sale"
[campaign.spring.dispositions.later]
group = "callback"
[campaign.autumn]
pool = "north"
"""
UNSAID, FINISH = "/api/v1/agents/anna/unsaid", "/api/v1/agents/anna/finish?attempt="


@pytest.fixture
async def anna(world, people) -> Any:
    world.read_settings(SETTINGS)
    await world.store.agents.add(Agent(id="anna", name="Anna", endpoint="anna", pool="north"))
    world.control.add_agent("anna", pool="north", state="talking")
    world.control.desks["anna"] = DeskView("A9", "L9", "spring", "auto", "talking", NUMBER)
    return await people.add("rep", "anna", team="north", agent="anna")


async def talked(world, attempt: str, said: str | None, campaign: str = "spring") -> str:
    """anna has talked, and said this of it; the lead."""
    now = world.clock.now()
    found = await world.store.campaigns.by_name(campaign)
    if found is None:
        found = await world.store.campaigns.create(
            campaign, pool="north", settings={}, now=now, who="test"
        )
    number = f"+86138001380{attempt[1:]:0>2}"
    new = NewLead(numbers=[LeadNumber(number)])
    (lead,) = (await world.store.leads.add(found.id, [new], now=now)).lead_ids
    await world.store.leads.claim_one(lead, now=now, claim_id="c")
    await world.store.attempts.open(
        [
            NewAttempt(
                attempt_id=attempt, campaign_id=found.id, lead_id=lead, number=number,
                caller_id="", trunk="main", node="one", placed_at=now - 30,
            )
        ]
    )  # fmt: skip
    record = ClosedAttempt(
        attempt_id=attempt, lead=LeadNext(LeadState.DONE), outcome="connected", agent="anna",
        connected_at=now - 20, ended_at=now, talk_seconds=20.0,
    )  # fmt: skip
    await world.store.attempts.close([record])
    await world.store.attempts.wrapup(attempt, wrapup_seconds=3.0, disposition=said)
    return str(lead)


async def test_only_talks_without_a_result_that_ask_for_one_are_listed(world, people, anna) -> None:
    for attempt, said, campaign in (
        ("A1", NO_DISPOSITION, "spring"), ("A2", None, "spring"), ("A3", "sold", "spring"),
        ("A4", None, "autumn"),
    ):  # fmt: skip
        await talked(world, attempt, said, campaign)
    async with people.browser(anna) as client:
        listed = (await client.get(UNSAID)).json()["calls"]

    assert [it["attempt"] for it in listed] == ["A2", "A1"]
    assert {it["code"] for it in listed[0]["dispositions"]} == {"sold", "later", "dnc"}
    assert listed[0]["call_back"]["max_days"] == 10


async def test_rep_and_supervisor_say_it_while_the_rep_has_another_call(
    world, people, anna
) -> None:
    lead = await talked(world, "A1", NO_DISPOSITION)
    at = datetime.fromtimestamp(world.clock.now() + 3600, UTC).isoformat()
    body = {"disposition": "later", "call_back_at": at, "note": "on Monday"}
    async with people.browser(anna) as client:
        own = await client.post(f"{FINISH}A1", json=body)
    boss = await people.add("supervisor", "boss", team="north")
    async with people.browser(boss) as client:
        by_boss = await client.post(f"{FINISH}A1", json={"disposition": "sold"})

    assert (own.status_code, by_boss.status_code) == (200, 200)
    completed = [("agent_complete", ("anna", "A1", said)) for said in ("later", "sold")]
    assert world.control.told == completed
    assert [note.text for note in await world.store.notes.of_lead(lead)] == ["on Monday"]
    (noted,) = [it for it in await world.store.audit.list() if it.what == "agent.result"]
    assert noted.after == {"attempt": "A1", "disposition": "sold"}


async def test_nobody_says_it_of_another_reps_call(world, people, anna) -> None:
    await talked(world, "A1", NO_DISPOSITION)
    await world.store.agents.add(Agent(id="bela", name="Bela", endpoint="bela", pool="north"))
    boss = await people.add("supervisor", "boss", team="north")
    async with people.browser(boss) as client:
        other = await client.post(
            "/api/v1/agents/bela/finish?attempt=A1", json={"disposition": "sold"}
        )

    assert (other.status_code, world.control.told) == (409, [])


RESULT = "/api/v1/agents/anna/calls/A1/result"


async def test_rep_and_supervisor_change_a_result_and_each_change_is_noted(
    world, people, anna
) -> None:
    lead = await talked(world, "A1", "sold")
    body = {
        "was": "sold",
        "disposition": "later",
        "note": "no, later",
        "note_key": "key-of-the-note",
    }
    async with people.browser(anna) as client:
        own = [(await client.put(RESULT, json=body)).status_code for _ in range(2)]
        row = (await client.get("/api/v1/agents/anna/calls")).json()["calls"][0]
    boss = await people.add("supervisor", "boss", team="north")
    async with people.browser(boss) as client:
        said = {"was": "sold", "disposition": "later"}
        mute = await client.put(RESULT, json=said)
        by_boss = await client.put(RESULT, json={**said, "because": "heard it: no sale"})

    assert (own, by_boss.status_code) == ([200, 200], 200)
    assert (mute.status_code, mute.json()["type"].rpartition(":")[2]) == (422, "reason-missing")
    assert [it.why for it in world.control.said_by] == ["", "", "heard it: no sale"]
    told = ("anna", "A1", "sold", "later")
    assert world.control.told == [
        ("agent_correct", (*told, False)), ("agent_correct", (*told, False)),
        ("agent_correct", (*told, True)),
    ]  # fmt: skip
    assert [note.text for note in await world.store.notes.of_lead(lead)] == ["no, later"]
    noted = [it for it in await world.store.audit.list() if it.what == "agent.result"]
    assert noted[-1].before == {"disposition": "sold"}
    assert row["change_until"] == pytest.approx(row["ended_at"] + 3600)


async def test_another_reps_call_is_not_changed(world, people, anna) -> None:
    await talked(world, "A1", "sold")
    await world.store.agents.add(Agent(id="bela", name="Bela", endpoint="bela", pool="north"))
    bela = await people.add("rep", "bela", team="north", agent="bela")
    async with people.browser(bela) as client:
        body = {"was": "sold", "disposition": "later"}
        other = await client.put("/api/v1/agents/bela/calls/A1/result", json=body)

    assert other.status_code == 404
