"""What the switch says is up, has ended, and when it started."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from dialer.asterisk import switch_time
from dialer.asterisk.messages import Message
from dialer.floor import events as ev
from dialer.ports.clock import SystemClock
from dialer.ports.switch import SwitchDownError
from tests.kit.eventually import eventually
from tests.kit.fake_ami import FakeAmiSession
from tests.kit.switch_world import SwitchWorld

MakeWorld = Callable[..., Awaitable[SwitchWorld]]


# --- what is true ---------------------------------------------------------------------------------


async def test_what_is_up_is_told_with_the_times_asked_for(world: SwitchWorld) -> None:
    leg = await world.parked()
    attempt = await world.talking()
    idle = await world.parked("leg-01J9ZXT3-2-rep02", "rep02")
    waiting = await world.asked()
    node = world.node.channels

    live = {c.channel: c for c in await world.switch.live_channels([attempt])}
    assert set(live) == {leg, attempt, idle, waiting}
    assert (live[leg].peer, live[attempt].peer) == (attempt, leg)
    assert (live[leg].parked, live[idle].parked) == (False, True)
    assert (live[attempt].doing, live[waiting].doing) == ("bridge", "asking")
    assert live[attempt].answered_at == pytest.approx(node[attempt].answered_at, abs=1e-3)
    assert live[attempt].bridged_at == pytest.approx(node[attempt].bridged_at, abs=1e-3)
    assert live[waiting].answered_at is None


async def test_an_answered_call_without_a_bridge_has_no_time_of_one(world: SwitchWorld) -> None:
    attempt = await world.asked()
    (channel,) = await world.switch.live_channels([attempt])

    assert channel.answered_at is not None
    assert channel.bridged_at is None


async def test_a_call_that_ends_while_its_times_are_asked_for_has_none(world: SwitchWorld) -> None:
    attempt = await world.asked()
    world.node.on("Getvar", lambda session, action: session.error(action, "No such channel"))
    (channel,) = await world.switch.live_channels([attempt])

    assert (channel.answered_at, channel.bridged_at) == (None, None)


async def test_a_switch_that_is_down_cannot_be_asked(make_world: MakeWorld) -> None:
    world = await make_world(up=False)

    assert not world.switch.is_up
    with pytest.raises(SwitchDownError):
        await world.switch.live_channels()


@pytest.mark.parametrize("action", ["CoreShowChannels", "Getvar"])
async def test_a_link_that_breaks_while_asking_is_no_answer(
    world: SwitchWorld, action: str
) -> None:
    attempt = await world.asked()
    world.node.on(action, lambda session, _action: session.abort())

    with pytest.raises(SwitchDownError):
        await world.switch.live_channels([attempt])


@pytest.mark.parametrize("action", ["CoreShowChannels", "Getvar"])
async def test_a_node_that_says_nothing_is_no_answer(
    world: SwitchWorld, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    attempt = await world.asked()
    monkeypatch.setattr(world.switch.ami, "_action_timeout_s", 0.02)
    world.node.faults.unanswered.add(action)

    with pytest.raises(SwitchDownError):
        await world.switch.live_channels([attempt])


async def test_a_conversation_found_after_a_new_link_ends_as_any_other(world: SwitchWorld) -> None:
    leg = await world.parked()
    attempt = await world.talking()
    world.listener.on_up = world.switch.live_channels
    await world.link_again()
    world.node.far_end_hangs_up(attempt)

    assert (await world.listener.told(attempt, ev.Unbridged)).leg == leg


async def test_a_conversation_that_ends_while_times_are_asked_for_is_told(
    world: SwitchWorld,
) -> None:
    """The list that named it is noted before anything else is waited for."""
    await world.parked()
    attempt = await world.talking()

    await world.link_again()  # what the switch knew of bridges is gone with the old link

    def getvar(session: FakeAmiSession, action: Message) -> None:
        if attempt in world.node.channels:
            world.node.far_end_hangs_up(attempt)
        session.error(action, "No such channel")

    world.node.on("Getvar", getvar)
    await world.switch.live_channels([attempt])

    await world.listener.told(attempt, ev.Unbridged)
    await world.listener.told(attempt, ev.HungUp)


# --- when it started ------------------------------------------------------------------------------


async def test_the_time_of_the_start_is_known_in_whole_seconds(world: SwitchWorld) -> None:
    assert world.switch.booted_at == pytest.approx(int(world.node.started_at), abs=0.2)


async def test_it_is_asked_at_every_new_link(world: SwitchWorld) -> None:
    world.node.started_at -= 3_600.0
    await world.link_again()

    assert world.switch.booted_at == pytest.approx(int(world.node.started_at), abs=0.2)


async def test_a_start_is_told_in_the_switchs_own_zone(make_world: MakeWorld) -> None:
    """Its machine lives in Shanghai, wherever ours does."""
    world = await make_world(up=False)
    started = int(time.time()) - 60
    there = datetime.fromtimestamp(started, timezone(timedelta(hours=8)))
    date, clock = f"{there:%Y-%m-%d}", f"{there:%H:%M:%S}"
    pairs = [("CoreStartupDate", date), ("CoreStartupTime", clock)]
    world.node.on("CoreStatus", lambda session, action: session.reply(action, pairs))
    zone = [("Value", f"{time.time():.6f} +0800")]
    world.node.on("Getvar", lambda session, action: session.reply(action, zone))
    await world.link()

    assert world.switch.booted_at == pytest.approx(started, abs=0.2)


@pytest.mark.parametrize("date", ["", "yesterday", "2026-02-30", "99999-01-01"])
async def test_a_start_that_is_no_time_is_not_known(make_world: MakeWorld, date: str) -> None:
    world = await make_world(up=False)
    pairs = [("CoreStartupDate", date), ("CoreStartupTime", "10:00:00")]
    world.node.on("CoreStatus", lambda session, action: session.reply(action, pairs))
    await world.link()

    assert world.switch.booted_at is None


async def test_a_user_who_may_not_ask_for_it_gets_a_link_all_the_same(
    make_world: MakeWorld,
) -> None:
    world = await make_world(up=False)
    world.node.on("CoreStatus", lambda session, action: session.error(action, "Permission denied"))
    await world.link()

    assert world.switch.booted_at is None


# --- the ledger -----------------------------------------------------------------------------------


async def test_the_nodes_own_record_is_read(world: SwitchWorld, tmp_path: Path) -> None:
    leg = await world.parked()
    attempt = await world.talking()
    world.switch.hang_up(attempt)
    over = await world.listener.told(attempt, ev.HungUp)

    await eventually((tmp_path / "dialer.csv").read_text)
    found = await world.switch.ledger([attempt, "another"], over.at - 1.0)
    assert set(found) == {attempt}
    row = found[attempt]
    assert (row.disposition, row.leg, row.cause) == ("ANSWERED", leg, 16)
    assert row.end == pytest.approx(over.at, abs=0.1)


async def test_without_a_ledger_there_are_no_rows(make_world: MakeWorld) -> None:
    world = await make_world(ledger=None)

    assert await world.switch.ledger(["a1"], 0.0) == {}


async def test_a_ledger_that_cannot_be_read_keeps_nobody_from_calling(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    world = await make_world(ledger=tmp_path / "folder")

    assert await world.switch.ledger(["a1"], 0.0) == {}
    assert world.switch.is_up


# --- up and down ----------------------------------------------------------------------------------


async def test_the_listener_hears_of_every_link_and_of_its_end(world: SwitchWorld) -> None:
    await world.link_again()

    assert (world.listener.ups, world.listener.downs) == (2, 1)


# --- a switch whose clock says something else -----------------------------------------------------


SKEWS = pytest.mark.parametrize("ours_ahead_s", [0.0, 3.0, -3.0, 10_800.0, -10_800.0])


@SKEWS
async def test_what_is_heard_of_a_switch_with_another_clock_happened_just_now(
    make_world: MakeWorld, ours_ahead_s: float
) -> None:
    """By our clock: who has just answered has not waited for the difference of two clocks."""
    world = await make_world(clock=SystemClock(lambda: time.time() + ours_ahead_s))
    assert world.switch.ahead_s == pytest.approx(-ours_ahead_s, abs=0.2)
    began = world.clock.steady()
    await world.parked()
    attempt = await world.talking()
    now = world.clock.steady()
    for event in world.listener.about(attempt):
        at = getattr(event, "at", now)
        assert began - 0.2 <= at <= now, event
    (live,) = [c for c in await world.switch.live_channels([attempt]) if c.channel == attempt]
    assert live.answered_at is not None
    assert began - 0.2 <= live.answered_at <= now


@SKEWS
async def test_the_ledger_of_a_switch_with_another_clock_is_read_and_told_in_ours(
    make_world: MakeWorld, tmp_path: Path, ours_ahead_s: float
) -> None:
    world = await make_world(clock=SystemClock(lambda: time.time() + ours_ahead_s))
    began = world.clock.steady()
    attempt = await world.asked()
    assert world.switch.route(attempt, "hangup")
    await world.listener.told(attempt, ev.HungUp)

    path = tmp_path / "dialer.csv"
    await eventually(lambda: path.exists() and attempt in path.read_text(), what="its row")
    rows = await world.switch.ledger([attempt], began)
    assert set(rows) == {attempt}
    assert began - 0.2 <= rows[attempt].end <= world.clock.steady()


async def test_a_switch_whose_clock_is_set_is_measured_anew(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch_time, "MEASURE_EVERY_S", 0.01)
    world = await make_world()
    assert world.switch.ahead_s == pytest.approx(0.0, abs=0.2)

    def ping(session: FakeAmiSession, action: Message) -> None:
        session.reply(action, [("Ping", "Pong"), ("Timestamp", f"{time.time() - 3.0:.6f}")])

    world.node.on("Ping", ping)
    await eventually(lambda: (world.switch.ahead_s or 0.0) < -2.5, what="the step is found")


async def test_a_switch_that_does_not_tell_its_time_is_heard_all_the_same(
    make_world: MakeWorld,
) -> None:
    world = await make_world(up=False, clock=SystemClock(lambda: time.time() + 3.0))
    world.node.on("Ping", lambda session, action: session.reply(action, [("Ping", "Pong")]))
    await world.link()
    assert world.switch.ahead_s is None
    attempt = await world.asked()

    picked = await world.listener.told(attempt, ev.PickedUp)
    assert picked.at == pytest.approx(world.clock.steady(), abs=0.5)
