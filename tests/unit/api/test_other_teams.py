"""Changing an id in an address, or a word in a body, opens nothing of another team's."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from dialer.ports.control import CallView, EndedView
from dialer.ports.store import Agent, ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState

NUMBER = "+493012345678"
#: north's own rep in a squad, another squad's, south's in north's pool, south's in its own.
REPS = {"n1": "north", "n2": "north", "x1": "north", "s1": "south"}


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def floors(world, people) -> None:
    """Two teams in two pools; one rep of `south` helps out in the pool of `north`."""
    world.read_settings(
        "[pool.north]\n[pool.south]\n[campaign.spring]\npool = 'north'\n"
        "[campaign.autumn]\npool = 'south'\n"
    )
    for code, pool in REPS.items():
        await world.store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool=pool))
        world.control.add_agent(code, pool=pool, state="talking")
    await people.add("rep", "n1", team="north", squad="one", agent="n1")
    await people.add("rep", "n2", team="north", squad="two", agent="n2")
    await people.add("rep", "x1", team="south", agent="x1")
    await people.add("rep", "s1", team="south", agent="s1")
    for name, pool in (("spring", "north"), ("autumn", "south")):
        world.control.add_campaign(name, pool=pool)
        await world.store.campaigns.create(name, pool=pool, settings={}, now=1.0, who="test")
    for agent, campaign in (("n1", "spring"), ("n2", "spring"), ("x1", "spring"), ("s1", "autumn")):
        call = CallView(f"C-{agent}", campaign, f"L-{agent}", NUMBER, "talking", 1.0, 1.0, agent)
        world.control.add_call(call)
        world.control.add_ended(EndedView(f"E-{agent}", campaign, NUMBER, "done", agent, 2.0, 1.0))
    world.control.add_call(CallView("C-", "spring", "L", NUMBER, "ringing", 1.0, 1.0, None))
    await records(world, "spring", ["n1", "n2", "x1", None])


async def records(world, name: str, agents: list[str | None]) -> None:
    store = world.store
    campaign = await store.campaigns.by_name(name)
    leads = [NewLead(numbers=[LeadNumber(f"+4930123456{at}0")]) for at in range(len(agents))]
    added = await store.leads.add(campaign.id, leads, now=1.0)
    await store.leads.claim(campaign.id, len(agents), now=2.0, claim_id="c")
    for at, (lead, agent) in enumerate(zip(added.lead_ids, agents, strict=True)):
        attempt = NewAttempt(
            attempt_id=f"A{at}", campaign_id=campaign.id, lead_id=lead, placed_at=10.0,
            number=f"+4930123456{at}0", caller_id="+493000", trunk="main", node="node1",
        )  # fmt: skip
        await store.attempts.open([attempt])
        closed = ClosedAttempt(
            attempt_id=f"A{at}", ended_at=20.0, outcome="no_answer", agent=agent,
            lead=LeadNext(LeadState.RETRY, 99.0),
        )  # fmt: skip
        await store.attempts.close([closed])


async def test_a_supervisor_sees_the_own_squad_on_the_floor(people, floors) -> None:
    boss = await people.add("supervisor", team="north", squad="one")
    async with people.browser(boss) as client:
        floor = (await client.get("/api/v1/floors/north")).json()
        short = (await client.get("/api/v1/floors")).json()["floors"]

        assert [agent["agent"] for agent in floor["agents"]] == ["n1"]
        assert sorted(call["attempt"] for call in floor["calls"]) == ["C-", "C-n1"]
        assert [ended["attempt"] for ended in floor["last_ended"]] == ["E-n1"]
        assert [(it["pool"], it["agents"]) for it in short] == [("north", {"talking": 1})]
        assert slug(await client.get("/api/v1/floors/south")) == "404 no-such-pool"


async def test_a_team_sees_its_reps_but_not_the_guest_in_its_pool(people, floors) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        floor = (await client.get("/api/v1/floors/north")).json()
        listed = (await client.get("/api/v1/agents")).json()["agents"]

        assert sorted(agent["agent"] for agent in floor["agents"]) == ["n1", "n2"]
        assert sorted(call["attempt"] for call in floor["calls"]) == ["C-", "C-n1", "C-n2"]
        assert sorted(agent["code"] for agent in listed) == ["n1", "n2"]


@pytest.mark.parametrize("rep", ["s1", "Rep s1", "x1", "none"])
@pytest.mark.parametrize(
    "what", ["", "/login", "/ready", "/pause", "/logout", "/hangup", "/finish"]
)
async def test_reps_of_another_team_are_no_reps(people, floors, world, rep: str, what: str) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        answer = await client.request("POST" if what else "GET", f"/api/v1/agents/{rep}{what}")

    assert slug(answer) == "404 no-such-rep"
    assert world.control.told == []


async def test_a_rep_steers_nobody_else(people, floors, world) -> None:
    me = await world.store.accounts.by_name("n1")
    async with people.browser(me) as client:
        assert slug(await client.post("/api/v1/agents/n2/pause")) == "404 no-such-rep"
        assert (await client.post("/api/v1/agents/n1/pause")).status_code == 200
        listed = (await client.get("/api/v1/agents")).json()["agents"]
        assert [agent["code"] for agent in listed] == ["n1"]
    assert world.control.told == [("agent_pause", ("n1", ""))]


async def test_campaigns_of_another_team_are_no_campaigns(people, floors, world) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        listed = (await client.get("/api/v1/campaigns")).json()["campaigns"]
        assert [campaign["name"] for campaign in listed] == ["spring"]
        for method, path in (
            ("GET", "autumn"), ("GET", "autumn/cdr"), ("POST", "autumn/start"),
            ("POST", "autumn/stop"), ("POST", "autumn/leads"),
        ):  # fmt: skip
            answer = await client.request(method, f"/api/v1/campaigns/{path}", content=b"phone\n1")
            assert slug(answer) == "404 no-such-campaign", path
        made = await client.post(
            "/api/v1/campaigns", json={"name": "theirs", "settings": {"pool": "south"}}
        )
        assert slug(made) == "404 no-such-pool"
        rep = await client.post("/api/v1/agents", json={"code": "spy", "pool": "south"})
        assert slug(rep) == "404 no-such-pool"
    assert world.control.told == []
    assert await world.store.agents.get("spy") is None


@pytest.mark.parametrize(
    ("role", "squad", "seen"),
    [
        ("supervisor", "one", {"n1", ""}),
        ("manager", "", {"n1", "n2", ""}),
        ("admin", "", {"n1", "n2", "x1", ""}),
    ],
)
async def test_records_are_those_of_the_own_people(
    people, floors, role: str, squad: str, seen: set[str]
) -> None:
    boss = await people.add(role, team="north", squad=squad)
    async with people.browser(boss) as client:
        text = (await client.get("/api/v1/campaigns/spring/cdr")).text

    found = {row["agent"] for row in csv.DictReader(io.StringIO(text))}
    assert found == seen


async def test_whole_numbers_are_for_who_may_see_them_and_noted(people, floors, world) -> None:
    url = "/api/v1/campaigns/spring/cdr?format=jsonl&numbers=full"
    qa, boss = await people.add("qa", team="north"), await people.add("manager", team="north")
    async with people.browser(qa) as client:
        assert slug(await client.get(url)) == "403 not-allowed"
        masked = (await client.get(url.replace("full", "masked"))).text
        assert "+49" not in json.loads(masked.splitlines()[0])["number"]
    async with people.browser(boss) as client:
        assert "+4930123456" in (await client.get(url)).text
    noted = (await world.store.audit.list())[0]
    assert (noted.who, noted.what, noted.subject) == ("manager", "cdr.export", "spring")


async def test_who_belongs_to_no_team_sees_nothing(people, floors) -> None:
    async with people.browser(await people.add("manager", "lost")) as client:
        assert (await client.get("/api/v1/floors")).json() == {"floors": []}
        assert (await client.get("/api/v1/agents")).json() == {"agents": []}
        assert (await client.get("/api/v1/campaigns")).json() == {"campaigns": []}
        assert slug(await client.get("/api/v1/floors/north")) == "404 no-such-pool"


async def test_accounts_of_another_team_are_not_shown(people, floors) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        listed = (await client.get("/api/v1/accounts")).json()["accounts"]
        assert [account["name"] for account in listed] == ["manager", "n1", "n2"]
        assert slug(await client.get("/api/v1/accounts/s1")) == "404 no-such-account"
        assert slug(await client.get("/api/v1/accounts/id-s1")) == "404 no-such-account"
        teams = (await client.get("/api/v1/teams")).json()["teams"]
        assert [team["name"] for team in teams] == ["north"]


async def test_nobody_gets_the_phone_of_another_teams_rep_by_adding_one(
    people, floors, world
) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        body = {"code": "spy", "pool": "north", "endpoint": "s1"}
        answer = await client.post("/api/v1/agents", json=body)
    assert slug(answer) == "422 invalid-endpoint"
    assert await world.store.agents.get("spy") is None


@pytest.mark.parametrize(
    "said", [{"message": "/var/lib/x/hello"}, {"script": {"en": "/var/lib/x/notes.md"}}]
)
async def test_a_campaign_made_over_the_api_names_no_file_of_the_server(
    people, floors, world, said: dict
) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        body = {"name": "mine", "settings": {"pool": "north", **said}}
        answer = await client.post("/api/v1/campaigns", json=body)
    assert slug(answer) == "422 invalid-settings"
    assert "only the settings file says it" in answer.json()["detail"]
