"""Leads one by one, and the times agreed with them: looked at, corrected, moved, taken away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dialer.ports.audit import AuditQuery
from dialer.ports.desk import Callback
from dialer.ports.store import Agent, ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState

SETTINGS = """
[pool.north]
[pool.south]
[campaign.spring]
pool = "north"
region = "DE"
editable_fields = ["city"]
[campaign.autumn]
pool = "south"
"""


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def leads(world, people) -> dict[str, str]:
    """One lead of nobody, one of each of two reps, one of another team; by their names."""
    world.read_settings(SETTINGS)
    for code, pool in (("anna", "north"), ("bela", "north"), ("zoe", "south")):
        await world.store.agents.add(Agent(id=code, name=code, endpoint=code, pool=pool))
        team = pool if code != "bela" else "north"
        await people.add("rep", code, team=team, squad=f"{code}s", agent=code)
    found = {}
    for name, pool, owner in (
        ("free", "spring", None), ("annas", "spring", "anna"), ("belas", "spring", "bela"),
        ("theirs", "autumn", None),
    ):  # fmt: skip
        campaign = await world.store.campaigns.by_name(pool)
        if campaign is None:
            campaign = await world.store.campaigns.create(
                pool, pool=world.settings.campaign[pool].pool, settings={}, now=1.0, who="test"
            )
        number = f"+49301234567{len(found)}"
        lead = NewLead(
            numbers=[LeadNumber(number)], name=name, owner=owner,
            custom={"city": "Berlin", "consent": "yes"},
        )  # fmt: skip
        found[name] = (await world.store.leads.add(campaign.id, [lead], now=1.0)).lead_ids[0]
    return found


async def as_(people, role: str, name: str = "", **fields: Any) -> Any:
    known = await people.world.store.accounts.by_name(name or role)
    return known or await people.add(role, name, **fields)


@pytest.mark.parametrize(
    ("role", "name", "squad", "seen"),
    [
        ("rep", "anna", "", ["annas"]),
        ("supervisor", "boss", "annas", ["annas", "free"]),
        ("manager", "boss", "", ["belas", "annas", "free"]),
        ("admin", "boss", "", ["belas", "annas", "free"]),
    ],
)
async def test_a_list_holds_the_leads_within_reach(
    people, leads, role: str, name: str, squad: str, seen: list[str]
) -> None:
    who = await as_(people, role, name, team="north", squad=squad)
    async with people.browser(who) as client:
        listed = (await client.get("/api/v1/campaigns/spring/leads")).json()
        theirs = await client.get("/api/v1/campaigns/autumn/leads")

        assert [lead["name"] for lead in listed["leads"]] == seen
        assert (slug(theirs) if theirs.is_error else role) in {"404 no-such-campaign", "admin"}
        for wanted, lead in leads.items():
            answer = await client.get(f"/api/v1/leads/{lead}")
            assert answer.is_success == (wanted in seen or role == "admin"), wanted


async def test_pages_follow_each_other_without_a_gap(people, leads) -> None:
    async with people.browser(await as_(people, "manager", team="north")) as client:
        names, below = [], None
        while True:
            params = {"limit": 1} | ({"below": below} if below else {})
            page = (await client.get("/api/v1/campaigns/spring/leads", params=params)).json()
            names += [lead["name"] for lead in page["leads"]]
            below = page["below"]
            if below is None:
                break

    assert names == ["belas", "annas", "free"]


async def test_leads_are_found_by_name_state_and_number(people, leads, world) -> None:
    await world.store.leads.claim_one(leads["free"], now=2.0, claim_id="c")
    url = "/api/v1/campaigns/spring/leads"
    async with people.browser(await as_(people, "manager", team="north")) as client:

        async def names(body: dict[str, Any]) -> list[str]:
            found = (await client.post(f"{url}/search", json=body)).json()
            return [lead["name"] for lead in found["leads"]]

        assert await names({"search": "ELAS"}) == ["belas"]
        assert await names({"search": "%"}) == []
        assert await names({"states": ["queued"]}) == ["free"]
        assert await names({"number": "030 1234567 1"}) == ["annas"]
        assert await names({"number": "345672"}) == ["belas"]


async def test_who_sees_no_whole_numbers_cannot_guess_them_digit_by_digit(people, leads) -> None:
    url = "/api/v1/campaigns/spring/leads/search"
    async with people.browser(await as_(people, "supervisor", team="north")) as client:
        part = await client.post(url, json={"number": "345671"})
        short = await client.post(url, json={"number": "671"})
        whole = await client.post(url, json={"number": "+4930 12345671"})

    assert part.json()["leads"] == []
    assert slug(short) == "422 invalid-number"
    (lead,) = whole.json()["leads"]
    assert (lead["name"], lead["numbers"][0]["number"]) == ("annas", "***671")


async def test_a_rep_corrects_what_the_campaign_lets_reps_change(people, leads, world) -> None:
    url = f"/api/v1/leads/{leads['annas']}"
    async with people.browser(await as_(people, "rep", "anna")) as client:
        done = await client.patch(url, json={"name": "Anna's", "fields": {"city": "Köln"}})
        for body in (
            {"fields": {"consent": "no"}}, {"fields": {"shoe size": "9"}},
            {"timezone": "Asia/Tokyo"}, {"name": "X", "fields": {"city": "", "consent": ""}},
        ):  # fmt: skip
            assert slug(await client.patch(url, json=body)) == "403 not-editable", body

    assert done.status_code == 200, done.text
    lead = await world.store.leads.get(leads["annas"])
    assert (lead.name, lead.custom) == ("Anna's", {"city": "Köln", "consent": "yes"})
    noted = (await world.store.audit.list(subject=lead.id))[0]
    assert (noted.who, noted.what) == ("anna", "lead.edit")
    assert noted.before["fields"] == {"city": "Berlin"}


async def test_a_manager_sets_the_zone_if_there_is_such_a_zone(people, leads, world) -> None:
    url = f"/api/v1/leads/{leads['free']}"
    async with people.browser(await as_(people, "manager", team="north")) as client:
        assert slug(await client.patch(url, json={"timezone": "Mars/Base"})) == (
            "422 invalid-timezone"
        )
        shown = (await client.patch(url, json={"timezone": "Asia/Tokyo"})).json()

    assert shown["local_time"]["utc_offset_minutes"] == 540


@pytest.mark.parametrize("lead", ["belas", "theirs"])
async def test_another_reps_lead_is_no_lead(people, leads, world, lead: str) -> None:
    async with people.browser(await as_(people, "rep", "anna")) as client:
        url = f"/api/v1/leads/{leads[lead]}"
        assert slug(await client.get(url)) == "404 no-such-lead"
        assert slug(await client.patch(url, json={"name": "mine"})) == "404 no-such-lead"

    assert (await world.store.leads.get(leads[lead])).name == lead


# --- callbacks ------------------------------------------------------------------------------------


async def agreed(world, lead: str, owner: str | None = "anna", due: float = 3600.0) -> Callback:
    row = await world.store.leads.get(lead)
    now = world.clock.now()
    callback = Callback(
        id=f"cb-{lead}", campaign_id=row.campaign_id, lead_id=lead, attempt_id=None,
        made_by="anna", owner=owner, due_at=now + due, created_at=now, try_at=now + due,
        why="calling_window",
    )  # fmt: skip
    await world.store.callbacks.plan(callback)
    return callback


async def test_a_callback_moves_and_its_lead_waits_for_it(people, leads, world) -> None:
    callback = await agreed(world, leads["annas"])
    at = round(world.clock.now()) + 7200.0
    async with people.browser(await as_(people, "rep", "anna")) as client:
        url = f"/api/v1/callbacks/{callback.id}"
        moved = await client.patch(
            url, json={"due_at": datetime.fromtimestamp(at, UTC).isoformat()}
        )
        own = await world.store.leads.get(leads["annas"])
        anyones = await client.patch(url, json={"owner": "anyone"})

    assert moved.status_code == 200, moved.text
    assert (moved.json()["due_at"], moved.json()["owner"], moved.json()["why"]) == (at, "me", "")
    assert (own.state, own.next_call_at) == (LeadState.RETRY, at + 900.0), "hers within the grace"
    assert anyones.json()["agent"] is None
    assert (await world.store.leads.get(leads["annas"])).next_call_at == at


async def test_a_callback_taken_away_is_not_called(people, leads, world) -> None:
    callback = await agreed(world, leads["annas"])
    async with people.browser(await as_(people, "rep", "anna")) as client:
        url = f"/api/v1/callbacks/{callback.id}"
        assert (await client.delete(url)).status_code == 204
        assert slug(await client.delete(url)) == "404 no-such-callback"
        assert slug(await client.patch(url, json={})) == "404 no-such-callback"

    assert (await world.store.leads.get(leads["annas"])).state == LeadState.DONE
    assert (await world.store.callbacks.get(callback.id)).result == "dropped"
    value = world.metrics.registry.get_sample_value
    labels = {"campaign": "spring", "result": "dropped"}
    assert value("dialer_callbacks_total", labels) == 1.0


@pytest.mark.parametrize("lead", ["belas", "theirs"])
async def test_another_reps_callback_is_no_callback(people, leads, world, lead: str) -> None:
    callback = await agreed(world, leads[lead], owner="bela")
    async with people.browser(await as_(people, "rep", "anna")) as client:
        url = f"/api/v1/callbacks/{callback.id}"
        assert slug(await client.patch(url, json={"owner": "me"})) == "404 no-such-callback"
        assert slug(await client.delete(url)) == "404 no-such-callback"

    assert (await world.store.callbacks.get(callback.id)).result is None


async def test_leads_that_a_carrier_burned_are_counted_and_given_back(people, leads, world) -> None:
    url, store = "/api/v1/campaigns/spring/leads", world.store
    (lead,) = [await store.leads.claim_one(leads["free"], now=2.0, claim_id="c")]
    await store.attempts.open(
        [
            NewAttempt(
                attempt_id="A1", campaign_id=lead.campaign_id, lead_id=lead.id, caller_id="",
                number=lead.numbers[0].number, trunk="t", node="n", placed_at=10.0,
            )
        ]
    )  # fmt: skip
    await store.attempts.close(
        [
            ClosedAttempt(
                attempt_id="A1", ended_at=11.0, outcome="failed", hangup_cause=34,
                lead=LeadNext(LeadState.DEAD),
            )
        ]
    )  # fmt: skip
    async with people.browser(await as_(people, "manager", team="north")) as client:
        counted = (await client.post(f"{url}/burned", json={})).json()
        late = (await client.post(f"{url}/burned", json={"since": 11.0})).json()
        other = (await client.post(f"{url}/burned", json={"causes": [38]})).json()
        assert (await store.leads.get(lead.id)).state is LeadState.DEAD
        done = (await client.post(f"{url}/reset", json={"causes": [34]})).json()
        theirs = await client.post("/api/v1/campaigns/autumn/leads/reset", json={})

    assert (counted["attempts"], counted["leads"]) == (1, 1)
    assert 34 in counted["causes"]
    assert (late["leads"], other["leads"]) == (0, 0)
    assert done == {"attempts": 1, "leads": 1, "causes": [34]}
    after = await store.leads.get(lead.id)
    assert (after.state, after.attempts) == (LeadState.NEW, 0)
    assert slug(theirs) == "404 no-such-campaign"
    entries = [row.entry for row in await store.audit.page(AuditQuery(limit=9))]
    (entry,) = [it for it in entries if it.what == "leads.reset"]
    assert (entry.subject, entry.after["leads"]) == ("spring", 1)


async def test_the_calendar_shows_a_team_its_callbacks_with_the_callees_hours(
    people, leads, world
) -> None:
    now = world.clock.now()
    for lead, owner, due in (
        ("annas", "anna", 3600),
        ("belas", "bela", 7200),
        ("theirs", "zoe", 9),
    ):
        campaign = await world.store.campaigns.by_name("autumn" if lead == "theirs" else "spring")
        await world.store.callbacks.plan(
            Callback(
                id=f"C-{lead}", campaign_id=campaign.id, lead_id=leads[lead], attempt_id=None,
                made_by=owner, owner=owner, due_at=now + due, created_at=now, try_at=now + due,
            )
        )  # fmt: skip
    url = f"/api/v1/callbacks?since={now}&until={now + 86_400}"
    async with people.browser(await as_(people, "manager", "boss", team="north")) as client:
        team = (await client.get(url)).json()
        belas = (await client.get(f"{url}&agent=bela")).json()
        other = await client.get(f"{url}&agent=zoe")
    async with people.browser(await as_(people, "rep", "anna")) as client:
        own = (await client.get(url)).json()

    assert [it["id"] for it in team["callbacks"]] == ["C-annas", "C-belas"]
    assert [it["id"] for it in belas["callbacks"]] == ["C-belas"]
    assert [it["id"] for it in own["callbacks"]] == ["C-annas"]
    assert other.status_code == 404
    (hours,) = team["hours"]
    assert (hours["campaign"], hours["zones"], team["whole"]) == ("spring", ["Europe/Berlin"], True)
    entry = team["callbacks"][0]
    due = entry["due_at"]
    assert entry["in_hours"] == any(it["since"] <= due < it["until"] for it in hours["open"])
    assert entry["agent_name"] == "anna"
