"""Listening in over the API: who may, what is noted first, and what ends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from dialer.engine.listen_orders import RepCall
from dialer.engine.listening import Listening
from dialer.features.phones.desk import listener_endpoint
from dialer.features.supervision.parts import LISTENING
from dialer.ports.store import Agent
from tests.kit.spying import InMemorySpying


@dataclass
class FakeFloors:
    """Whom reps talk to, by rep; what is done to them is noted."""

    calls: dict[str, RepCall] = field(default_factory=dict)
    up: set[str] = field(default_factory=set)
    announced: bool = False
    refusal: str = ""
    told: list[tuple[str, ...]] = field(default_factory=list)

    def talk(self, agent: str, attempt: str, *, together: bool = True) -> None:
        since = float(len(self.calls) + len(self.told))
        self.calls[agent] = RepCall(attempt, "spring", f"leg-{agent}", since, together)
        self.up.add(attempt)

    def call_of(self, agent: str) -> RepCall | None:
        return self.calls.get(agent)

    def is_up(self, attempt: str) -> bool:
        return attempt in self.up

    def is_announced(self, campaign: str) -> bool:
        return self.announced

    def left(self, agent: str) -> None:
        self.told.append(("left", agent))

    def take_over(self, agent: str, by: str) -> str:
        self.told.append(("take_over", agent, by))
        return self.refusal


@pytest.fixture
def floors() -> FakeFloors:
    return FakeFloors()


@pytest.fixture
def spying() -> InMemorySpying:
    return InMemorySpying()


@pytest.fixture
async def listening(world, people, floors, spying):
    """A team's two squads with a rep each, another team's rep; everybody's supervisors."""
    for code, team, squad in (("n1", "north", "one"), ("n2", "north", "two"), ("s1", "south", "")):
        await world.store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool=team))
        world.control.add_agent(code, pool=team, state="talking")
        await people.add("rep", code, team=team, squad=squad, agent=code)
    await people.add("supervisor", "boss", team="north", squad="one")
    await people.add("manager", "lead", team="north")
    await people.add("supervisor", "other", team="south")
    made = Listening(spying, floors, world.store.audit, world.clock)
    LISTENING.give(people.app.state.context, made)
    yield made
    await made.close()


@pytest.fixture
def browser(people, listening):
    async def of(name: str):
        return people.browser(await people.world.store.accounts.by_name(name))

    return of


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


async def begin(client: httpx.AsyncClient, agent: str = "n1", mode: str = "listen", **more: str):
    body = {"agent": agent, "mode": mode, **more}
    return await client.post("/api/v1/supervision", json=body)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def noted(world) -> list[tuple[str, str, str]]:
    rows = await world.store.audit.list()
    return [(it.who, it.what, it.subject) for it in rows if it.what.startswith(("call.", "super"))]


async def test_a_supervisor_hears_a_rep_of_the_own_squad(browser, floors, spying, world) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        answer = await begin(client, why="coaching")
        await settled()
        (row,) = (await client.get("/api/v1/supervision")).json()["supervision"]

    assert answer.status_code == 201
    assert (row["who"], row["agent"], row["mode"]) == ("boss", "n1", "listen")
    assert (row["state"], row["attempt"], row["is_own"]) == ("hearing", "A1", True)
    assert spying.told == [("call", listener_endpoint("id-boss")), ("hear", "leg-n1")]
    assert await noted(world) == [
        ("boss", "call.listen", "A1"), ("boss", "supervision.begin", "n1"),
    ]  # fmt: skip
    told = (await world.store.audit.list())[0].after
    assert told == {"agent": "n1", "supervision": row["id"], "why": "coaching"}


@pytest.mark.parametrize("agent", ["n2", "s1", "nobody"])
async def test_a_rep_out_of_reach_is_as_if_there_were_none(browser, world, agent: str) -> None:
    async with await browser("boss") as client:
        assert slug(await begin(client, agent)) == "404 no-such-rep"
    assert await noted(world) == []


async def test_a_rep_cannot_listen_to_anybody(browser) -> None:
    async with await browser("n1") as client:
        assert slug(await begin(client, "n1")) == "403 not-allowed"
        assert slug(await client.get("/api/v1/supervision")) == "403 not-allowed"


async def test_anothers_listening_in_can_neither_be_seen_nor_changed_by_its_id(
    browser, floors, listening
) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        supervision = (await begin(client)).json()["id"]
    for name, seen in (("other", []), ("lead", [supervision])):
        async with await browser(name) as client:
            rows = (await client.get("/api/v1/supervision")).json()["supervision"]
            assert [row["id"] for row in rows] == seen
            path = f"/api/v1/supervision/{supervision}"
            assert slug(await client.patch(path, json={"mode": "barge"})) == (
                "404 no-such-supervision"
            )
            assert slug(await client.post(f"{path}/take-over")) == "404 no-such-supervision"
            assert slug(await client.delete(path)) == "404 no-such-supervision"
    assert listening.find(supervision).mode == "listen"


async def test_modes_are_noted_one_by_one(browser, floors, spying, world) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        await settled()
        for mode in ("whisper", "barge", "listen"):
            assert (await client.patch(path, json={"mode": mode})).json()["mode"] == mode
            await settled()
        assert (await client.patch(path, json={"mode": "shout"})).status_code == 422
        assert (await client.delete(path)).status_code == 204
        await settled()

    assert [what for _, what, _ in await noted(world)] == [
        "supervision.end", "call.listen", "call.barge", "call.whisper", "call.listen",
        "supervision.begin",
    ]  # fmt: skip
    assert spying.told[1:] == [
        ("hear", "leg-n1"), ("whisper", "leg-n1"), ("join", "leg-n1"), ("hear", "leg-n1"),
        ("hang_up",),
    ]  # fmt: skip
    assert ("left", "n1") in floors.told


async def test_nothing_is_heard_before_it_is_noted(browser, floors, spying, world) -> None:
    floors.talk("n1", "A1")
    gate, record = asyncio.Event(), world.store.audit.record

    async def slow(entry) -> None:
        if entry.what == "call.listen":
            await gate.wait()
        await record(entry)

    world.store.audit.record = slow
    async with await browser("boss") as client:
        await begin(client)
        await settled()
        assert ("hear", "leg-n1") not in spying.told
        gate.set()
        await settled()
        assert ("hear", "leg-n1") in spying.told


async def test_the_next_call_is_heard_too_and_noted(browser, floors, listening, world) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        await begin(client)
        await settled()
        del floors.calls["n1"]
        listening.floor_turned()
        await settled()
        (row,) = (await client.get("/api/v1/supervision")).json()["supervision"]
        assert (row["state"], row["attempt"]) == ("waiting", None)
        floors.talk("n1", "A2")
        listening.floor_turned()
        await settled()
        (row,) = (await client.get("/api/v1/supervision")).json()["supervision"]
        assert (row["state"], row["attempt"]) == ("hearing", "A2")
    assert ("boss", "call.listen", "A2") in await noted(world)


async def test_who_is_moved_to_another_squad_hears_no_other_call(
    browser, floors, listening, people, spying, world
) -> None:
    async with await browser("boss") as client:
        await begin(client)
        await people.place(await world.store.accounts.by_name("boss"), "north", "two")
        floors.talk("n1", "A1")
        listening.floor_turned()
        await settled()
    assert listening.sessions() == []
    assert spying.told[-1] == ("hang_up",)
    assert ("boss", "call.listen", "A1") not in await noted(world)


async def test_logging_out_ends_it(browser, floors, listening, world) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        await begin(client)
        await settled()
        await client.delete("/api/v1/session")
    await settled()
    assert listening.sessions() == []
    (end,) = [row for row in await world.store.audit.list() if row.what == "supervision.end"]
    assert (end.before["calls"], end.after["why"]) == (["A1"], "logged out")


async def test_a_phone_that_is_not_there_is_said_to_be(browser, spying) -> None:
    spying.deaf.add(listener_endpoint("id-boss"))
    async with await browser("boss") as client:
        assert slug(await begin(client)) == "409 phone-not-there"


async def test_who_listens_to_another_ends_what_was_before(browser, floors, listening) -> None:
    async with await browser("lead") as client:
        await begin(client, "n1")
        await begin(client, "n2")
    assert [session.wish.agent for session in listening.sessions()] == ["n2"]


async def test_a_call_is_taken_over_once_joined(browser, floors, listening, spying, world) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        assert (await client.post(f"{path}/take-over")).status_code == 200
        await settled()
        (row,) = (await client.get("/api/v1/supervision")).json()["supervision"]
        assert (row["state"], row["mode"]) == ("taken", "take-over")
        assert slug(await client.patch(path, json={"mode": "listen"})) == "409 taken-over"
        assert floors.told == [("take_over", "n1", "boss")]
        assert spying.told[-2:] == [("join", "leg-n1"), ("stays",)]
        floors.up.clear()
        listening.floor_turned()
        await settled()
        assert (await client.get("/api/v1/supervision")).json()["supervision"] == []
    assert ("boss", "call.take-over", "A1") in await noted(world)


async def test_nothing_is_taken_over_that_is_not_there(browser, floors) -> None:
    async with await browser("boss") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        assert slug(await client.post(f"{path}/take-over")) == "409 not-in-call"
        floors.talk("n1", "A1", together=False)
        assert slug(await client.post(f"{path}/take-over")) == "409 not-in-call"


async def test_a_call_that_the_floor_keeps_stays_a_three_way(browser, floors, listening) -> None:
    floors.talk("n1", "A1")
    floors.refusal = "the callee is on hold"
    async with await browser("boss") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        await client.post(f"{path}/take-over")
        await settled()
        (row,) = (await client.get("/api/v1/supervision")).json()["supervision"]
    assert (row["state"], row["mode"]) == ("talking", "barge")


async def test_a_link_that_comes_back_finds_its_phones_and_hangs_up_strangers(
    browser, floors, listening, spying
) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        await begin(client)
        await settled()
        spying.up.add("sup.stranger")
        spying.with_callee.add("sup.of-a-callee")
        spying.listener.spy_link_up()
        await settled()
    assert spying.told.count(("hear", "leg-n1")) == 2
    assert spying.told.count(("hang_up",)) == 1
    assert "sup.stranger" not in spying.up

    spying.up.clear()
    spying.listener.spy_link_up()
    await settled()
    assert listening.sessions() == []


async def test_a_service_that_stops_leaves_a_taken_call_alone(
    browser, floors, listening, spying, world
) -> None:
    floors.talk("n1", "A1")
    async with await browser("boss") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        await client.post(f"{path}/take-over")
        await settled()
    await listening.close()
    assert ("hang_up",) not in spying.told
    assert (await noted(world))[0] == ("boss", "supervision.end", "n1")


async def test_without_a_switch_nobody_listens(people, world) -> None:
    boss = await people.add("supervisor", "boss", team="north")
    await world.store.agents.add(Agent(id="n1", name="n1", endpoint="n1", pool="north"))
    async with people.browser(boss) as client:
        assert slug(await begin(client)) == "409 no-listening"
        assert (await client.get("/api/v1/supervision")).json() == {"supervision": []}


async def test_of_two_begun_at_once_by_one_person_one_is_left(
    browser, floors, listening, world
) -> None:
    both_noted, record = asyncio.Barrier(2), world.store.audit.record

    async def together(entry) -> None:
        await record(entry)
        if entry.what == "supervision.begin":
            await both_noted.wait()

    world.store.audit.record = together
    async with await browser("lead") as client:
        await asyncio.gather(begin(client, "n1"), begin(client, "n2"))
    assert len(listening.sessions()) == 1


async def test_a_call_that_was_taken_over_is_not_cut_off_by_listening_elsewhere(
    browser, floors, listening, spying
) -> None:
    floors.talk("n1", "A1")
    async with await browser("lead") as client:
        path = f"/api/v1/supervision/{(await begin(client)).json()['id']}"
        await client.post(f"{path}/take-over")
        await settled()
        assert slug(await begin(client, "n2")) == "409 taken-over"
    assert ("hang_up",) not in spying.told
    assert [session.state for session in listening.sessions()] == ["taken"]


async def test_an_answer_that_is_lost_with_the_link_is_not_waited_for_for_ever(
    browser, spying, listening, monkeypatch
) -> None:
    monkeypatch.setattr("dialer.engine.listening.ANSWER_WITHIN_S", 0.01)
    monkeypatch.setattr("dialer.engine.listening.LINK_LOST_S", 0.01)
    spying.call = lambda channel, endpoint, within_s: None
    async with await browser("boss") as client:
        async with asyncio.timeout(10):
            assert slug(await begin(client)) == "409 phone-not-there"
    assert listening.sessions() == []
