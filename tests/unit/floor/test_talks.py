"""Stories of conversations that are held, parked, or recorded only in part."""

from __future__ import annotations

import pytest

from dialer.engine.views import held_by
from dialer.floor import AgentState, ImpossibleEvent, Phase
from dialer.floor import events as ev
from dialer.floor.commands import (
    CallPhone,
    CloseAttempt,
    Connect,
    Drop,
    HangUp,
    Hold,
    PauseRecording,
    PlayMessage,
    PressKeys,
    ResumeRecording,
)
from tests.kit.scene import Scene
from tests.kit.story import OUTSIDE, RULES, Story

# --- hold -----------------------------------------------------------------------------------------


def test_a_callee_is_held_and_talked_to_again_and_only_talk_counts_as_talk() -> None:
    story = Story()
    talked = story.now - (story.attempt("a1").bridged_at or 0.0)
    story.hold()
    assert (story.agent("ann").state, story.activity()) == (AgentState.TALKING, "hold")
    assert held_by(story.attempt("a1")) == "agent"
    story.pass_s(10.0)
    leg = story.leg("ann")
    assert story.orders(ev.ResumeAsked("ann")) == [Connect("a1", "ann", leg)]
    story.bridges("ann")
    assert (story.activity(), held_by(story.attempt("a1"))) == ("", "")
    story.pass_s(5.0)
    assert story.hung_up().talk_seconds == pytest.approx(talked + 5.0, abs=0.01)


def test_the_wish_to_go_on_may_come_before_the_callee_has_left_the_bridge() -> None:
    story = Story()
    story.orders(ev.HoldAsked("ann"))
    story.orders(ev.ResumeAsked("ann"))
    story.asks("aside")
    assert story.parks("ann") == [Connect("a1", "ann", story.leg("ann"))]


def test_a_hold_that_lasts_too_long_ends_in_talk() -> None:
    story = Story()
    story.hold()
    commands = story.pass_s(61.0)
    assert Connect("a1", "ann", story.leg("ann")) in commands


def test_a_callee_who_hangs_up_on_hold_ends_the_call_and_the_rep_writes_it_up() -> None:
    story = Story()
    story.hold()
    story.do(ev.AskerLeft("a1", story.now))
    record = story.hung_up()
    assert (record.outcome, record.agent, record.hangup_by) == ("connected", "ann", "callee")
    assert story.agent("ann").state is AgentState.WRAPUP


def test_a_phone_lost_on_hold_leaves_the_callee_on_hold() -> None:
    story = Story()
    story.hold()
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    assert story.attempt("a1").phase is Phase.HELD
    leg = story.park(story.pass_s(1.0))
    assert story.activity() == "hold"
    assert story.orders(ev.ResumeAsked("ann")) == [Connect("a1", "ann", leg)]


def test_a_rep_who_puts_the_phone_down_on_hold_ends_the_call() -> None:
    story = Story()
    story.hold()
    assert Drop("a1") in story.orders(ev.LegGone(story.leg("ann"), story.now, 16, bye=True))


def test_going_on_without_a_phone_waits_for_it_with_the_tone() -> None:
    story = Story()
    story.hold()
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    story.orders(ev.ResumeAsked("ann"))
    assert held_by(story.attempt("a1")) == "phone"
    leg = story.park(story.pass_s(0.6))
    assert story.attempt("a1").phase is Phase.RESERVED
    assert story.agent("ann").leg == leg


def test_a_pause_wished_for_on_hold_comes_after_the_call() -> None:
    story = Story()
    story.hold()
    story.do(ev.PauseAsked("ann", "lunch"))
    assert story.agent("ann").state is AgentState.TALKING
    story.hung_up()
    story.do(ev.CallFinished("ann", "sale"))
    assert (story.agent("ann").state, story.agent("ann").reason) == (AgentState.PAUSED, "lunch")


def test_an_order_that_never_reached_the_switch_is_forgotten() -> None:
    story = Story()
    story.do(ev.HoldAsked("ann"))
    story.pass_s(4.0)
    assert (story.attempt("a1").phase, held_by(story.attempt("a1"))) == (Phase.TALKING, "")


@pytest.mark.parametrize(
    "wish",
    [
        ev.HoldAsked("ann"),
        ev.ParkAsked("ann"),
        ev.TransferAsked("ann", to="nobody"),
        ev.TransferAsked("ann", to="ann"),
        ev.ConsultAsked("ann", "swap"),
        ev.PickupAsked("bob", "a1"),
        ev.KeysPressed("ann", "1"),
    ],
)
def test_what_cannot_be_done_on_hold_is_refused_untouched(wish: ev.Event) -> None:
    story = Story()
    story.hold()
    before = repr(story.floor)
    with pytest.raises(ImpossibleEvent):
        story.do(wish)
    assert repr(story.floor) == before


# --- park -----------------------------------------------------------------------------------------


def parked() -> Story:
    story = Story()
    story.do(ev.ParkAsked("ann"))
    assert Hold("a1", 30.0) in story.asks("aside")
    story.asks("held")
    story.parks("ann")
    return story


def test_a_parked_callee_is_picked_up_by_whoever_wants_the_call() -> None:
    story = parked()
    assert story.agent("ann").state is AgentState.READY
    assert held_by(story.attempt("a1")) == "park"
    leg = story.leg("bob")
    assert Connect("a1", "bob", leg) in story.orders(ev.PickupAsked("bob", "a1"))
    story.bridges("bob")
    record = story.hung_up()
    assert (record.agent, record.outcome) == ("bob", "connected")


def test_a_rep_who_picks_up_in_a_pause_returns_to_it() -> None:
    story = parked()
    story.do(ev.PauseAsked("bob", "lunch"))
    story.orders(ev.PickupAsked("bob", "a1"))
    story.bridges("bob")
    story.hung_up()
    story.do(ev.CallFinished("bob", "sale"))
    assert (story.agent("bob").state, story.agent("bob").reason) == (AgentState.PAUSED, "lunch")


def test_nobody_picks_up_and_the_callee_is_back_with_the_one_who_parked() -> None:
    story = parked()
    assert Connect("a1", "ann", story.leg("ann")) in story.pass_s(31.0)


def test_nobody_picks_up_the_parker_is_away_and_anybody_takes_the_call() -> None:
    story = parked()
    story.do(ev.PauseAsked("ann"))
    commands = story.pass_s(31.0)
    assert Hold("a1", 20.0) in commands
    story.asks("held")
    assert Connect("a1", "bob", story.leg("bob")) in story.pass_s(21.0)


def test_a_parked_callee_for_whom_nobody_is_there_is_told_so_at_last() -> None:
    story = parked()
    story.do(ev.PauseAsked("ann"))
    story.do(ev.PauseAsked("bob"))
    for _ in range(3):
        commands = story.pass_s(31.0)
        if PlayMessage("a1") in commands:
            break
        story.asks("held")
    assert story.attempt("a1").phase is Phase.MESSAGE


def test_a_parked_callee_whose_new_rep_has_lost_the_phone_stays_parked() -> None:
    story = parked()
    story.orders(ev.PickupAsked("bob", "a1"))
    story.do(ev.LegGone(story.leg("bob"), story.now, 44))
    assert [it for it in story.asks("nonexistent") if isinstance(it, Hold)]
    assert held_by(story.attempt("a1")) == "park"


# --- keys, recording, phones ----------------------------------------------------------------------


def test_keys_go_to_whom_the_rep_hears() -> None:
    story = Story()
    assert story.orders(ev.KeysPressed("ann", "12#")) == [PressKeys(story.leg("ann"), "12#")]


def test_a_paused_recording_goes_on_with_the_same_rep_only_when_told() -> None:
    story = Story()
    assert story.orders(ev.RecordingAsked("ann", True)) == [PauseRecording("a1")]
    story.hold()
    story.do(ev.ResumeAsked("ann"))
    assert story.bridges("ann") == []
    assert story.attempt("a1").recording == "paused"
    assert story.orders(ev.RecordingAsked("ann", False)) == [ResumeRecording("a1", anew=True)]


def test_another_rep_is_recorded_again() -> None:
    story = Story()
    story.do(ev.RecordingAsked("ann", True))
    story.do(ev.TransferAsked("ann", to="bob"))
    story.asks("aside")
    assert ResumeRecording("a1", anew=True) in story.bridges("bob")


def test_what_is_not_recorded_cannot_be_paused() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    with pytest.raises(ImpossibleEvent, match="not recorded"):
        scene.do(ev.RecordingAsked("ann", True))


def test_a_phone_that_is_back_is_called_at_once_whatever_its_next_try() -> None:
    story = Story()
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    for _ in range(4):
        calls = [it for it in story.pass_s(11.0) if isinstance(it, CallPhone)]
        story.do(ev.LegGone(calls[-1].leg, story.now, 20))
    assert [type(it) for it in story.orders(ev.PhoneBack("ann"))] == [CallPhone]


def test_a_phone_whose_old_leg_ends_after_it_has_registered_is_called_at_once() -> None:
    story = Story()
    story.do(ev.PhoneBack("ann"))
    commands = story.orders(ev.LegGone(story.leg("ann"), story.now, 44))
    assert [it for it in commands if isinstance(it, CallPhone)]


# --- after a restart ------------------------------------------------------------------------------


def test_a_new_engine_finds_the_callee_on_hold_and_whose_call_it_is() -> None:
    scene = Scene(rules=RULES)
    leg = "leg-old-1-ann"
    scene.do(ev.AgentRestored("ann", "ready", leg))
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    scene.do(ev.PickedUp("a1", scene.now - 50.0))
    scene.do(ev.RouteAskedAgain("a1", scene.now, "held", leg, scene.now - 45.0))
    scene.do(ev.LegParked(leg, scene.now))
    attempt = scene.attempt("a1")
    assert (attempt.agent, held_by(attempt), attempt.connected_at) == ("ann", "agent", 55.0)
    assert scene.agent("ann").state is AgentState.TALKING
    assert Connect("a1", "ann", leg) in scene.do(ev.ResumeAsked("ann"))
    record = next(
        it
        for it in scene.do(ev.HungUp("a1", scene.now, 16, "callee"))
        if isinstance(it, CloseAttempt)
    )
    assert (record.outcome, record.agent) == ("connected", "ann")


def test_a_new_engine_ends_whoever_is_left_outside() -> None:
    scene = Scene(rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    assert HangUp(OUTSIDE) in scene.do(ev.LegParked(OUTSIDE, scene.now))


def test_a_new_engine_takes_callee_and_outside_for_what_they_are() -> None:
    scene = Scene(rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    scene.do(ev.PickedUp("a1", scene.now - 50.0))
    scene.do(ev.Bridged("a1", OUTSIDE, scene.now - 40.0))
    assert scene.attempt("a1").phase is Phase.TALKING
    commands = scene.do(ev.HungUp("a1", scene.now, 16, "callee"))
    assert HangUp(OUTSIDE) in commands


def test_a_new_engine_books_who_talks_outside_as_connected() -> None:
    scene = Scene(rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    scene.do(ev.PickedUp("a1", scene.now - 50.0))
    scene.do(ev.Bridged("a1", OUTSIDE, scene.now - 40.0))
    commands = scene.do(ev.HungUp("a1", scene.now, 16, "callee"))
    (record,) = [it for it in commands if isinstance(it, CloseAttempt)]
    assert (record.outcome, record.talk_seconds) == ("connected", 0.0)
    assert not [line for line in scene.pacer.told if line[0] == "abandoned"]


def test_a_new_engine_lets_a_recording_be_paused() -> None:
    scene = Scene(rules=RULES)
    leg = "leg-old-1-ann"
    scene.do(ev.AgentRestored("ann", "ready", leg))
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    scene.do(ev.PickedUp("a1", scene.now - 50.0))
    scene.do(ev.Bridged("a1", leg, scene.now - 45.0))
    assert PauseRecording("a1") in scene.do(ev.RecordingAsked("ann", paused=True))


# --- what pacing may count on ---------------------------------------------------------------------


def test_a_rep_who_takes_a_parked_call_in_a_pause_stays_paused_to_the_pacer() -> None:
    story = Story()
    story.do(ev.PauseAsked("bob", "tea"))
    story.do(ev.ParkAsked("ann"))
    story.asks("aside")
    story.asks("held")
    before = len(story.pacer.told)
    story.do(ev.PickupAsked("bob", "a1"))
    story.bridges("bob")
    assert story.agent("bob").state is AgentState.TALKING
    assert not [line for line in story.pacer.told[before:] if line[:2] == ("agent", "bob")]
    story.hung_up()
    story.do(ev.CallFinished("bob", "sale"))
    assert (story.agent("bob").state, story.agent("bob").reason) == (AgentState.PAUSED, "tea")
    told = [line for line in story.pacer.told if line[:2] == ("agent", "bob")]
    assert told[-1][2] == "paused"


def test_a_pause_said_with_the_disposition_does_not_undo_a_logout() -> None:
    story = Story()
    story.do(ev.LogoutAsked("ann"))
    story.do(ev.CallFinished("ann", "sale", then_pause=True))
    story.hung_up()
    assert story.agent("ann").state is AgentState.OUT


def test_without_a_switch_no_recording_seems_paused() -> None:
    story = Story()
    story.do(ev.SwitchLost())
    with pytest.raises(ImpossibleEvent, match="no Asterisk can be reached"):
        story.do(ev.RecordingAsked("ann", paused=True))
    assert story.attempt("a1").recording == "on"
