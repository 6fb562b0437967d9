"""The manager client against a server that misbehaves."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from dialer.asterisk.errors import (
    ActionFailed,
    ActionTimeout,
    EncodeError,
    LinkDown,
)
from dialer.asterisk.messages import Message
from tests.kit.eventually import eventually
from tests.kit.fake_ami import FakeAmiServer, FakeAmiSession

ORIGINATE = [("Action", "Originate"), ("Channel", "PJSIP/1@t"), ("Async", True)]


def queued(session: FakeAmiSession, action: Message) -> None:
    session.reply(action, [("Message", "Originate successfully queued")])


async def test_it_logs_in_without_sending_the_secret(server, connect):
    client = await connect()

    assert client.is_up
    assert client.banner == "Asterisk Call Manager/11.0.0"
    assert all(b"secret" not in action.raw for action in server.received)


async def test_a_wrong_secret_is_told_and_tried_again_with_growing_waits(server, connect):
    client = await connect(up=False, secret="wrong")
    await eventually(lambda: len(server.received_of("Login")) >= 3)

    assert not client.is_up
    assert "Authentication failed" in client.down_reason


async def test_a_port_that_is_no_manager_is_named(connect):
    async def http(_reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    other = await asyncio.start_server(http, "127.0.0.1", 0)
    async with other:
        client = await connect(up=False, port=other.sockets[0].getsockname()[1])
        await eventually(lambda: client.down_reason)

    assert client.down_reason.startswith("this is no Asterisk manager port: it said 'HTTP/1.1 400")


async def test_a_reply_is_matched_by_action_id_and_not_by_order(server, connect):
    held: list[tuple[FakeAmiSession, Message]] = []

    def getvar(session: FakeAmiSession, action: Message) -> None:
        held.append((session, action))
        if len(held) == 2:
            for each, act in reversed(held):
                each.reply(act, [("Value", act["Variable"])])

    server.on("Getvar", getvar)
    client = await connect()

    replies = await asyncio.gather(
        client.action("Getvar", Variable="A"), client.action("Getvar", Variable="B")
    )

    assert [reply["Value"] for reply in replies] == ["A", "B"]


async def test_asterisks_refusal_carries_its_text(connect):
    client = await connect()

    with pytest.raises(ActionFailed, match="Invalid/unknown command: Nonsense") as caught:
        await client.action("Nonsense")

    assert caught.value.action == "Nonsense"
    assert caught.value.reply is not None


async def test_an_unanswered_action_times_out_and_the_link_goes_on(server, connect):
    server.faults.unanswered.add("Getvar")
    client = await connect(action_timeout_s=0.05)

    with pytest.raises(ActionTimeout, match=r"no reply to Getvar within 0\.05 s"):
        await client.action("Getvar", Variable="X")

    assert (await client.action("Ping"))["Ping"] == "Pong"
    assert client.counters.timeouts == 1


async def test_a_reply_that_comes_twice_is_counted_and_harms_nothing(server, connect):
    client = await connect()
    server.faults.doubles_replies = True

    await client.action("Ping")
    await client.action("Ping")
    await eventually(lambda: client.counters.unexpected == 2)

    assert client.is_up


async def test_a_list_gathers_its_items_between_other_events(server, connect):
    def channels(session: FakeAmiSession, action: Message) -> None:
        server.emit("Hangup", [("Uniqueid", "u1")])
        items = [[("Uniqueid", f"c{n}"), ("ChanVariable", "DIALER_DOING=hold")] for n in range(3)]
        session.reply_list(
            action, "CoreShowChannel", items, "Channels will follow", "CoreShowChannelsComplete"
        )

    events: list[str] = []
    server.on("CoreShowChannels", channels)
    client = await connect(on_event=lambda m: events.append(m.event), wanted=["Hangup"])

    items = await client.action_list("CoreShowChannels")

    assert [item["Uniqueid"] for item in items] == ["c0", "c1", "c2"]
    assert items[0].variables() == {"DIALER_DOING": "hold"}
    assert events == ["Hangup"]


async def test_an_empty_list_is_empty(connect):
    assert await (await connect()).action_list("CoreShowChannels") == []


async def test_a_list_that_is_refused_raises(connect):
    with pytest.raises(ActionFailed):
        await (await connect()).action_list("Nonsense")


async def test_a_batch_goes_out_as_it_is_and_a_bad_action_stops_all_of_it(server, connect):
    server.on("Originate", queued)
    client = await connect()

    replies = await asyncio.gather(*client.send_nowait([ORIGINATE] * 3))
    assert [reply["Message"] for reply in replies] == ["Originate successfully queued"] * 3

    with pytest.raises(EncodeError):
        client.send_nowait(
            [ORIGINATE, [("Action", "Originate"), ("CallerID", "x\r\nAction: Hangup")]]
        )
    await client.action("Ping")
    assert len(server.received_of("Originate")) == 3


async def test_an_action_id_of_the_callers_own_is_used_and_not_twice_at_once(server, connect):
    server.faults.unanswered.add("Originate")
    client = await connect()
    mine = [*ORIGINATE, ("ActionID", "a-1")]

    (future,) = client.send_nowait([mine])
    with pytest.raises(EncodeError, match="used twice"):
        client.send_nowait([mine])

    await eventually(lambda: server.received_of("Originate"))
    assert server.received_of("Originate")[0].getall("ActionID") == ["a-1"]
    future.cancel()


async def test_nothing_is_sent_again_after_the_link_broke(server, connect):
    server.faults.unanswered.add("Originate")
    client = await connect()
    (future,) = client.send_nowait([ORIGINATE])
    await eventually(lambda: server.received_of("Originate"))

    server.drop_links()

    with pytest.raises(LinkDown, match="Originate has no reply"):
        await future
    await eventually(lambda: client.counters.reconnects == 1)
    await client.action("Ping")
    assert len(server.received_of("Originate")) == 1


async def test_actions_on_a_link_that_is_down_fail_at_once(server, connect):
    client = await connect(up=False, port=1)

    with pytest.raises(LinkDown, match="was not sent"):
        await client.action("Ping")
    (future,) = client.send_nowait([ORIGINATE])
    with pytest.raises(LinkDown):
        await future


async def test_on_up_is_awaited_at_each_link_before_any_event_is_handed_over(server, connect):
    told: list[str] = []

    async def on_up() -> None:
        server.emit("Newstate", [("Uniqueid", "during")])
        await client_ready.wait()
        told.append(f"up {len(await client.action_list('CoreShowChannels'))}")

    client_ready = asyncio.Event()
    client = await connect(
        up=False, on_up=on_up, on_event=lambda m: told.append(m["Uniqueid"]), wanted=["Newstate"]
    )
    client_ready.set()
    await client.wait_up(5.0)
    await eventually(lambda: len(told) == 2)
    assert told == ["up 0", "during"]

    server.drop_links()
    await eventually(lambda: len(told) == 4)
    assert told[2:] == ["up 0", "during"]


async def test_a_reconciliation_that_fails_is_begun_again_on_a_new_link(server, connect):
    tries: list[int] = []

    async def on_up() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("not yet")

    downs: list[str] = []
    await connect(on_up=on_up, on_down=downs.append)

    assert len(tries) == 3
    assert len(downs) == 2
    assert "not yet" in downs[0]


async def test_on_down_is_told_once_for_each_link_that_was_up(server, connect):
    downs: list[str] = []
    client = await connect(on_down=downs.append)

    server.drop_links()
    await eventually(lambda: client.counters.reconnects == 1)

    assert len(downs) == 1


async def test_a_half_open_link_is_noticed_by_its_silence(server, connect):
    downs: list[str] = []
    client = await connect(keepalive_s=0.1, keepalive_deadline_s=0.1, on_down=downs.append)
    server.faults.is_silent = True

    await eventually(lambda: downs)
    assert "no sign of life" in downs[0]

    server.faults.is_silent = False
    await eventually(lambda: client.counters.reconnects == 1)


async def test_an_idle_link_lives_by_its_pings(server, connect):
    downs: list[str] = []
    client = await connect(keepalive_s=0.05, keepalive_deadline_s=1.0, on_down=downs.append)

    await eventually(lambda: len(server.received_of("Ping")) >= 4)

    assert client.is_up
    assert downs == []


async def test_a_handler_that_raises_does_not_end_the_link(server, connect):
    seen: list[str] = []

    def on_event(message: Message) -> None:
        seen.append(message.event)
        raise RuntimeError("broken")

    client = await connect(on_event=on_event, wanted=["Hangup"])
    server.emit("Hangup")
    server.emit("Hangup")
    await eventually(lambda: len(seen) == 2)

    assert client.counters.handler_errors == 2
    assert (await client.action("Ping"))["Ping"] == "Pong"


async def test_garbage_over_the_limit_drops_the_link_and_keeps_what_came_before(server, connect):
    seen: list[str] = []
    client = await connect(
        on_event=lambda m: seen.append(m.event), wanted=["Hangup"], max_line=1_000
    )
    server.send_garbage(b"Event: Hangup\r\n\r\n" + b"x" * 5_000)

    await eventually(lambda: client.counters.reconnects == 1)
    assert seen == ["Hangup"]
    assert client.counters.parse_errors == 1


async def test_a_message_that_is_no_ami_is_passed_over(server, connect):
    client = await connect()
    server.send_garbage(b"rubbish\r\n\r\n")

    await eventually(lambda: client.counters.parse_errors == 1)
    assert (await client.action("Ping"))["Ping"] == "Pong"


async def test_an_async_handler_gets_events_one_after_the_other_in_order(server, connect):
    seen: list[str] = []

    async def on_event(message: Message) -> None:
        await asyncio.sleep(0)
        seen.append(message["N"])

    await connect(on_event=on_event, wanted=["UserEvent"])
    for n in range(300):
        server.emit("UserEvent", [("N", str(n))])
    await eventually(lambda: len(seen) == 300)

    assert seen == [str(n) for n in range(300)]


async def test_a_consumer_that_is_behind_stops_the_reading_and_loses_nothing(server, connect):
    gate = asyncio.Event()
    seen: list[str] = []

    async def on_event(message: Message) -> None:
        await gate.wait()
        seen.append(message["N"])

    client = await connect(on_event=on_event, wanted=["UserEvent"], inbox_high=50)
    sent = 0
    while not client.counters.pauses:
        server.emit("UserEvent", [("N", str(sent)), ("Pad", "x" * 500)])
        sent += 1
        await asyncio.sleep(0)
    gate.set()
    await eventually(lambda: len(seen) == sent)

    assert seen == [str(n) for n in range(sent)]
    assert client.counters.dropped == 0
    assert client.is_up


async def test_a_consumer_that_stays_behind_costs_the_link_and_is_reconciled(server, connect):
    gate = asyncio.Event()
    ups: list[int] = []

    async def on_up() -> None:
        ups.append(1)

    async def on_event(_: Message) -> None:
        await gate.wait()

    client = await connect(
        on_event=on_event, on_up=on_up, wanted=["UserEvent"], inbox_high=10, inbox_limit=20
    )
    for n in range(200):
        server.emit("UserEvent", [("N", str(n))])
    await eventually(lambda: client.counters.overflows == 1)
    gate.set()
    await eventually(lambda: len(ups) == 2)

    assert client.counters.dropped > 0


async def test_reading_that_stands_still_too_long_costs_the_link(server, connect):
    client = await connect(behind_s=0.1)
    client.pause_reading()

    await eventually(lambda: client.counters.overflows == 1)
    await eventually(lambda: client.counters.reconnects == 1)


async def test_a_handler_may_wait_for_an_action_while_it_is_far_behind(server, connect):
    """Reading goes on while a reply is awaited: paused, it could never come."""
    answers: list[str] = []

    def ping(session: FakeAmiSession, action: Message) -> None:
        for _ in range(5):
            server.emit("UserEvent")
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, session.reply, action, [("Ping", "Pong")])

    async def on_event(_: Message) -> None:
        if len(answers) < 5:
            answers.append((await client.action("Ping"))["Ping"])

    server.on("Ping", ping)
    client = await connect(on_event=on_event, wanted=["UserEvent"], inbox_high=2)
    for _ in range(20):
        server.emit("UserEvent")
    await eventually(lambda: len(answers) == 5, 2.0)

    assert client.counters.timeouts == 0


async def test_login_waits_until_asterisk_has_booted(server, connect):
    server.faults.boots = False
    client = await connect(up=False, boot_wait_s=5.0)
    await eventually(lambda: server.logins == 1)
    assert not client.is_up

    server.emit("FullyBooted")
    await client.wait_up(5.0)


async def test_a_user_without_class_system_is_let_in_after_the_wait(server, connect):
    server.faults.boots = False
    client = await connect(boot_wait_s=0.05)

    assert client.is_up


async def test_a_server_that_refuses_is_tried_until_it_takes_us(server, connect):
    server.faults.refuses_connections = True
    client = await connect(up=False)
    with contextlib.suppress(TimeoutError):
        await client.wait_up(0.1)
    assert not client.is_up

    server.faults.refuses_connections = False
    await client.wait_up(5.0)


async def test_close_fails_what_is_out_and_ends_the_task(server, connect):
    server.faults.unanswered.add("Originate")
    client = await connect()
    (future,) = client.send_nowait([ORIGINATE])

    await client.close()

    with pytest.raises(LinkDown):
        await future
    await eventually(lambda: not server.sessions)


async def test_the_first_header_of_an_action_must_be_action(connect):
    client = await connect()

    with pytest.raises(EncodeError, match="first header"):
        client.send_nowait([[("Channel", "x")]])


async def test_two_clients_of_one_server_use_different_action_ids(server: FakeAmiServer, connect):
    one, two = await connect(), await connect()
    await one.action("Ping")
    await two.action("Ping")

    ids = [action["ActionID"] for action in server.received]
    assert len(ids) == len(set(ids))


async def test_time_in_which_this_process_was_stopped_is_not_held_against_asterisk(server, connect):
    server.faults.unanswered.add("Originate")
    client = await connect(action_timeout_s=5.0)
    (future,) = client.send_nowait([ORIGINATE])
    link = client._link
    (entry,) = link._pending.values()

    # What a stop of ten seconds looks like: every time lies ten seconds further back.
    for owner, name in (
        (link, "_tick_due"),
        (entry, "deadline"),
        (link._keepalive, "heard_at"),
    ):
        setattr(owner, name, getattr(owner, name) - 10.0)
    link._ticker.cancel()
    link._tick()
    assert not future.done()
    assert client.is_up

    entry.deadline -= 10.0
    link._ticker.cancel()
    link._tick()
    with pytest.raises(ActionTimeout):
        await future
