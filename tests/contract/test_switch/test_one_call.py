"""One suite for every Switch: a real Asterisk and the simulation's must tell the same story."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.asterisk.demo_network import Behaviour
from dialer.floor import events as ev
from dialer.ids import new_id
from dialer.ports.switch import PhoneToCall

# --- the suite ------------------------------------------------------------------------------------


async def test_a_phone_that_is_called_is_parked_and_live(rig: Any) -> None:
    leg = await rig.phone()

    (channel,) = [c for c in await rig.switch.live_channels() if c.channel == leg]
    assert (channel.state, channel.parked, channel.peer) == ("up", True, None)


async def test_a_phone_nobody_has_is_gone_at_once(rig: Any) -> None:
    leg = f"leg-{new_id()}-1-nobody"
    rig.switch.call_phone(PhoneToCall(leg, "nobody", "nobody", 2.0))

    gone = await rig.told(leg, ev.LegGone)
    assert not gone.bye
    assert rig.story(leg) == ["LegGone"]


@pytest.mark.parametrize(
    ("kind", "cause", "code"),
    [("busy", 17, 486), ("congestion", 34, 503), ("unallocated", 1, 404)],
)
async def test_a_call_that_fails_ends_with_its_cause(
    rig: Any, kind: Behaviour, cause: int, code: int
) -> None:
    attempt = rig.place(kind)

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by, over.sip_code) == (cause, "callee", code)
    assert await rig.unanswered_story(attempt) == ["HungUp"]
    row = await rig.row(attempt)
    assert (row.answer, row.leg, row.bridged) == (None, None, None)


async def test_a_declined_call_rang_first(rig: Any) -> None:
    attempt = rig.place("declines")

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by, over.sip_code) == (21, "callee", 403)
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]


async def test_a_call_nobody_answers_ends_at_the_ring_timeout(rig: Any) -> None:
    attempt = rig.place("rings_out", ring_timeout_s=1.0)

    over = await rig.told(attempt, ev.HungUp)
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]
    rang, failed = rig.last(attempt, ev.Rang), rig.last(attempt, ev.OriginateFailed)
    assert (over.cause, over.by, over.sip_code, failed.reason) == (19, "network", 0, 3)
    assert 0.9 < over.at - rang.at < 1.5
    assert (await rig.row(attempt)).disposition == "NO ANSWER"


async def test_a_ringing_call_can_be_given_up(rig: Any) -> None:
    attempt = rig.place("rings_out")
    await rig.told(attempt, ev.Rang)
    rig.switch.hang_up(attempt)

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.sip_code) == (16, 0)
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]


async def test_a_number_that_is_none_is_not_placed(rig: Any) -> None:
    attempt = rig.place("stays", number="+1 212\r\nAction: Originate")

    refusal = await rig.told(attempt, ev.NotPlaced)
    assert refusal.reason == "bad_number"
    assert rig.story(attempt) == ["NotPlaced"]


async def test_early_media_counts_as_ringing(rig: Any) -> None:
    attempt = rig.place("early_media")

    await rig.told(attempt, ev.RouteAsked)
    assert rig.story(attempt) == ["Rang", "PickedUp", "RouteAsked"]
    assert rig.switch.route(attempt, "hangup")
    await rig.told(attempt, ev.HungUp)


async def test_an_answered_callee_is_asked_for_and_talks_until_he_hangs_up(rig: Any) -> None:
    leg = await rig.phone()
    attempt = rig.place("speaks_3s")
    asked = await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, leg)
    bridged = await rig.told(attempt, ev.Bridged)

    over = await rig.told(attempt, ev.HungUp)
    await rig.told(leg, ev.LegParked, times=2)
    told = ["Rang", "PickedUp", "RouteAsked", "Bridged", "Unbridged", "HungUp"]
    assert rig.story(attempt) == told
    assert (asked.by, bridged.leg, over.cause, over.by) == ("human", leg, 16, "callee")
    picked_up = rig.last(attempt, ev.PickedUp)
    assert abs(asked.at - picked_up.at) < 0.1
    assert picked_up.at - 0.01 <= bridged.at < over.at
    row = await rig.row(attempt)
    assert (row.disposition, row.leg, row.stage) == ("ANSWERED", leg, "")
    assert row.answer == pytest.approx(picked_up.at, abs=0.05)
    assert row.bridged == pytest.approx(bridged.at, abs=0.05)
    assert row.end == pytest.approx(over.at, abs=0.05)


async def test_both_sides_of_a_bridge_are_live_and_name_each_other(rig: Any) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)

    live = {channel.channel: channel for channel in await rig.switch.live_channels([attempt])}
    assert (live[attempt].peer, live[leg].peer) == (leg, attempt)
    assert (live[attempt].state, live[leg].parked) == ("up", False)
    assert live[attempt].answered_at == pytest.approx(rig.last(attempt, ev.PickedUp).at, abs=0.05)
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)


async def test_a_call_we_hang_up_lets_the_rep_return_to_his_place(rig: Any) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.hang_up(attempt)

    over = await rig.told(attempt, ev.HungUp)
    await rig.told(leg, ev.LegParked, times=2)
    assert (over.cause, over.by) == (16, "dialer")
    assert rig.story(attempt)[-2:] == ["Unbridged", "HungUp"]


async def test_a_leg_that_is_not_there_is_asked_again_for(rig: Any) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, f"leg-{new_id()}-7-rep09")

    again = await rig.told(attempt, ev.RouteAskedAgain)
    assert again.result == "nonexistent"
    assert rig.switch.route(attempt, "hangup")
    over = await rig.told(attempt, ev.HungUp)
    assert over.by == "dialer"
    assert (await rig.row(attempt)).leg is None


async def test_a_rep_who_talks_is_not_taken_from_his_customer(rig: Any) -> None:
    leg = await rig.phone()
    first = await rig.talking(leg)
    second = rig.place("stays")
    await rig.told(second, ev.RouteAsked)
    assert rig.switch.route(second, leg)

    again = await rig.told(second, ev.RouteAskedAgain)
    assert again.result == "busy-leg"
    assert "Unbridged" not in rig.story(first)
    for attempt in (first, second):
        rig.switch.hang_up(attempt)
        await rig.told(attempt, ev.HungUp)


async def test_the_message_ends_the_call(rig: Any) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, "message")

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by) == (16, "dialer")
    assert rig.story(attempt)[-1:] == ["HungUp"]
    assert (await rig.row(attempt)).stage == "message"


async def test_a_dialplan_that_gets_no_word_plays_the_message_itself(rig: Any) -> None:
    attempt = rig.place("stays", connect_within_s=0.5)
    asked = await rig.told(attempt, ev.RouteAsked)

    left = await rig.told(attempt, ev.AskerLeft)
    assert 0.9 < left.at - asked.at < 1.5
    assert not rig.switch.route(attempt, "hangup")
    await rig.told(attempt, ev.HungUp)
    assert (await rig.row(attempt)).stage == "orphan"


async def test_a_held_callee_may_be_fetched_until_the_hold_is_over(rig: Any) -> None:
    leg = await rig.phone()
    fetched, forgotten = rig.place("stays"), rig.place("stays")
    for attempt in (fetched, forgotten):
        await rig.told(attempt, ev.RouteAsked)
        assert rig.switch.route(attempt, "hold:1")
        again = await rig.told(attempt, ev.RouteAskedAgain)
        assert again.result == "held"
    assert rig.switch.route(fetched, leg)
    await rig.told(fetched, ev.Bridged)

    left = await rig.told(forgotten, ev.AskerLeft)
    assert 0.9 < left.at - rig.last(forgotten, ev.RouteAskedAgain).at < 1.5
    await rig.told(forgotten, ev.HungUp)
    assert (await rig.row(forgotten)).stage == "message"
    rig.switch.hang_up(fetched)
    await rig.told(fetched, ev.HungUp)


async def test_a_callee_who_hangs_up_while_waiting_is_told_as_gone(rig: Any) -> None:
    attempt = rig.place("hangs_up_after_1s")
    await rig.told(attempt, ev.RouteAsked)

    over = await rig.told(attempt, ev.HungUp)
    await rig.told(attempt, ev.AskerLeft)
    story = rig.story(attempt)
    # The end of the session and that of the channel come by two ways, in either order.
    assert (story[:3], sorted(story[3:])) == (
        ["Rang", "PickedUp", "RouteAsked"],
        ["AskerLeft", "HungUp"],
    )
    assert over.by == "callee"
    assert not rig.switch.route(attempt, "hangup")


async def test_a_callee_whose_rep_is_lost_is_asked_for_again(rig: Any) -> None:
    leg, other = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(leg)
    rig.switch.hang_up(leg)

    again = await rig.told(attempt, ev.RouteAskedAgain)
    gone = await rig.told(leg, ev.LegGone)
    assert (again.result, gone.bye) == ("success", False)
    assert rig.switch.route(attempt, other)
    bridged = await rig.told(attempt, ev.Bridged, times=2)
    assert bridged.leg == other
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)
    assert (await rig.row(attempt)).leg == other


async def test_nobody_can_be_routed_who_does_not_ask(rig: Any) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)

    assert rig.switch.route(attempt, "hangup")
    assert not rig.switch.route(attempt, "hangup")
    assert not rig.switch.route(new_id(), "hangup")
    await rig.told(attempt, ev.HungUp)


async def test_the_switch_says_when_it_started(rig: Any) -> None:
    leg = await rig.phone()

    assert rig.switch.is_up
    assert rig.switch.booted_at is not None
    assert rig.switch.booted_at <= rig.last(leg, ev.LegParked).at
