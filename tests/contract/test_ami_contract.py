"""What the engine may rely on at a manager port: one suite, on the fake and on a real Asterisk."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from agi import AgiServer, AgiSession
from dialer.asterisk.actions import MAX_ACTION_LINE, MAX_CHANNEL_ID, variable
from dialer.asterisk.client import AmiClient, Backoff
from dialer.asterisk.demo_network import behaviour_of, number_for
from dialer.asterisk.errors import ActionFailed
from dialer.asterisk.messages import Message
from tests.kit.eventually import eventually
from tests.kit.fake_asterisk import FakeAsterisk
from tests.kit.fake_asterisk_laws import Fate

FATES = {
    "busy": Fate("busy"),
    "congestion": Fate("congestion"),
    "unallocated": Fate("unallocated"),
    "rings_out": Fate("no_answer"),
    "hangs_up_after_1s": Fate(patience_s=0.1, talk_s=0.1),
    "stays": Fate(),
    "early_media": Fate(has_early_media=True, answer_after_s=1.0),
}

CHANNEL = {
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
    "ChanVariable",
}
BRIDGE = {
    "BridgeUniqueid",
    "BridgeType",
    "BridgeTechnology",
    "BridgeCreator",
    "BridgeName",
    "BridgeNumChannels",
    "BridgeVideoSourceMode",
}
#: Headers of each event, besides those that every event has; a set in a list: one of these.
LAYOUT: dict[str, list[set[str]]] = {
    "Newstate": [CHANNEL],
    "DialState": [{f"Dest{name}" for name in CHANNEL} | {"DialStatus"}],
    "BridgeEnter": [CHANNEL | BRIDGE],
    "BridgeLeave": [CHANNEL | BRIDGE],
    "HangupRequest": [CHANNEL | {"Cause"}, CHANNEL | {"Cause", "TechCause"}, CHANNEL],
    "SoftHangupRequest": [CHANNEL | {"Cause"}, CHANNEL | {"Cause", "TechCause"}],
    "Hangup": [CHANNEL | {"Cause", "Cause-txt"}, CHANNEL | {"Cause", "Cause-txt", "TechCause"}],
    "OriginateResponse": [
        {
            "ActionID",
            "Response",
            "Channel",
            "Context",
            "Exten",
            "Reason",
            "Uniqueid",
            "CallerIDNum",
            "CallerIDName",
        }
    ],
}
ALWAYS = {"Event", "Privilege", "Timestamp"}


@dataclass
class Port:
    """A manager port with something behind it, and an engine that routes by `words`."""

    number: int
    secret: str
    events: list[Message] = field(default_factory=list)
    words: dict[str, str | None] = field(default_factory=dict)
    sessions: dict[str, AgiSession] = field(default_factory=dict)
    ami: AmiClient = field(init=False)
    agi: AgiServer = field(init=False)

    def route(self, session: AgiSession) -> None:
        uniqueid = session.request.uniqueid
        self.sessions[uniqueid] = session
        word = (
            self.words.get(uniqueid, "hangup")
            if session.request.args[1] == "answered"
            else "hangup"
        )
        if word is not None:
            session.finish_with("TO", word)

    async def call(self, behaviour: str, **options: str | int) -> str:
        attempt = str(options.pop("ChannelId", uuid.uuid4().hex))
        self.words.setdefault(attempt, "hangup")
        await self.originate(
            f"PJSIP/{number_for(behaviour)}@carrier", attempt, "dialer-callee", options
        )
        return attempt

    async def leg(self, rep: str) -> str:
        leg = f"leg-{uuid.uuid4().hex[:26]}"
        await self.originate(f"PJSIP/{rep}", leg, "dialer-rep", {})
        await self.until("BridgeEnter", leg)
        return leg

    async def originate(
        self, channel: str, uniqueid: str, context: str, options: dict[str, str | int]
    ) -> Message:
        pairs = [
            ("Channel", channel),
            ("ChannelId", uniqueid),
            ("CallerID", "<+12125550199>"),
            ("Context", context),
            ("Exten", "s"),
            ("Priority", 1),
            ("Timeout", options.pop("Timeout", 20_000)),
            ("Async", True),
            variable("DIALER_AGI", f"127.0.0.1:{self.agi.port}"),
            variable("DIALER_WAIT", "2.000"),
            *options.items(),
        ]
        return await self.ami.action("Originate", pairs)

    def of(self, uniqueid: str, event: str | None = None) -> list[Message]:
        return [
            m
            for m in self.events
            if uniqueid in (m.get("Uniqueid"), m.get("DestUniqueid")) and event in (None, m.event)
        ]

    async def until(self, event: str, uniqueid: str, times: int = 1) -> Message:
        await eventually(
            lambda: len(self.of(uniqueid, event)) >= times, 20.0, f"{event} of {uniqueid}"
        )
        return self.of(uniqueid, event)[times - 1]


@pytest.fixture(params=["fake", pytest.param("asterisk", marks=pytest.mark.acceptance)])
async def port(request: pytest.FixtureRequest) -> AsyncIterator[Port]:
    fake: FakeAsterisk | None = None
    if request.param == "fake":
        fake = FakeAsterisk(
            fates=lambda number, _: FATES.get(behaviour_of(number), Fate()),
            trunks=frozenset({"carrier"}),
            message_s=0.1,
        )
        await fake.start()
        port = Port(fake.port, "secret")
    else:
        node = request.getfixturevalue("asterisk_node")
        port = Port(node.settings.ports.ami, node.settings.secrets.ami_dialer)
    port.agi = AgiServer(port.route, "127.0.0.1", 0)
    await port.agi.start()
    port.ami = AmiClient(
        "127.0.0.1", port.number, "dialer", port.secret, on_event=port.events.append
    )
    await port.ami.start()
    await port.ami.wait_up(10.0)
    yield port
    for uniqueid in {m["Uniqueid"] for m in await port.ami.action_list("CoreShowChannels")}:
        port.ami.send_nowait([[("Action", "Hangup"), ("Channel", uniqueid)]])
    await port.ami.close()
    await port.agi.close()
    if fake is not None:
        await fake.close()


async def test_the_greeting_names_a_call_manager(port):
    assert re.fullmatch(r"Asterisk Call Manager/\d+\.\d+\.\d+", port.ami.banner)


async def test_a_wrong_secret_is_refused_with_words(port):
    client = AmiClient(
        "127.0.0.1", port.number, "dialer", "wrong", on_event=lambda _: None, backoff=Backoff(5.0)
    )
    await client.start()
    await eventually(lambda: client.down_reason)
    await client.close()

    assert client.down_reason == "Asterisk refused Login: Authentication failed"


async def test_ping_is_answered(port):
    assert (await port.ami.action("Ping"))["Ping"] == "Pong"


@pytest.mark.parametrize(
    ("action", "headers", "text"),
    [
        ("Nonsense", {}, "Invalid/unknown command: Nonsense"),
        ("Hangup", {"Channel": "not-there"}, "No such channel"),
        ("Getvar", {"Channel": "not-there", "Variable": "X"}, "No such channel"),
        ("Status", {"Channel": "not-there"}, "No such channel"),
        ("Originate", {"Context": "dialer-rep"}, "Channel not specified"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_these_words(port, action, headers, text):
    with pytest.raises(ActionFailed) as caught:
        await port.ami.action(action, **headers)

    assert caught.value.text.startswith(text)


async def test_a_list_ends_also_when_it_is_empty_or_long(port):
    before = await port.ami.action_list("CoreShowChannels")
    leg = await port.leg("rep01")
    after = await port.ami.action_list("CoreShowChannels")

    assert len(after) == len(before) + 1
    (listed,) = [item for item in after if item["Uniqueid"] == leg]
    assert {*CHANNEL, "Application", "ApplicationData", "Duration", "BridgeId"} <= set(listed)
    assert listed["Application"] == "BridgeWait"


@pytest.mark.parametrize(
    ("behaviour", "cause", "tech_cause"),
    [("busy", "17", "486"), ("congestion", "34", "503"), ("unallocated", "1", "404")],
)
async def test_a_failed_call_is_told_by_the_causes_of_its_hangup(
    port, behaviour, cause, tech_cause
):
    attempt = await port.call(behaviour)
    hangup = await port.until("Hangup", attempt)
    response = await port.until("OriginateResponse", attempt)

    assert (hangup["Cause"], hangup["TechCause"]) == (cause, tech_cause)
    assert (response["Response"], response["Reason"]) == ("Failure", "0")


async def test_nobody_answers_within_the_time(port):
    attempt = await port.call("rings_out", Timeout=1_500)
    hangup = await port.until("Hangup", attempt)
    response = await port.until("OriginateResponse", attempt)

    assert (hangup["Cause"], response["Reason"]) == ("19", "3")
    assert (await port.until("DialState", attempt))["DialStatus"] == "RINGING"


async def test_early_media_is_progress_without_ringing(port):
    attempt = await port.call("early_media")

    assert (await port.until("DialState", attempt))["DialStatus"] == "PROGRESS"
    assert (
        port.of(attempt, "Newstate") == [] or port.of(attempt, "Newstate")[0]["ChannelState"] == "6"
    )


async def test_an_answered_call_asks_and_is_bridged_to_the_leg_which_then_waits_again(port):
    leg = await port.leg("rep01")
    attempt = uuid.uuid4().hex
    port.words[attempt] = leg
    await port.call("stays", ChannelId=attempt)
    await port.until("BridgeEnter", attempt)
    await port.ami.action("Hangup", Channel=attempt, Cause=16)
    await port.until("Hangup", attempt)
    await port.until("BridgeEnter", leg, 3)

    assert [m["BridgeTechnology"] for m in port.of(leg, "BridgeEnter")][::2] == [
        "holding_bridge"
    ] * 2
    assert port.of(leg, "BridgeEnter")[1]["BridgeType"] == "basic"
    assert port.of(leg, "Hangup") == []
    assert port.sessions[attempt].request.channel.startswith("PJSIP/carrier-")
    assert float(port.sessions[attempt].request.args[0]) == pytest.approx(
        port.of(attempt, "Newstate")[-1].timestamp, abs=0.2
    )


async def test_a_callee_that_goes_while_the_engine_thinks_is_a_hangup_in_the_session(port):
    attempt = uuid.uuid4().hex
    port.words[attempt] = None
    await port.call("hangs_up_after_1s", ChannelId=attempt)
    await port.until("Hangup", attempt)

    await eventually(lambda: port.sessions[attempt].is_hung_up)


async def test_an_id_that_is_taken_fails_and_carries_the_uniqueid_of_the_living_call(port):
    leg = await port.leg("rep02")
    await port.originate("PJSIP/rep02", leg, "dialer-rep", {})
    second = await port.until("OriginateResponse", leg, 2)

    assert second["Response"] == "Failure"
    assert port.of(leg, "OriginateResponse")[0]["ActionID"] != second["ActionID"]
    assert port.of(leg, "Hangup") == []


async def test_a_trunk_that_is_not_there_fails_without_a_channel(port):
    await port.originate("PJSIP/5@nowhere", "x-nowhere", "dialer-callee", {})
    response = await port.until("OriginateResponse", "x-nowhere")

    assert (response["Response"], response["Reason"]) == ("Failure", "0")
    assert port.of("x-nowhere", "Hangup") == []


async def test_the_longest_channel_id_that_we_allow_is_taken(port):
    attempt = (uuid.uuid4().hex * 5)[:MAX_CHANNEL_ID]
    await port.call("busy", ChannelId=attempt)

    assert (await port.until("Hangup", attempt))["Uniqueid"] == attempt


async def test_the_longest_line_that_we_allow_arrives_whole(port):
    value = "x" * (MAX_ACTION_LINE - len("Payload: "))
    await port.ami.action("UserEvent", [("UserEvent", "Contract"), ("Payload", value)])
    await eventually(lambda: any(m.event == "UserEvent" for m in port.events))

    (event,) = [m for m in port.events if m.event == "UserEvent"]
    assert event["Payload"] == value


async def test_letters_of_all_languages_pass_both_ways(port):
    await port.ami.action("UserEvent", [("UserEvent", "Contract"), ("Name", "Жанна 王小明 é")])
    await eventually(lambda: any(m.event == "UserEvent" for m in port.events))

    assert [m["Name"] for m in port.events if m.event == "UserEvent"] == ["Жанна 王小明 é"]


async def test_a_variable_is_told_and_one_that_is_not_set_is_empty(port):
    attempt = uuid.uuid4().hex
    port.words[attempt] = None
    await port.call("stays", ChannelId=attempt)
    await eventually(lambda: attempt in port.sessions, 20.0)

    async def told(name: str) -> str:
        return (await port.ami.action("Getvar", Channel=attempt, Variable=name))["Value"]

    assert await told("DIALER_DOING") == "asking"
    assert await told("DIALER_WAIT") == "2.000"
    assert await told("DIALER_BRIDGED") == ""
    assert float(await told("CDR(answer,u)")) == pytest.approx(time.time(), abs=20.0)


async def test_it_says_since_when_it_runs(port):
    status = await port.ami.action("CoreStatus")
    at = datetime.fromisoformat(f"{status['CoreStartupDate']} {status['CoreStartupTime']}")

    assert 0 <= time.time() - at.astimezone().timestamp() < 86_400


async def test_a_batch_in_one_write_is_answered_one_by_one(port):
    replies = port.ami.send_nowait([[("Action", "Ping")] for _ in range(200)])

    assert {(await reply)["Ping"] for reply in replies} == {"Pong"}


async def test_every_event_we_use_has_exactly_these_headers(port):
    leg = await port.leg("rep03")
    attempt = uuid.uuid4().hex
    port.words[attempt] = leg
    await port.call("hangs_up_after_1s", ChannelId=attempt)
    busy = await port.call("busy")
    unanswered = await port.call("rings_out", Timeout=1_000)
    await asyncio.gather(*(port.until("Hangup", each) for each in (attempt, busy, unanswered)))
    await port.until("OriginateResponse", unanswered)

    seen = {m.event for m in port.events}
    assert set(LAYOUT) - {"SoftHangupRequest"} <= seen
    for message in port.events:
        if message.event in LAYOUT:
            names = set(message) - ALWAYS - {"SystemName"}
            names = {name for name in names if not name.startswith("ChanVariable(")}
            assert set(message) >= ALWAYS, message.event
            assert names in LAYOUT[message.event], (message.event, names)
            assert message.timestamp is not None
