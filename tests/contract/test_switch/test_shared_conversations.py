"""Conversations that are rearranged: every Switch must tell the same story."""

from __future__ import annotations

from typing import Any

from dialer.asterisk.demo_network import number_for
from dialer.floor import events as ev
from dialer.ids import new_id
from dialer.ports.switch import OutsideCall

# --- conversations under way ----------------------------------------------------------------------


async def test_a_callee_taken_out_of_the_bridge_asks_and_the_leg_parks(rig: Any) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.take_aside(attempt)
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(leg, ev.LegParked, times=2)

    assert asked.result == "aside"
    assert "Unbridged" in rig.story(attempt)
    assert rig.switch.route(attempt, "hold:5")
    held = await rig.told(attempt, ev.RouteAskedAgain, times=2)
    assert held.result == "held"
    assert rig.switch.route(attempt, leg)
    await rig.told(attempt, ev.Bridged, times=2)


async def test_a_leg_taken_out_of_the_bridge_parks_and_the_callee_asks(rig: Any) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.take_aside(leg)
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(leg, ev.LegParked, times=2)
    assert asked.result == "success"


async def test_two_legs_hear_each_other_a_callee_joins_and_one_of_them_leaves(rig: Any) -> None:
    first, second = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(first)
    rig.switch.take_aside(attempt)
    await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(first, ev.LegParked, times=2)
    rig.switch.join_legs(first, second)
    joined = await rig.told(first, ev.LegsBridged)
    assert joined.other == second
    live = {c.channel: c for c in await rig.switch.live_channels()}
    assert (live[first].beside, live[second].beside) == (second, first)

    assert rig.switch.route(attempt, f"join:{first}")
    await rig.told(attempt, ev.Bridged, times=2)
    rig.switch.take_aside(first)
    await rig.told(first, ev.LegParked, times=3)
    taken_over = await rig.told(attempt, ev.Bridged, times=3)
    assert taken_over.leg == second

    rig.switch.hang_up(attempt)
    await rig.told(second, ev.LegParked, times=2)


async def test_a_callee_who_leaves_three_leaves_two_who_can_be_parted(rig: Any) -> None:
    first, second = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(first)
    rig.switch.take_aside(attempt)
    await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(first, ev.LegParked, times=2)
    rig.switch.join_legs(first, second)
    await rig.told(first, ev.LegsBridged)
    assert rig.switch.route(attempt, f"join:{first}")
    await rig.told(attempt, ev.Bridged, times=2)
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)
    assert rig.story(first).count("LegParked") == 2

    rig.switch.take_aside(second)
    await rig.told(first, ev.LegParked, times=3)
    await rig.told(second, ev.LegParked, times=2)


async def test_there_is_nobody_to_join_where_nobody_talks(rig: Any) -> None:
    leg = await rig.phone()
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, f"join:{leg}")
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    assert asked.result == "nonexistent"


async def test_somebody_outside_is_called_parked_and_bridged_to(rig: Any) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    leg = f"leg-{new_id()}-2-_{attempt}"
    number = number_for("rings_1s_stays")
    assert rig.switch.route(attempt, "hold:20")
    await rig.told(attempt, ev.RouteAskedAgain)
    rig.switch.call_outside(OutsideCall(leg, number, "+12125550199", "carrier"))
    await rig.told(leg, ev.LegParked)
    assert rig.switch.route(attempt, leg)
    bridged = await rig.told(attempt, ev.Bridged)
    assert bridged.leg == leg
    rig.switch.hang_up(leg)
    await rig.told(leg, ev.LegGone)
    await rig.told(attempt, ev.RouteAskedAgain, times=2)


async def test_a_leg_that_hears_ringing_is_still_parked(rig: Any) -> None:
    leg = await rig.phone()
    rig.switch.ring_leg(leg)
    await rig.told(leg, ev.LegParked, times=2)
    await rig.talking(leg)
