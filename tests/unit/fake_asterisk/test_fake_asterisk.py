"""The fake Asterisk does to a call what the dialplan does, event by event."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agi import AgiServer, AgiSession
from dialer.asterisk.actions import variable
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed
from dialer.asterisk.messages import Message
from tests.kit.eventually import eventually
from tests.kit.fake_asterisk import FakeAsterisk
from tests.kit.fake_asterisk_laws import CalleeLaw, Fate, parse_law

LEG = "leg-01J9ZXT3Q4S5K6M7N8P9R0A1B2"


class World:
    """A fake node, a client of it, and an engine that answers AGI with `route`."""

    def __init__(self, node: FakeAsterisk) -> None:
        self.node = node
        self.events: list[Message] = []
        self.asked: list[tuple[str, str]] = []
        self.held: dict[str, AgiSession] = {}
        self.route: Callable[[AgiSession], str | None] = lambda _: "message"
        self.agi = AgiServer(self._ask, "127.0.0.1", 0)
        self.ami: AmiClient

    def _ask(self, session: AgiSession) -> None:
        self.asked.append((session.request.uniqueid, session.request.args[1]))
        word = self.route(session)
        if word is None:
            self.held[session.request.uniqueid] = session
        else:
            session.finish_with("TO", word)

    async def call(self, attempt: str, **options: Any) -> Message:
        agi = options.pop("agi", f"127.0.0.1:{self.agi.port}")
        pairs = [
            ("Channel", options.pop("channel", "PJSIP/+493012345@carrier")),
            ("ChannelId", attempt),
            ("CallerID", "<+49301>"),
            ("Context", options.pop("context", "dialer-callee")),
            ("Timeout", options.pop("timeout_ms", 5_000)),
            ("Async", True),
            variable("DIALER_AGI", agi),
            *(variable(name, value) for name, value in options.items()),
        ]
        return await self.ami.action("Originate", pairs)

    async def leg(self) -> None:
        await self.call(LEG, channel="PJSIP/rep01", context="dialer-rep")
        await self.until("BridgeEnter", LEG)

    def names(self, channel: str) -> list[str]:
        return [m.event for m in self.events if _id(m) == channel]

    def last(self, event: str, channel: str) -> Message:
        return [m for m in self.events if m.event == event and _id(m) == channel][-1]

    async def until(self, event: str, channel: str, times: int = 1) -> Message:
        await eventually(
            lambda: self.names(channel).count(event) >= times, what=f"{event} of {channel}"
        )
        return self.last(event, channel)


def _id(message: Message) -> str:
    return str(message.get("Uniqueid") or message.get("DestUniqueid", ""))


@pytest.fixture
async def make(tmp_path) -> AsyncIterator[Callable[..., Any]]:
    worlds: list[World] = []

    async def build(fate: Fate | None = None, **options: Any) -> World:
        fates = {} if fate is None else {"fates": lambda _number, _rng: fate}
        node = FakeAsterisk(ledger=tmp_path / "dialer.csv", message_s=0.02, **fates, **options)
        world = World(node)
        await node.start()
        await world.agi.start()
        world.ami = AmiClient(
            "127.0.0.1", node.port, "dialer", "secret", on_event=world.events.append
        )
        await world.ami.start()
        await world.ami.wait_up(5.0)
        worlds.append(world)
        return world

    yield build
    for world in worlds:
        await world.ami.close()
        await world.agi.close()
        await world.node.close()


def rows(tmp_path) -> list[list[str]]:
    path = tmp_path / "dialer.csv"
    text = path.read_text() if path.exists() else ""
    return [line.split(",") for line in text.splitlines()]


async def test_an_answered_call_reaches_the_leg_and_the_leg_is_parked_again(make, tmp_path):
    world = await make(Fate(talk_s=0.05))
    world.route = lambda _: LEG
    await world.leg()
    await world.call("a1")
    hangup = await world.until("Hangup", "a1")
    await world.until("BridgeEnter", LEG, 3)

    assert world.asked == [("a1", "answered")]
    assert hangup["Cause"] == "16"
    entered = [m for m in world.events if m.event == "BridgeEnter" and _id(m) == LEG]
    assert [m["BridgeTechnology"] for m in entered] == [
        "holding_bridge",
        "simple_bridge",
        "holding_bridge",
    ]
    assert entered[1]["BridgeUniqueid"] == world.last("BridgeEnter", "a1")["BridgeUniqueid"]
    assert all(m.timestamp for m in world.events if m.event != "FullyBooted")
    await eventually(lambda: rows(tmp_path))
    ((uniqueid, start, answer, end, *_, cause, leg, bridged, stage),) = rows(tmp_path)
    assert (uniqueid, cause, leg, stage) == ('"a1"', "16", f'"{LEG}"', "")
    assert float(start) <= float(answer) <= float(bridged) <= float(end)


@pytest.mark.parametrize(
    ("kind", "cause", "sip", "disposition"),
    [
        ("busy", "17", "486", "BUSY"),
        ("congestion", "34", "503", "CONGESTION"),
        ("unallocated", "1", "404", "NO ANSWER"),
    ],
)
async def test_a_call_that_fails_says_so_in_hangup(make, tmp_path, kind, cause, sip, disposition):
    world = await make(Fate(kind))
    await world.call("a1")
    hangup = await world.until("Hangup", "a1")
    response = await world.until("OriginateResponse", "a1")

    assert (hangup["Cause"], hangup["TechCause"]) == (cause, sip)
    assert (response["Response"], response["Reason"]) == ("Failure", "0")
    await eventually(lambda: rows(tmp_path))
    assert rows(tmp_path)[0][6:8] == [disposition, ""]
    assert rows(tmp_path)[0][2] == ""


async def test_a_call_that_nobody_takes_ends_at_its_time_with_cause_19(make):
    world = await make(Fate("no_answer"))
    await world.call("a1", timeout_ms=100)
    hangup = await world.until("Hangup", "a1")
    response = await world.until("OriginateResponse", "a1")

    assert (hangup["Cause"], response["Reason"]) == ("19", "3")
    assert world.names("a1")[:2] == ["Newstate", "DialState"]


async def test_early_media_is_told_by_dialstate_alone(make):
    world = await make(Fate(has_early_media=True, answer_after_s=3.0))
    await world.call("a1")
    state = await world.until("DialState", "a1")

    assert state["DialStatus"] == "PROGRESS"
    assert "Newstate" not in world.names("a1")


async def test_a_dead_leg_and_a_busy_leg_are_asked_about_again(make):
    world = await make()
    world.node._fates = lambda _n, _r: Fate()
    await world.leg()
    words = iter([LEG, "leg-nobody", LEG, "hangup"])
    world.route = lambda _: next(words)
    await world.call("a1")
    await world.until("BridgeEnter", "a1")
    await world.call("a2")
    await world.until("Hangup", "a2")

    assert world.asked == [
        ("a1", "answered"),
        ("a2", "answered"),
        ("a2", "nonexistent"),
        ("a2", "busy-leg"),
    ]


async def test_a_callee_whose_rep_is_gone_asks_again(make):
    world = await make(Fate())
    await world.leg()
    words = iter([LEG, "hangup"])
    world.route = lambda _: next(words)
    await world.call("a1")
    await world.until("BridgeEnter", "a1")
    world.node.far_end_hangs_up(LEG)
    await world.until("Hangup", "a1")

    assert world.asked == [("a1", "answered"), ("a1", "success")]
    assert "Hangup" in world.names(LEG)


async def test_a_callee_that_hangs_up_while_waiting_ends_the_session(make):
    world = await make(Fate(patience_s=0.05))
    world.route = lambda _: None
    await world.call("a1")
    await world.until("Hangup", "a1")

    await eventually(lambda: world.held["a1"].is_hung_up)


async def test_a_silent_engine_does_not_keep_the_callee(make, tmp_path):
    world = await make(Fate())
    world.route = lambda _: None
    await world.call("a1", DIALER_WAIT="0.050", DIALER_MARGIN="0.050")
    await world.until("Hangup", "a1")

    await eventually(lambda: rows(tmp_path))
    assert rows(tmp_path)[0][-1] == "orphan"


async def test_a_refused_engine_is_replaced_by_the_second_address(make):
    world = await make(Fate())
    await world.call("a1", agi="127.0.0.1:1", DIALER_AGI2=f"127.0.0.1:{world.agi.port}")
    await world.until("Hangup", "a1")

    assert world.asked == [("a1", "answered")]


async def test_a_held_callee_asks_again_and_hears_the_message_at_the_end(make, tmp_path):
    world = await make(Fate())
    words: list[str | None] = ["hold:0.1", None]
    world.route = lambda _: words.pop(0)
    await world.call("a1")
    await world.until("Hangup", "a1")

    assert world.asked == [("a1", "answered"), ("a1", "held")]
    await eventually(lambda: rows(tmp_path))
    assert rows(tmp_path)[0][-1] == "message"


async def test_an_id_that_is_taken_and_a_trunk_that_is_not_there_fail_at_once(make):
    world = await make(Fate(), trunks=frozenset({"carrier"}))
    await world.leg()
    await world.call(LEG, channel="PJSIP/rep01", context="dialer-rep")
    await eventually(lambda: world.last("OriginateResponse", LEG)["Response"] == "Failure")
    await world.call("a1", channel="PJSIP/+49@nowhere")
    failed = await world.until("OriginateResponse", "a1")

    assert failed["Response"] == "Failure"
    assert "Hangup" not in world.names(LEG)


async def test_what_is_up_can_be_listed_asked_and_ended(make):
    world = await make(Fate())
    world.route = lambda _: None
    await world.call("a1")
    await eventually(lambda: world.held)

    (listed,) = await world.ami.action_list("CoreShowChannels")
    (status,) = await world.ami.action_list("Status", Channel="a1", Variables="CDR(answer,u)")
    answer = await world.ami.action("Getvar", Channel="a1", Variable="CDR(answer,u)")
    assert listed["Uniqueid"] == status["Uniqueid"] == "a1"
    assert listed.variables()["DIALER_DOING"] == "asking"
    assert status.variables("Variable") == {"CDR(answer,u)": answer["Value"]}

    await world.ami.action("Hangup", Channel="a1", Cause=16)
    await world.until("Hangup", "a1")
    with pytest.raises(ActionFailed, match="No such channel"):
        await world.ami.action("Hangup", Channel="a1")


async def test_a_crash_tells_nothing_and_books_nothing(make, tmp_path):
    world = await make(Fate())
    world.route = lambda _: None
    await world.call("a1")
    await eventually(lambda: world.held)
    world.node.crash()
    await eventually(lambda: world.ami.counters.reconnects == 1)

    assert await world.ami.action_list("CoreShowChannels") == []
    assert "Hangup" not in world.names("a1")
    assert rows(tmp_path) == []


async def test_it_runs_as_a_process_that_ends_with_its_input():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.kit.fake_asterisk",
        "--rate-law",
        "answer=1.0,busy=0,congestion=0,unallocated=0",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said = json.loads(await asyncio.wait_for(process.stdout.readline(), 20.0))
    _, writer = await asyncio.open_connection("127.0.0.1", said["ami_port"])
    writer.close()
    process.stdin.close()

    assert await asyncio.wait_for(process.wait(), 20.0) == 0


def test_a_law_is_read_and_a_bad_one_is_named():
    law = parse_law("answer=0.5, busy=0.25,ring_s=4")
    assert (law.answer, law.busy, law.ring_s) == (0.5, 0.25, 4.0)
    for bad, why in (
        ("answers=1", "'answers' is not one of"),
        ("answer=x", "a number is needed"),
        ("answer=0.9,busy=0.9", "together at most 1"),
        ("speed=0", "above 0"),
    ):
        with pytest.raises(ValueError, match=why):
            parse_law(bad)


def test_a_law_draws_its_shares_and_repeats_itself_with_its_seed():
    import random

    law = CalleeLaw(answer=0.4, busy=0.2, congestion=0.0, unallocated=0.1)
    kinds = [law("+1", rng).kind for rng in [random.Random(3)] for _ in range(4_000)]

    assert kinds.count("answer") / 4_000 == pytest.approx(0.4, abs=0.04)
    assert kinds.count("no_answer") / 4_000 == pytest.approx(0.3, abs=0.04)
    assert kinds == [law("+1", rng).kind for rng in [random.Random(3)] for _ in range(4_000)]
