"""Messages and moves: to whom they go, what is noted, what the rep is shown."""

from __future__ import annotations

import json

import httpx
import pytest

from dialer.features.live.hub import Face, TopicName
from dialer.features.live.push import LivePush
from dialer.ports.control import Refusal
from dialer.ports.store import Agent

URL = "/api/v1/messages"


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def floors(world, people) -> None:
    world.read_settings(
        "[pool.north]\n[pool.late]\n[pool.south]\n[campaign.spring]\npool = 'north'\n"
        "[campaign.summer]\npool = 'north'\n[campaign.autumn]\npool = 'south'\n"
    )
    for code, pool, squad in (("n1", "north", "one"), ("n2", "north", "two"), ("s1", "south", "")):
        await world.store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool=pool))
        world.control.add_agent(code, pool=pool, state="ready")
        await people.add("rep", code, team=pool, squad=squad, agent=code)


async def rep(world, name: str):
    return await world.store.accounts.by_name(name)


async def test_a_message_reaches_the_reps_in_reach_and_is_read(world, people, floors) -> None:
    boss = await people.add("manager", team="north")
    async with people.browser(boss) as client:
        sent = await client.post(URL, json={"to": {"all": True}, "text": " team talk at 4 "})
        assert sent.status_code == 201
        assert [it["agent"] for it in sent.json()["receipts"]] == ["n1", "n2"]
        message = sent.json()["id"]
    async with people.browser(await rep(world, "n1")) as client:
        (got,) = (await client.get(URL)).json()["received"]
        assert (got["text"], got["who"], got["to"], got["read_at"]) == (
            "team talk at 4", "manager", "all", None,
        )  # fmt: skip
        first = (await client.post(f"{URL}/{message}/read")).json()["read_at"]
        assert (await client.post(f"{URL}/{message}/read")).json()["read_at"] == first
    async with people.browser(boss) as client:
        (mine,) = (await client.get(URL)).json()["sent"]
        assert mine["receipts"] == [
            {"agent": "n1", "name": "Rep n1", "read_at": first},
            {"agent": "n2", "name": "Rep n2", "read_at": None},
        ]  # fmt: skip
    (entry,) = await world.store.audit.list(subject="all")
    assert (entry.who, entry.what, entry.after) == ("manager", "message.send", {"id": message})


async def test_a_message_is_on_the_reps_screen_at_once(world, people, floors) -> None:
    world.live = LivePush(world.clock)
    topic, _ = world.live.hub.open(TopicName("agent", "n1"), Face())
    other, _ = world.live.hub.open(TopicName("agent", "n2"), Face())
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        message = (await client.post(URL, json={"to": {"agent": "n1"}, "text": "well done"})).json()
        topic.flush(0.0)
        other.flush(0.0)
    state = json.loads(topic.snapshot())["state"]
    assert state["messages"][message["id"]]["text"] == "well done"
    assert json.loads(other.snapshot())["state"] == {}
    async with people.browser(await rep(world, "n1")) as client:
        await client.post(f"{URL}/{message['id']}/read")
    topic.flush(0.0)
    assert json.loads(topic.snapshot())["state"]["messages"][message["id"]]["read_at"] is not None
    later, is_new = world.live.hub.open(TopicName("agent", "n1"), Face(numbers=True))
    assert is_new
    world.live._feed.fill(TopicName("agent", "n1"), later, Face(numbers=True))
    later.settle()
    assert message["id"] in json.loads(later.snapshot())["state"]["messages"]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ({"agent": "s1"}, "404 no-such-rep"),
        ({"agent": "none"}, "404 no-such-rep"),
        ({"pool": "south"}, "404 no-such-pool"),
        ({"pool": "late"}, "404 no-such-pool"),
        ({}, "422 invalid-request"),
        ({"agent": "n1", "all": True}, "422 invalid-request"),
    ],
)
async def test_nobody_outside_the_reach_is_written_to(world, people, floors, to, expected) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.post(URL, json={"to": to, "text": "hello"})) == expected
    assert await world.store.audit.list(subject="all") == []


async def test_a_message_of_somebody_else_cannot_be_read_by_its_id(world, people, floors) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        message = (await client.post(URL, json={"to": {"agent": "n1"}, "text": "x"})).json()["id"]
        assert slug(await client.post(f"{URL}/{message}/read")) == "404 no-such-message"
    async with people.browser(await rep(world, "n2")) as client:
        assert slug(await client.post(f"{URL}/{message}/read")) == "404 no-such-message"
        assert (await client.get(URL)).json() == {"received": [], "sent": []}
        assert slug(await client.post(URL, json={"to": {"all": True}, "text": "x"})) == (
            "403 not-allowed"
        )


async def test_a_move_is_ordered_noted_and_told(world, people, floors) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        body = {"campaigns": ["spring", "spring"], "because": "spring is behind"}
        moved = await client.post("/api/v1/agents/n1/move", json=body)

    assert moved.status_code == 200, moved.text
    assert world.control.told == [("agent_move", ("n1", "north", ("spring",)))]
    (entry,) = await world.store.audit.list(subject="n1")
    assert (entry.who, entry.what, entry.before) == ("supervisor", "agent.move", {"pool": "north"})
    ((message, _),) = await world.store.messages.of_agent("n1")
    assert message.text == "You now work in north: spring. spring is behind"


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("n2", {"pool": "north"}, "404 no-such-rep"),
        ("s1", {"pool": "north"}, "404 no-such-rep"),
        ("n1", {"pool": "south"}, "404 no-such-pool"),
        ("n1", {"pool": "none"}, "404 no-such-pool"),
        ("n1", {"campaigns": ["autumn"]}, "422 no-such-campaign"),
        ("n1", {"campaigns": []}, "422 no-campaigns"),
    ],
)
async def test_nobody_is_moved_out_of_reach(world, people, floors, code, body, expected) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        assert slug(await client.post(f"/api/v1/agents/{code}/move", json=body)) == expected
    assert world.control.told == []


async def test_a_refused_move_tells_nobody(world, people, floors) -> None:
    world.control.refuse["agent_move"] = Refusal("store-failed", "no")
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.post("/api/v1/agents/n1/move", json={})) == "409 store-failed"
    assert await world.store.messages.of_agent("n1") == []


async def test_who_pauses_a_rep_is_shown_and_noted_until_he_acts_himself(
    world, people, floors
) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        paused = await client.post("/api/v1/agents/n1/pause", json={"reason": "meeting"})
    assert (paused.json()["by"], paused.json()["reason"]) == ("supervisor", "meeting")
    async with people.browser(await rep(world, "n1")) as client:
        assert (await client.post("/api/v1/agents/n1/ready")).json()["by"] == ""
    assert [entry.what for entry in await world.store.audit.list(subject="n1")] == ["agent.pause"]
