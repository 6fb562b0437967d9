"""The switch's orders against a fake Asterisk, on links that hold and links that break."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dialer.asterisk.lost_phones import HEARD
from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import Trunk
from dialer.floor import events as ev
from dialer.ports.switch import PhoneToCall
from tests.kit.eventually import eventually
from tests.kit.fake_ami import FakeAmiSession
from tests.kit.fake_asterisk_laws import Fate
from tests.kit.switch_world import LEG, StillClock, SwitchWorld, call

NOW = 1_800_000_000.0

MakeWorld = Callable[..., Awaitable[SwitchWorld]]


def refuses(session: FakeAmiSession, action: Message) -> None:
    session.error(action, "Originate Access Forbidden")


# --- placing --------------------------------------------------------------------------------------


async def test_a_refused_originate_was_not_placed(world: SwitchWorld) -> None:
    world.node.on("Originate", refuses)
    attempt = world.place()

    assert await world.listener.told(attempt, ev.NotPlaced) == ev.NotPlaced(
        attempt, "switch_refused"
    )
    assert world.listener.kinds(attempt) == ["NotPlaced"]


async def test_of_an_originate_whose_link_was_lost_nothing_is_told_and_nothing_sent_again(
    world: SwitchWorld,
) -> None:
    world.node.on("Originate", lambda session, _action: session.abort())
    attempt = world.place()
    await world.linked_since(1)
    world.node.on("Originate", refuses)
    other = world.place()
    await world.listener.told(other, ev.NotPlaced)

    assert world.listener.about(attempt) == []
    sent = [action["ChannelId"] for action in world.node.received_of("Originate")]
    assert sent == [attempt, other]


async def test_of_an_originate_that_gets_no_reply_nothing_is_told(
    world: SwitchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.switch.ami, "_action_timeout_s", 0.02)
    world.node.faults.unanswered.add("Originate")
    attempt = world.place()
    await eventually(lambda: world.switch.ami.counters.timeouts == 1)

    assert world.listener.about(attempt) == []


async def test_without_a_link_nothing_is_placed(make_world: MakeWorld) -> None:
    world = await make_world(up=False)
    world.node.faults.refuses_connections = True
    await world.switch.start(world.listener)
    world.switch.place([call(attempt="a1"), call(attempt="a2", number="no")])

    assert world.listener.events == [
        ev.NotPlaced("a2", "bad_number"),
        ev.NotPlaced("a1", "switch_down"),
    ]


async def test_while_the_engine_asks_what_is_up_nothing_is_placed(
    make_world: MakeWorld,
) -> None:
    world = await make_world(up=False)

    async def on_up() -> None:
        world.place(attempt="early")

    world.listener.on_up = on_up
    await world.link()

    assert world.listener.events == [ev.NotPlaced("early", "switch_down")]
    assert world.node.received_of("Originate") == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "12"}, "bad_number"),
        ({"number": "+1\r\nAction: Logoff"}, "bad_number"),
        ({"trunk": "gone"}, "bad_settings"),
        ({"caller_id": "+1\r\nAction: Logoff"}, "bad_settings"),
        ({"message": "a,b"}, "bad_settings"),
        ({"message": "x" * 1_100}, "bad_settings"),
        ({"ring_timeout_s": float("nan")}, "bad_settings"),
        ({"attempt": "a b"}, "bad_settings"),
    ],
)
async def test_a_call_that_must_not_be_placed_does_not_keep_the_others_back(
    world: SwitchWorld, changes: dict[str, Any], reason: str
) -> None:
    """And only a bad number is held against the lead."""
    bad = call(**{"attempt": "bad", **changes})
    world.switch.place([call(attempt="a1"), bad, call(attempt="a2")])

    assert world.listener.events == [ev.NotPlaced(bad.attempt, reason)]
    await world.listener.told("a1", ev.RouteAsked)
    await world.listener.told("a2", ev.RouteAsked)
    assert len(world.node.received_of("Originate")) == 2


async def test_a_new_trunk_can_be_used_at_once_and_an_old_one_no_more(world: SwitchWorld) -> None:
    world.switch.set_trunks([Trunk("second", "h")])
    old, new = world.place(), world.place(trunk="second")

    await world.listener.told(new, ev.RouteAsked)
    assert world.listener.about(old) == [ev.NotPlaced(old, "bad_settings")]


async def test_the_dialplan_is_told_where_to_ask(make_world: MakeWorld) -> None:
    world = await make_world(agi_advertise="engine1.example")
    world.place()
    await eventually(lambda: world.node.received_of("Originate"))

    (sent,) = world.node.received_of("Originate")
    assert sent.variables("Variable")["DIALER_AGI"] == f"engine1.example:{world.switch.agi.port}"


# --- a rep's phone --------------------------------------------------------------------------------


async def test_a_phone_that_answers_is_parked(world: SwitchWorld) -> None:
    await world.parked()

    assert world.listener.kinds(LEG) == ["LegParked"]


async def test_a_phone_that_is_busy_is_gone(make_world: MakeWorld) -> None:
    world = await make_world(phones=lambda _endpoint, _rng: Fate("busy"))
    world.switch.call_phone(PhoneToCall(LEG, "rep01", "rep01"))
    await eventually(lambda: world.listener.kinds(LEG) == ["LegGone", "LegGone"])

    causes = {event.cause for event in world.listener.about(LEG) if isinstance(event, ev.LegGone)}
    assert causes == {0, 17}  # the failed Originate and the hang-up, in either order


@pytest.mark.parametrize("endpoint", ["", "a b", "+19005550123@carrier", "x\r\nAction: Logoff"])
async def test_a_phone_that_must_not_be_called_is_gone_at_once(
    make_world: MakeWorld, endpoint: str
) -> None:
    world = await make_world(clock=StillClock(NOW))
    world.switch.call_phone(PhoneToCall(LEG, "rep01", endpoint))

    assert world.listener.events == [ev.LegGone(LEG, NOW, 0)]
    assert world.node.received_of("Originate") == []


async def test_a_phone_whose_call_is_refused_is_gone(world: SwitchWorld) -> None:
    world.node.on("Originate", refuses)
    world.switch.call_phone(PhoneToCall(LEG, "rep01", "rep01"))

    gone = await world.listener.told(LEG, ev.LegGone)
    assert (gone.cause, gone.bye) == (0, False)


async def test_without_a_link_a_phone_is_gone(make_world: MakeWorld) -> None:
    world = await make_world(up=False)
    world.node.faults.refuses_connections = True
    await world.switch.start(world.listener)
    world.switch.call_phone(PhoneToCall(LEG, "rep01", "rep01"))

    await world.listener.told(LEG, ev.LegGone)
    assert world.node.received == []


async def test_a_phone_that_hangs_up_says_bye_and_one_we_end_does_not(world: SwitchWorld) -> None:
    await world.parked()
    second = await world.parked("leg-01J9ZXT3-2-rep02", "rep02")
    world.node.far_end_hangs_up(LEG)
    world.switch.hang_up(second)

    assert (await world.listener.told(LEG, ev.LegGone)).bye
    assert not (await world.listener.told(second, ev.LegGone)).bye


# --- routes ---------------------------------------------------------------------------------------


async def test_an_answered_callee_is_asked_for_and_talks_to_the_rep_named(
    world: SwitchWorld,
) -> None:
    leg = await world.parked()
    attempt = await world.asked()
    answered_at = world.node.channels[attempt].answered_at

    assert world.switch.route(attempt, leg)
    bridged = await world.listener.told(attempt, ev.Bridged)
    asked = await world.listener.told(attempt, ev.RouteAsked)
    assert bridged.leg == leg
    assert asked.by == "human"
    # Told by the switch's clock: as near as half a round trip lets it be known.
    assert asked.at == pytest.approx(answered_at, abs=0.05)
    world.node.far_end_hangs_up(attempt)
    over = await world.listener.told(attempt, ev.HungUp)
    await world.listener.told(leg, ev.LegParked, times=2)
    assert (over.by, over.cause) == ("callee", 16)
    assert set(world.listener.kinds(attempt)) == {
        "Rang",
        "PickedUp",
        "RouteAsked",
        "Bridged",
        "Unbridged",
        "HungUp",
    }


async def test_nobody_who_asks_is_nobody_to_answer(world: SwitchWorld) -> None:
    attempt = await world.asked()

    assert not world.switch.route("someone-else", "message")
    assert world.switch.route(attempt, "hangup")
    assert not world.switch.route(attempt, "hangup")


async def test_a_callee_who_is_only_ringing_cannot_be_routed(world: SwitchWorld) -> None:
    world.fate = Fate("no_answer", ring_after_s=0.005)
    attempt = world.place()
    await world.listener.told(attempt, ev.Rang)

    assert not world.switch.route(attempt, "message")


async def test_a_callee_who_hangs_up_while_asking_left(world: SwitchWorld) -> None:
    attempt = await world.asked()
    world.node.far_end_hangs_up(attempt)

    await world.listener.told(attempt, ev.AskerLeft)
    over = await world.listener.told(attempt, ev.HungUp)
    assert over.by == "callee"
    assert not world.switch.route(attempt, "message")
    assert world.listener.kinds(attempt).count("AskerLeft") == 1


async def test_a_callee_who_hangs_up_after_the_answer_did_not_leave_the_asking(
    world: SwitchWorld,
) -> None:
    await world.parked()
    attempt = await world.talking()
    world.node.far_end_hangs_up(attempt)
    await world.listener.told(attempt, ev.HungUp)

    assert "AskerLeft" not in world.listener.kinds(attempt)


async def test_a_callee_whose_rep_is_lost_asks_again(world: SwitchWorld) -> None:
    leg = await world.parked()
    attempt = await world.talking()
    world.node.far_end_hangs_up(leg)

    again = await world.listener.told(attempt, ev.RouteAskedAgain)
    assert again.result == "success"
    assert world.switch.route(attempt, "hangup")


# --- hanging up -----------------------------------------------------------------------------------


async def test_a_call_we_end_is_ended_by_the_dialer(world: SwitchWorld) -> None:
    await world.parked()
    attempt = await world.talking()
    world.switch.hang_up(attempt)

    over = await world.listener.told(attempt, ev.HungUp)
    assert (over.by, over.cause) == ("dialer", 16)


async def test_ending_what_is_gone_harms_nobody(world: SwitchWorld) -> None:
    world.switch.hang_up("nobody")
    await eventually(lambda: world.node.received_of("Hangup"))
    world.node.drop_links()
    world.switch.hang_up("nobody")
    await world.linked_since(1)

    assert world.listener.events == []


def contact(aor: str, status: str, transport: str) -> list[tuple[str, str]]:
    return [
        ("URI", f"sip:{aor}@127.0.0.1:51234;transport={transport};ob"),
        ("ContactStatus", status),
        ("AOR", aor),
        ("EndpointName", aor),
    ]


async def test_the_leg_of_a_page_that_was_closed_is_hung_up_and_others_are_not(
    world: SwitchWorld,
) -> None:
    """A telephone's registration comes and goes; a WebSocket that is gone takes its phone along."""
    legs = {name: await world.parked(f"leg-01J9ZXT3-1-{name}", name) for name in ("r1", "r2", "r3")}
    for aor, status, transport in (
        ("r1", "Removed", "udp"),
        ("r1", "Removed", "tcp"),
        ("r2", "Reachable", "ws"),
        ("r2", "Created", "ws"),
        ("nobody", "Removed", "ws"),
        ("r3", "Removed", "WS"),
    ):
        world.node.emit("ContactStatus", contact(aor, status, transport))
    gone = await world.listener.told(legs["r3"], ev.LegGone)

    assert not gone.bye
    assert [action["Channel"] for action in world.node.received_of("Hangup")] == [legs["r3"]]
    assert world.listener.kinds(legs["r1"]) == ["LegParked"]


async def test_the_leg_of_a_desk_phone_that_does_not_answer_any_more_is_hung_up(
    world: SwitchWorld,
) -> None:
    legs = {name: await world.parked(f"leg-01J9ZXT3-1-{name}", name) for name in ("r1", "r2")}
    world.node.emit("ContactStatus", contact("r1", "Reachable", "udp"))
    world.node.emit("ContactStatus", contact("r2", "Unreachable", "udp"))
    await world.listener.told(legs["r2"], ev.LegGone)

    assert [action["Channel"] for action in world.node.received_of("Hangup")] == [legs["r2"]]


async def test_a_desk_phone_that_answers_no_options_but_is_heard_keeps_its_leg(
    world: SwitchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine short of time answers late and talks on: its rep is there for who has answered."""
    monkeypatch.setattr(world.switch._lost_phones, "_listen_s", 0.0)
    legs = {name: await world.parked(f"leg-01J9ZXT3-1-{name}", name) for name in ("r1", "r2")}
    answer = world.node.handler("Getvar")
    assert answer is not None

    def getvar(session: FakeAmiSession, action: Message) -> None:
        if (action["Channel"], action["Variable"]) != (legs["r1"], HEARD):
            answer(session, action)
        else:
            packets = len(world.node.received_of("Getvar")) * 50
            session.reply(action, [("Variable", HEARD), ("Value", str(packets))])

    world.node.on("Getvar", getvar)
    for name in ("r1", "r2"):
        world.node.emit("ContactStatus", contact(name, "Unreachable", "udp"))
    await world.listener.told(legs["r2"], ev.LegGone)

    assert [action["Channel"] for action in world.node.received_of("Hangup")] == [legs["r2"]]
    assert world.listener.kinds(legs["r1"]) == ["LegParked"]


async def test_a_desk_phone_that_registers_in_its_call_is_asked_whether_it_knows_of_it(
    world: SwitchWorld,
) -> None:
    legs = {name: await world.parked(f"leg-01J9ZXT3-1-{name}", name) for name in ("r1", "r2")}
    world.node.emit("ContactStatus", contact("r2", "Created", "ws"))
    world.node.emit("ContactStatus", contact("nobody", "Created", "udp"))
    world.node.emit("ContactStatus", contact("r1", "Created", "udp"))
    await eventually(lambda: world.node.received_of("Setvar"))

    asked = [(it["Channel"], it["Variable"]) for it in world.node.received_of("Setvar")]
    assert asked == [(legs["r1"], "PJSIP_SEND_SESSION_REFRESH()")]


async def test_a_late_word_of_the_old_page_does_not_end_the_leg_of_the_new_one(
    world: SwitchWorld,
) -> None:
    """A page loaded again registers, and may be called, before its old registration is removed."""
    legs = {name: await world.parked(f"leg-01J9ZXT3-1-{name}", name) for name in ("new", "old")}
    for name, port in (("new", 51235), ("old", 51234)):
        channel = world.node.dialplan.find(legs[name])
        assert channel is not None
        uri = f"sip:{name}@127.0.0.1:{port};transport=ws"
        channel.variables["CHANNEL(pjsip,target_uri)"] = uri
    for name in ("new", "old"):
        world.node.emit("ContactStatus", contact(name, "Removed", "WS"))
    await world.listener.told(legs["old"], ev.LegGone)

    assert [action["Channel"] for action in world.node.received_of("Hangup")] == [legs["old"]]
    assert world.listener.kinds(legs["new"]) == ["LegParked"]


async def test_a_closed_page_whose_leg_is_gone_already_ends_nothing(world: SwitchWorld) -> None:
    leg = await world.parked()
    world.switch.hang_up(leg)
    await world.listener.told(leg, ev.LegGone)
    asked = len(world.node.received_of("Getvar"))
    world.node.emit("ContactStatus", contact("rep01", "Removed", "ws"))
    await eventually(lambda: len(world.node.received_of("Getvar")) > asked)
    await world.parked("leg-01J9ZXT3-2-rep01")

    assert len(world.node.received_of("Hangup")) == 1


async def test_a_closed_page_is_known_after_a_new_link_too(
    make_world: MakeWorld,
) -> None:
    """By the list of channels: who called this phone may have been another process."""
    world = await make_world()
    leg = await world.parked()
    world.switch._leg_of.clear()
    world.listener.on_up = world.switch.live_channels
    await world.link_again()
    world.node.emit("ContactStatus", contact("rep01", "Removed", "ws"))

    await world.listener.told(leg, ev.LegGone)
