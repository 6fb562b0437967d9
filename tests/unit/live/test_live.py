"""The WebSocket itself: a real server, real clients, networks that fail."""

from __future__ import annotations

import asyncio
import base64
import os
import random
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from starlette.requests import HTTPConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dialer.features.live import endpoints
from dialer.features.live.access import is_same_origin
from dialer.kit.scope import EVERYTHING, Reach
from dialer.ports.store import Agent
from tests.kit.eventually import eventually
from tests.kit.live_client import LiveClient


def shown(served: Any) -> dict[str, Any]:
    """The floor's reps and calls as a screen should have them."""
    agents = {key: msgspec.to_builtins(view) for key, view in served.floor.reps.items()}
    calls = {key: view.lead for key, view in served.floor.attempts.items()}
    return {"agents": agents, "calls": calls}


def has(client: LiveClient, topic: str = "floor/main") -> dict[str, Any]:
    state = client.mirrors[topic].state
    calls = {key: row["lead"] for key, row in state.get("calls", {}).items()}
    return {"agents": state.get("agents", {}), "calls": calls}


async def catch_up(client: LiveClient, served: Any) -> None:
    """Hear until the client has what is."""
    async with asyncio.timeout(10):
        while has(client) != shown(served):
            await client.hear()


# --- who may come in ------------------------------------------------------------------------------


async def test_a_wrong_token_in_the_header_is_refused_before_the_handshake(served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await served.client("wrong").connect()
    response = refused.value.response
    assert response.status_code == 401
    assert msgspec.json.decode(response.body)["type"] == "urn:dialer:problem:token-wrong"


async def test_a_token_in_the_address_opens_nothing(served, monkeypatch) -> None:
    monkeypatch.setattr(endpoints, "HELLO_WITHIN_S", 0.05)
    client = served.client("")
    client.url += "?token=a-token-for-tests"
    await client.connect()
    with pytest.raises(ConnectionClosed) as closed:
        await client.until("welcome")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(
    ("first", "slug"),
    [
        ({"op": "hello", "token": "wrong"}, "token-wrong"),
        ({"op": "subscribe", "topic": "campaigns"}, "token-missing"),
        ("garbage", "token-missing"),
    ],
)
async def test_who_does_not_say_hello_properly_is_sent_away(served, first, slug) -> None:
    client = served.client("")
    await client.connect()
    await client.say(first)
    assert (await client.hear())["slug"] == slug
    with pytest.raises(ConnectionClosed) as closed:
        await client.hear()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert not served.push.clients


async def test_who_says_nothing_is_sent_away(served, monkeypatch) -> None:
    monkeypatch.setattr(endpoints, "HELLO_WITHIN_S", 0.05)
    client = served.client("")
    await client.connect()
    assert (await client.hear())["slug"] == "token-missing"


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("https://dialer.example", "dialer.example", True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("https://evil.example", "dialer.example", False),
        ("https://dialer.example.evil.example", "dialer.example", False),
        ("http://127.0.0.1:8081", "127.0.0.1:8080", False),
        ("null", "dialer.example", False),
        ("", "", False),
    ],
)
def test_a_cookie_counts_only_from_a_page_of_ours(origin, host, same) -> None:
    headers = [(b"origin", origin.encode()), (b"host", host.encode())]
    connection = HTTPConnection({"type": "websocket", "headers": headers})
    assert is_same_origin(connection) is same


async def test_a_browser_that_cannot_send_headers_says_its_token_first(served) -> None:
    async with served.client(header=False) as client:
        assert (await client.until("welcome"))["visitor"] == "api"
        await client.watch("floor/main")
        await catch_up(client, served)


async def test_one_too_many_is_told_so(serve) -> None:
    served = await serve(max_clients=1)
    async with served.client() as first:
        await first.until("welcome")
        second = served.client()
        await second.connect()
        with pytest.raises(ConnectionClosed) as closed:
            await second.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4503


# --- what they see --------------------------------------------------------------------------------


async def test_a_screen_has_what_the_floor_is_after_any_number_of_changes(serve) -> None:
    served = await serve(tick_s=0.01)
    rng = random.Random(5)
    async with served.client() as client:
        await client.watch("floor/main")
        for _ in range(40):
            for _ in range(rng.randrange(6)):
                served.floor.move_one(rng)
            await client.hear()
        await catch_up(client, served)
        assert client.mirrors["floor/main"].snapshots == 1


def numbers(mirror: Any) -> list[str]:
    rows = [*mirror.state["calls"].values(), *mirror.state["ended"].values()]
    return [row["number"] for row in rows]


async def test_numbers_are_masked_unless_the_whole_is_asked_for(served) -> None:
    for rep in ("rep000", "rep000", "rep001"):
        served.floor.move(rep)
    async with served.client() as client:
        assert numbers(await client.watch("floor/main")) == ["***002", "***001"]
        client.mirrors.clear()
        whole = await client.watch("floor/main", numbers="full")
        assert numbers(whole) == ["+12125550002", "+12125550001"]
        served.floor.move("rep002")
        await client.until("delta", topic="floor/main")
        assert numbers(whole)[1] == "+12125550003"


async def test_whole_numbers_need_the_permission(served, visitor) -> None:
    visitor({"floors.read"}, EVERYTHING)
    async with served.client() as client:
        await client.watch("floor/main", numbers="full")
        assert client.heard[-1]["slug"] == "not-allowed"
        assert "numbers.read" in client.heard[-1]["message"]


async def test_a_squads_supervisor_sees_its_reps_and_calls_only(served, visitor) -> None:
    served.floor.move("rep000")
    visitor({"floors.read", "agents.read"}, Reach(agents=frozenset({"rep001"}), every_pool=True))
    async with served.client() as client:
        state = (await client.watch("floor/main")).state
        assert set(state["agents"]) == {"rep001"}
        assert "calls" not in state
        served.floor.move("rep000")
        served.floor.move("rep001")
        await client.until("delta", topic="floor/main")
        assert set(state["agents"]) == {"rep001"}
        assert {call["agent"] for call in state["calls"].values()} == {"rep001"}
        assert state.get("ended", {}) == {}


@pytest.mark.parametrize("topic", ["floor/main", "agent/rep000", "campaigns"])
async def test_what_one_may_not_see_is_not_shown(served, visitor, topic) -> None:
    visitor(set(), Reach())
    async with served.client() as client:
        await client.watch(topic)
        assert client.heard[-1]["slug"] == "not-allowed"


async def test_a_visitor_can_be_shown_out(served) -> None:
    async with served.client() as client:
        await client.watch("floor/main")
        served.push.end("api")
        with pytest.raises(ConnectionClosed, match="your session has ended"):
            await client.until("never")


async def test_a_rep_sees_the_own_state_and_call_and_nothing_else(served) -> None:
    async with served.client() as client:
        mirror = await client.watch("agent/rep001")
        assert set(mirror.state["agents"]) == {"rep001"}
        served.floor.move("rep000")
        served.floor.move("rep001")
        await client.until("delta", topic="agent/rep001")
        (call,) = mirror.state["calls"].values()
        assert call["agent"] == "rep001"
        assert mirror.state["agents"]["rep001"]["state"] == "talking"
        served.floor.move("rep001")
        await client.until("delta", topic="agent/rep001")
        assert mirror.state["calls"] == {}
        assert {m.get("topic") for m in client.heard} == {None, "agent/rep001"}


async def test_who_is_not_at_work_can_be_watched_from_now_on(served) -> None:
    await served.store.agents.add(Agent(id="late", name="Late", endpoint="late", pool="main"))
    async with served.client() as client:
        mirror = await client.watch("agent/late")
        assert mirror.state == {}
        served.floor.add("late")
        served.floor.pause("late", "coffee")
        await client.until("delta", topic="agent/late")
        assert mirror.state["agents"]["late"]["reason"] == "coffee"


async def test_campaigns_come_with_their_legal_windows(served) -> None:
    async with served.client() as client:
        mirror = await client.watch("campaigns")
        served.floor.move("rep000")
        await client.until("delta", topic="campaigns")
        row = mirror.state["campaigns"]["gold"]
        assert row["placed"] == 1
        assert row["windows"] == {"day": {"abandoned": 0, "answered": 1, "rate": 0.0}}


async def test_what_changed_without_an_order_is_found_all_the_same(served) -> None:
    async with served.client() as client:
        await client.watch("floor/main")
        served.floor.add("quiet")
        await catch_up(client, served)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "slug", "words"),
    [
        ("garbage", "invalid-message", "send JSON like"),
        (b"\x00\xff", "invalid-message", "send JSON like"),
        ({"op": "shout"}, "invalid-message", "'shout'"),
        ({"op": "subscribe"}, "invalid-message", "`topic`"),
        ({"op": "subscribe", "topic": "weather"}, "unknown-topic", "campaigns"),
        ({"op": "subscribe", "topic": "floor/nowhere"}, "unknown-topic", "no pool 'nowhere'"),
        ({"op": "subscribe", "topic": "agent/nobody"}, "unknown-topic", "no rep 'nobody'"),
        ({"op": "unsubscribe", "topic": "campaigns"}, "not-subscribed", "campaigns"),
        ({"op": "hello", "token": "x"}, "already-greeted", "already"),
    ],
)
async def test_a_faulty_message_is_answered_and_the_rest_goes_on(served, said, slug, words) -> None:
    async with served.client() as client:
        await client.watch("floor/main")
        await client.say(said)
        fault = await client.until("error")
        assert fault["slug"] == slug
        assert words in fault["message"]
        served.floor.move("rep000")
        await catch_up(client, served)


async def test_who_is_wrong_again_and_again_is_cut_off(served) -> None:
    async with served.client() as client:
        for _ in range(endpoints.MAX_FAULTS):
            await client.say("x")
        with pytest.raises(ConnectionClosed) as closed:
            await client.until("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4400


async def test_a_message_that_is_too_long_ends_the_connection(served) -> None:
    async with served.client() as client:
        await client.say({"op": "hello", "token": "x" * 10_000})
        with pytest.raises(ConnectionClosed) as closed:
            await client.until("error")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_too_many_topics_are_refused_one_by_one(served) -> None:
    for n in range(65):
        served.floor.add(f"extra{n}")
    async with served.client() as client:
        for n in range(64):
            await client.watch(f"agent/extra{n}")
        await client.watch("agent/extra64")
        assert client.heard[-1]["slug"] == "too-many-topics"


# --- networks -------------------------------------------------------------------------------------


async def test_after_a_lost_network_only_what_was_missed_comes(serve) -> None:
    served = await serve(tick_s=0.01)
    client = served.client()
    await client.connect()
    mirror = await client.watch("floor/main")
    client.socket.transport.abort()
    await eventually(lambda: not served.push.clients)
    for rep in ("rep000", "rep001"):
        served.floor.move(rep)
        await asyncio.sleep(0)
    await client.connect()
    await client.watch("floor/main")
    await catch_up(client, served)
    assert mirror.snapshots == 1
    assert "resumed" in {m["op"] for m in client.heard}
    await client.socket.close()


async def test_after_a_restart_of_the_service_a_snapshot_comes(serve) -> None:
    before, after = await serve(), await serve()
    client = before.client()
    await client.connect()
    mirror = await client.watch("floor/main")
    await before.stop()
    with pytest.raises(ConnectionClosed) as closed:
        await client.until("never")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    client.url = after.client().url
    after.floor.move("rep002")
    await client.connect()
    await client.watch("floor/main")
    await catch_up(client, after)
    assert mirror.snapshots == 2
    await client.socket.close()


async def test_asking_again_without_a_number_brings_a_snapshot(served) -> None:
    """What a client does that noticed a gap."""
    async with served.client() as client:
        mirror = await client.watch("floor/main")
        mirror.seq = None
        await client.watch("floor/main")
        assert mirror.snapshots == 2


async def test_silence_is_broken_by_heartbeats_and_a_ping_is_answered(serve) -> None:
    served = await serve(heartbeat_s=0.1)
    async with served.client() as client:
        await client.watch("agent/rep000")
        await client.until("beat")
        await client.say({"op": "ping"})
        assert (await client.until("beat"))["at"] > 0


async def test_who_leaves_a_topic_hears_no_more_of_it(served) -> None:
    async with served.client() as client:
        await client.watch("floor/main")
        await client.watch("agent/rep000")
        await client.say({"op": "unsubscribe", "topic": "floor/main"})
        await client.until("unsubscribed")
        client.heard.clear()
        served.floor.move("rep000")
        await client.until("delta", topic="agent/rep000")
        assert {m["topic"] for m in client.heard} == {"agent/rep000"}


async def deaf(served: Any) -> asyncio.StreamWriter:
    """A client that subscribes to the floor and never reads a byte more than the handshake."""
    address = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1024)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        (
            f"GET /api/v1/live HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Authorization: Bearer a-token-for-tests\r\n\r\n"
        ).encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    text = b'{"op":"subscribe","topic":"floor/main"}'
    writer.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    await writer.drain()
    writer.transport.pause_reading()
    return writer


async def test_a_client_that_reads_nothing_holds_nobody_up_and_is_cut_off(serve) -> None:
    served = await serve(tick_s=0.001, stall_s=0.5)
    for n in range(300):
        served.floor.add(f"crowd{n}")
    writer = await deaf(served)
    async with served.client() as client:
        await client.watch("floor/main")
        await eventually(lambda: len(served.push.clients) == 2)
        (topic,) = (topic for _, topic in served.push.hub.faces(endpoints.topic_name("floor/main")))
        for turn in range(100_000):
            if len(served.push.clients) == 1:
                break
            served.floor.pause(f"crowd{turn % 300}", f"{turn} " + "x" * 20_000)
            await client.until("delta", topic="floor/main")
        assert len(served.push.clients) == 1, "the deaf client is gone"
        assert topic._ring_chars <= topic._keep_chars
        await catch_up(client, served)
    writer.transport.abort()


async def test_a_slow_client_is_reset_and_then_has_what_is(serve) -> None:
    """It reads nothing for a while, then everything."""
    served = await serve(tick_s=0.001)
    slow, quick = served.client(), served.client()
    await slow.connect()
    await quick.connect()
    await slow.watch("floor/main")
    await quick.watch("floor/main")
    slow.socket.transport.pause_reading()
    for turn in range(600):
        served.floor.pause("rep000", f"{turn} " + "x" * 50_000)
        await quick.until("delta", topic="floor/main")
    slow.socket.transport.resume_reading()
    await slow.until("reset", topic="floor/main")
    await catch_up(slow, served)
    assert slow.mirrors["floor/main"].snapshots == 2
    await slow.socket.close()
    await quick.socket.close()
