"""Orders about conversations under way, against a fake Asterisk."""

from __future__ import annotations

import pytest

from dialer.asterisk.controls import press_keys, start_recorder
from dialer.asterisk.errors import EncodeError
from dialer.floor import events as ev
from dialer.ports.switch import OutsideCall
from tests.kit.eventually import eventually
from tests.kit.switch_world import LEG, NUMBER, SwitchWorld

OTHER = "leg-01J9ZXT3-2-rep02"


def sent(world: SwitchWorld, action: str, *headers: str) -> list[tuple[str, ...]]:
    found = world.node.received_of(action)
    return [tuple(str(it.get(header, "")) for header in headers) for it in found]


async def test_a_callee_taken_aside_asks_with_the_leg_and_the_time_of_the_talk(
    world: SwitchWorld,
) -> None:
    await world.parked()
    attempt = await world.talking()
    world.switch.take_aside(attempt)
    asked = await world.listener.told(attempt, ev.RouteAskedAgain)

    assert (asked.result, asked.leg) == ("aside", LEG)
    assert asked.talked_at is not None
    await world.listener.told(LEG, ev.LegParked, times=2)


async def test_a_callee_joins_two_legs_and_one_of_them_is_taken_aside(world: SwitchWorld) -> None:
    await world.parked()
    await world.parked(OTHER, "rep02")
    attempt = await world.talking()
    world.switch.take_aside(attempt)
    await world.listener.told(LEG, ev.LegParked, times=2)
    world.switch.join_legs(LEG, OTHER)
    await world.listener.told(LEG, ev.LegsBridged)
    assert world.switch.route(attempt, f"join:{LEG}")
    await world.listener.told(attempt, ev.Bridged, times=2)
    world.switch.take_aside(LEG)
    taken_over = await world.listener.told(attempt, ev.Bridged, times=3)

    assert taken_over.leg == OTHER


async def test_somebody_outside_is_called_by_the_trunk_and_parked(world: SwitchWorld) -> None:
    leg = "leg-01J9ZXT3-9-_a1"
    world.switch.call_outside(OutsideCall(leg, NUMBER, "+12125550199", "carrier"))
    await world.listener.told(leg, ev.LegParked)

    ((context, caller),) = sent(world, "Originate", "Context", "CallerID")
    assert context == "dialer-outside"
    assert "2125550199" in caller
    world.switch.take_aside(leg)
    await world.listener.told(leg, ev.LegParked, times=2)
    assert sent(world, "Redirect", "Context", "Exten") == [("dialer-outside", "back")]


@pytest.mark.parametrize(
    "call",
    [
        OutsideCall("leg-1-9-_a1", "no number", "", "carrier"),
        OutsideCall("leg-1-9-_a1", NUMBER, "x", "carrier"),
        OutsideCall("leg-1-9-_a1", NUMBER, "", "no such trunk"),
    ],
)
async def test_who_cannot_be_called_outside_is_gone_at_once(
    world: SwitchWorld, call: OutsideCall
) -> None:
    world.switch.call_outside(call)
    await world.listener.told(call.leg, ev.LegGone)
    assert world.node.received_of("Originate") == []


async def test_keys_are_pressed_one_by_one_as_if_by_the_reps_phone(world: SwitchWorld) -> None:
    await world.parked()
    world.switch.press_keys(LEG, "5#")
    await eventually(lambda: len(sent(world, "PlayDTMF", "Digit")) == 2)
    keys = sent(world, "PlayDTMF", "Channel", "Digit", "Receive")
    assert keys == [(LEG, "5", "true"), (LEG, "#", "true")]


@pytest.mark.parametrize("digits", ["", "x", "1" * 33, "1\r\nAction: Logoff", "1 2"])
def test_what_are_no_keys_is_never_sent(digits: str) -> None:
    with pytest.raises(EncodeError):
        press_keys(LEG, digits)


@pytest.mark.parametrize("path", ["", "relative", "/a b", "/a,b", "/a\r\nb", "/a|b"])
def test_what_is_no_path_is_never_recorded_to(path: str) -> None:
    with pytest.raises(EncodeError):
        start_recorder("a1", path)


async def test_a_pause_mutes_both_ways_and_tells_the_dialplan(world: SwitchWorld) -> None:
    attempt = await world.asked(recording="/rec/a1")
    world.switch.pause_recording(attempt)
    world.switch.resume_recording(attempt)
    await eventually(lambda: len(sent(world, "MixMonitorMute", "State")) == 2)

    assert sent(world, "Setvar", "Variable", "Value") == [
        ("DIALER_MUTED", "1"),
        ("DIALER_MUTED", "0"),
    ]
    mutes = sent(world, "MixMonitorMute", "Channel", "Direction", "State")
    assert mutes == [(attempt, "both", "1"), (attempt, "both", "0")]


async def test_a_recorder_that_may_be_deaf_is_begun_anew(world: SwitchWorld) -> None:
    attempt = await world.asked(recording="/rec/a1")
    world.switch.resume_recording(attempt, anew=True)
    await eventually(lambda: sent(world, "MixMonitor", "File", "Options"))

    assert sent(world, "MixMonitor", "File", "Options") == [("/rec/a1.raw", "aD")]
    assert sent(world, "StopMixMonitor", "Channel") == [(attempt,)]


async def test_a_phone_that_registers_is_told(world: SwitchWorld) -> None:
    world.node.emit(
        "ContactStatus",
        [("URI", "sip:rep01@x"), ("ContactStatus", "NonQualified"), ("AOR", "rep01")],
        privilege="system,all",
    )
    await eventually(lambda: ev.PhoneRegistered("rep01") in world.listener.events)
