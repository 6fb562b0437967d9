"""Lists of leads over HTTP: how they stand, moved, deleted; leads found and corrected."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dialer.ports.audit import AuditQuery
from dialer.ports.store import Campaign, LeadNext, LeadNumber, NewLead
from dialer.words import LeadState

SETTINGS = """
[pool.north]
[pool.south]
[campaign.spring]
pool = "north"
region = "DE"
[campaign.summer]
pool = "north"
[campaign.autumn]
pool = "south"
"""


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def campaigns(world) -> dict[str, Campaign]:
    world.read_settings(SETTINGS)
    found = {}
    for name in ("spring", "summer", "autumn"):
        pool = world.settings.campaign[name].pool
        found[name] = await world.store.campaigns.create(
            name, pool=pool, settings={}, now=1.0, who="test"
        )
    return found


async def put_in(world, campaign: Campaign, list_name: str, count: int, first: int = 0) -> Any:
    leads = [
        NewLead(
            numbers=[LeadNumber(f"+4930123{first + at:05}")],
            name=f"{list_name} {at}",
            list_name=list_name,
            custom={"城市": "柏林" if at == 0 else "汉堡"},
        )
        for at in range(count)
    ]
    return (await world.store.leads.add(campaign.id, leads, now=1.0)).lead_ids


@pytest.fixture
async def manager(people, campaigns) -> Any:
    return await people.add("manager", team="north")


async def test_a_manager_sees_the_lists_of_the_team_with_their_leads(
    world, people, campaigns, manager
) -> None:
    await put_in(world, campaigns["spring"], "june.csv", 2)
    await put_in(world, campaigns["autumn"], "theirs.csv", 1)
    async with people.browser(manager) as client:
        (row,) = (await client.get("/api/v1/lead-lists")).json()["lists"]
        elsewhere = await client.get("/api/v1/lead-lists", params={"campaign": "autumn"})

    assert (row["campaign"], row["list"], row["state"]) == ("spring", "june.csv", "running")
    assert (row["leads"]["new"], row["total"]) == (2, 2)
    assert slug(elsewhere) == "404 no-such-campaign"


async def test_a_list_is_stopped_and_shares_and_that_is_noted(
    world, people, campaigns, manager
) -> None:
    await put_in(world, campaigns["spring"], "june.csv", 1)
    named = {"campaign": "spring", "list": "june.csv"}
    async with people.browser(manager) as client:
        done = await client.patch("/api/v1/lead-lists", json={**named, "state": "stopped"})
        shared = await client.patch("/api/v1/lead-lists", json={**named, "weight": 2})
        unknown = await client.patch("/api/v1/lead-lists", json={**named, "list": "no"})
        theirs = await client.patch(
            "/api/v1/lead-lists", json={"campaign": "autumn", "list": "june.csv"}
        )

    assert (done.json()["state"], shared.json()["weight"]) == ("stopped", 2)
    assert slug(unknown) == "404 no-such-list"
    assert slug(theirs) == "404 no-such-campaign"
    entries = await world.store.audit.page(AuditQuery(what="leads.list", limit=9))
    assert [row.entry.before for row in entries] == [{"weight": 1.0}, {"state": "running"}]


async def test_leads_go_to_another_campaign_of_the_team_only(
    world, people, campaigns, manager
) -> None:
    await put_in(world, campaigns["spring"], "june.csv", 3)
    leads = {"campaign": "spring", "list": "june.csv"}
    async with people.browser(manager) as client:
        counted = await client.post("/api/v1/lead-lists/count", json=leads)
        refused = await client.post(
            "/api/v1/lead-lists/move",
            json={"leads": leads, "to_campaign": "autumn", "to_list": "x"},
        )
        moved = await client.post(
            "/api/v1/lead-lists/move",
            json={"leads": leads, "to_campaign": "summer", "to_list": "july.csv"},
        )
        left = (await client.get("/api/v1/lead-lists")).json()["lists"]

    assert counted.json()["total"] == 3
    assert slug(refused) == "404 no-such-campaign"
    assert moved.json() == {"moved": 3, "busy": 0, "taken": 0}
    assert [(it["campaign"], it["list"]) for it in left] == [("summer", "july.csv")]


async def test_a_list_is_deleted_with_its_leads(world, people, campaigns, manager) -> None:
    await put_in(world, campaigns["spring"], "june.csv", 2)
    kept = await put_in(world, campaigns["spring"], "may.csv", 1, first=50)
    body = {"leads": {"campaign": "spring", "list": "june.csv"}}
    async with people.browser(manager) as client:
        done = await client.post("/api/v1/lead-lists/delete", json=body)

    assert done.json() == {"deleted": 2, "busy": 0}
    assert await world.store.leads.get(kept[0]) is not None
    (entry,) = await world.store.audit.page(AuditQuery(what="leads.delete", limit=9))
    assert entry.entry.after == {"deleted": 2, "busy": 0}


async def test_leads_are_found_in_every_campaign_by_what_their_list_says(
    world, people, campaigns, manager
) -> None:
    await put_in(world, campaigns["spring"], "june.csv", 2)
    await put_in(world, campaigns["summer"], "may.csv", 2, first=50)
    await put_in(world, campaigns["autumn"], "theirs.csv", 2, first=90)
    async with people.browser(manager) as client:
        found = await client.post("/api/v1/leads/search", json={"anything": "柏林"})
        of_list = await client.post(
            "/api/v1/leads/search", json={"campaign": "spring", "list": "june.csv"}
        )

    names = [(it["campaign"], it["name"]) for it in found.json()["leads"]]
    assert names == [("summer", "may.csv 0"), ("spring", "june.csv 0")]
    assert len(of_list.json()["leads"]) == 2


async def test_numbers_are_corrected_and_keep_what_is_known_of_them(
    world, people, campaigns, manager
) -> None:
    lead, other = await put_in(world, campaigns["spring"], "june.csv", 2)
    body = {"numbers": [{"number": "030 1239999"}, {"number": "+493012300000", "kind": "work"}]}
    async with people.browser(manager) as client:
        done = await client.patch(f"/api/v1/leads/{lead}", json=body)
        taken = await client.patch(f"/api/v1/leads/{other}", json=body)
        wrong = await client.patch(f"/api/v1/leads/{lead}", json={"numbers": [{"number": "12"}]})

    assert [it["number"] for it in done.json()["numbers"]] == ["+49301239999", "+493012300000"]
    assert slug(taken) == "422 number-taken"
    assert slug(wrong) == "422 invalid-number"
    assert wrong.json()["errors"][0].startswith("numbers: ")


async def test_the_second_of_two_editors_is_told(world, people, campaigns, manager) -> None:
    (lead,) = await put_in(world, campaigns["spring"], "june.csv", 1)
    first = {"name": "Anna", "seen": {"name": "june.csv 0"}}
    second = {"name": "Anne", "seen": {"name": "june.csv 0"}}
    async with people.browser(manager) as client:
        done = await client.patch(f"/api/v1/leads/{lead}", json=first)
        told = await client.patch(f"/api/v1/leads/{lead}", json=second)
        beside = await client.patch(
            f"/api/v1/leads/{lead}",
            json={"fields": {"城市": "慕尼黑"}, "seen": {"fields": {"城市": "柏林"}}},
        )

    assert (done.status_code, beside.status_code) == (200, 200)
    assert slug(told) == "409 stale"
    kept = await world.store.leads.get(lead)
    assert kept is not None
    assert (kept.name, kept.custom["城市"]) == ("Anna", "慕尼黑")


async def test_a_rep_changes_no_numbers(world, people, campaigns) -> None:
    (lead,) = await put_in(world, campaigns["spring"], "june.csv", 1)
    boss = await people.add("supervisor", "boss", team="north")
    async with people.browser(boss) as client:
        done = await client.patch(
            f"/api/v1/leads/{lead}", json={"numbers": [{"number": "+49301239999"}]}
        )

    assert slug(done) == "403 not-editable"


async def test_a_lead_that_is_over_may_be_called_again_unless_it_asked_not_to(
    world, people, campaigns, manager
) -> None:
    over, unwanted = await put_in(world, campaigns["spring"], "june.csv", 2)
    await world.store.leads.set_next(over, LeadNext(LeadState.DONE))
    await world.store.leads.set_next(unwanted, LeadNext(LeadState.DNC))
    async with people.browser(manager) as client:
        done = await client.post(f"/api/v1/leads/{over}/again")
        refused = await client.post(f"/api/v1/leads/{unwanted}/again")

    assert done.json()["state"] == "new"
    assert slug(refused) == "409 lead-unwanted"
