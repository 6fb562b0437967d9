"""Stories of reps' phones that go away, and of who ends a conversation."""

from __future__ import annotations

import pytest

from dialer.floor import AgentState, CampaignRules, Phase, Phone
from dialer.floor.commands import (
    AgentMoved,
    CallPhone,
    CloseAttempt,
    Connect,
    Drop,
    HangUp,
    Hold,
    PlayMessage,
    TakeAside,
)
from dialer.floor.events import (
    AgentRestored,
    AskerLeft,
    Bridged,
    HangupAsked,
    HungUp,
    LegGone,
    LegOffHold,
    LegOnHold,
    LegParked,
    PauseAsked,
    ReadyAsked,
    RouteAsked,
    RouteAskedAgain,
    Ticked,
    Unbridged,
)
from tests.kit.playbook import like, play
from tests.kit.scene import Scene

HOLDS = CampaignRules(running=True, hold_limit=20.0)


def test_a_rep_who_puts_the_phone_down_in_a_call_ends_it() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, Unbridged("a1", leg, t), []),
        (t, LegGone(leg, t, 16, bye=True), []),
        (t + 0.01, RouteAskedAgain("a1", t + 0.01, "success"), [Drop("a1")]),
        (
            t + 0.02,
            HungUp("a1", t + 0.02, 16, "network"),
            [like(CloseAttempt, outcome="connected", hangup_by="agent", agent="ann")],
        ),
        (t + 0.5, Ticked(), [CallPhone("ann", "leg-run-2-ann")]),
    )
    assert scene.agent("ann").state is AgentState.WRAPUP


def test_the_dialplan_may_ask_before_the_end_of_the_phone_is_told() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, RouteAskedAgain("a1", t, "success"), []),
        (t + 0.01, LegGone(leg, t, 16, bye=True), [Drop("a1")]),
    )


def test_a_phone_lost_in_a_call_is_called_again_and_the_talk_goes_on() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, LegGone(leg, t, 44), []),
        (t + 0.01, RouteAskedAgain("a1", t + 0.01, "success"), []),
        (t + 0.5, Ticked(), [CallPhone("ann", "leg-run-2-ann")]),
        (t + 1.01, Ticked(), [Hold("a1", 20.0)]),
        (t + 1.02, RouteAskedAgain("a1", t + 1.02, "held"), []),
        (
            t + 6,
            LegParked("leg-run-2-ann", t + 6),
            [Connect("a1", "ann", "leg-run-2-ann")],
        ),
        (t + 6.01, Bridged("a1", "leg-run-2-ann", t + 6.01), []),
        (
            t + 16.01,
            HungUp("a1", t + 16.01, 16, "callee"),
            [like(CloseAttempt, outcome="connected", talk_seconds=pytest.approx(20.01))],
        ),
    )
    assert scene.agent("ann").calls == 1
    assert scene.agent("ann").state is AgentState.WRAPUP


def test_a_phone_that_is_back_within_the_grace_gets_its_callee_without_a_tone() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, RouteAskedAgain("a1", t, "success"), []),
        (t + 0.2, LegParked(leg, t + 0.2), [Connect("a1", "ann", leg)]),
    )


def test_when_the_hold_is_over_another_rep_takes_the_call() -> None:
    scene = Scene("ann", "bob", rules=HOLDS)
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    bobs_leg = scene.leg("bob")
    scene.do(LegGone(leg, t, 44))
    scene.do(RouteAskedAgain("a1", t, "success"))
    assert Hold("a1", 20.0) in scene.pass_s(1.0)
    scene.do(RouteAskedAgain("a1", scene.now, "held"))
    assert Connect("a1", "bob", bobs_leg) in scene.pass_s(20.1)
    assert scene.agent("ann").state is AgentState.WRAPUP
    t = scene.now
    play(
        scene.floor,
        (t, Bridged("a1", bobs_leg, t), [like(AgentMoved, agent="bob", state="talking")]),
        (t + 5, HungUp("a1", t + 5, 16, "callee"), [like(CloseAttempt, agent="bob")]),
    )
    assert scene.agent("bob").calls == 1


def test_when_the_hold_is_over_and_nobody_is_free_the_callee_hears_the_message() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.talk("a1")
    t = scene.now
    scene.do(LegGone(scene.leg("ann"), t, 44))
    scene.do(RouteAskedAgain("a1", t, "success"))
    scene.pass_s(1.0)
    scene.do(RouteAskedAgain("a1", scene.now, "held"))
    commands = scene.pass_s(20.1)
    assert PlayMessage("a1") in commands
    assert scene.pacer.calls["a1"] == "connected", "a talk that broke is not abandoned"
    play(
        scene.floor,
        (
            scene.now,
            HungUp("a1", scene.now, 16),
            [like(CloseAttempt, outcome="connected", agent="ann", hangup_by="dialer")],
        ),
    )


def test_the_record_names_the_rep_who_talked_not_one_who_was_only_reserved() -> None:
    scene = Scene("ann", "bob", rules=CampaignRules(running=True, hold_limit=0.0))
    scene.talk("a1")
    t = scene.now
    scene.do(LegGone(scene.leg("ann"), t, 44))
    scene.do(RouteAskedAgain("a1", t, "success"))
    bobs_leg = scene.leg("bob")
    assert Connect("a1", "bob", bobs_leg) in scene.pass_s(1.0)
    t = scene.now
    play(
        scene.floor,
        (t, RouteAskedAgain("a1", t, "nonexistent"), []),
        (t + 1, Ticked(), [PlayMessage("a1")]),
        (t + 1, HungUp("a1", t + 1, 16), [like(CloseAttempt, agent="ann")]),
    )
    assert scene.agent("bob").state is AgentState.PAUSED


def test_a_refused_return_to_the_own_rep_does_not_ask_the_dialplan_in_circles() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, LegParked(leg, t), []),
        (t, RouteAskedAgain("a1", t, "success"), [Connect("a1", "ann", leg)]),
        (t + 0.01, RouteAskedAgain("a1", t + 0.01, "busy-leg"), []),
        (t + 1.02, Ticked(), [Hold("a1", 20.0)]),
    )
    assert scene.agent("ann").phone is Phone.DOUBTED


def test_a_callee_who_hangs_up_on_hold_ends_the_call_for_the_rep() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.talk("a1")
    t = scene.now
    scene.do(LegGone(scene.leg("ann"), t, 44))
    scene.do(RouteAskedAgain("a1", t, "success"))
    scene.pass_s(1.0)
    scene.do(RouteAskedAgain("a1", scene.now, "held"))
    t = scene.now
    play(
        scene.floor,
        (t, AskerLeft("a1", t), [like(AgentMoved, agent="ann", state="wrapup")]),
        (t, HungUp("a1", t, 16, "callee"), [like(CloseAttempt, hangup_by="callee")]),
    )


def test_a_rep_may_end_the_conversation_and_keeps_the_phone() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, HangupAsked("ann"), [HangUp("a1")]),
        (t + 0.01, Unbridged("a1", leg, t), []),
        (t + 0.01, LegParked(leg, t), []),
        (t + 0.02, HungUp("a1", t, 16, "dialer"), [like(CloseAttempt, hangup_by="agent")]),
    )
    assert scene.agent("ann").phone is Phone.PARKED


def test_a_phone_that_cannot_be_reached_is_called_at_growing_intervals() -> None:
    scene = Scene("ann")
    waits = []
    for _ in range(7):
        scene.do(LegGone(scene.leg("ann"), scene.now, 0))
        lost_at = scene.now
        while scene.agent("ann").leg is None:
            scene.pass_s(0.25)
        waits.append(scene.now - lost_at)
    assert waits == pytest.approx([0.5, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0])


def test_a_free_rep_whose_phone_is_lost_takes_no_call_until_it_is_back() -> None:
    scene = Scene("ann")
    scene.do(LegGone(scene.leg("ann"), scene.now, 44))
    assert scene.agent("ann").state is AgentState.PAUSED
    assert not scene.floor.free
    scene.answer("a1")
    assert scene.attempt("a1").phase is Phase.WAITING
    leg = scene.leg("ann")
    t = scene.now
    play(scene.floor, (t, LegParked(leg, t), [Connect("a1", "ann", leg)]))


# --- Hold, pressed on the phone itself ------------------------------------------------------------


def test_a_rep_who_presses_hold_is_paused_until_the_phone_is_back() -> None:
    scene = Scene("ann")
    leg, ann = scene.leg("ann"), scene.agent("ann")
    scene.do(LegOnHold(leg, scene.now))
    assert (ann.state, ann.reason, ann.phone) == (AgentState.PAUSED, "phone-hold", Phone.HELD)
    scene.do(ReadyAsked("ann"))
    assert ann.state is AgentState.PAUSED
    scene.do(LegOffHold(leg, scene.now))
    assert (ann.state, ann.reason, ann.phone) == (AgentState.READY, "", Phone.PARKED)
    assert "ann" in scene.floor.free


def test_who_is_answered_while_the_only_phone_is_on_hold_waits() -> None:
    scene = Scene("ann")
    leg = scene.leg("ann")
    scene.ring("a1")
    scene.do(LegOnHold(leg, scene.now))
    t = scene.now
    play(
        scene.floor,
        (t, RouteAsked("a1", t), []),
        (t + 1, LegOffHold(leg, t + 1), [Connect("a1", "ann", leg)]),
    )


def test_a_pause_asked_for_on_hold_stays_when_the_phone_is_back() -> None:
    scene = Scene("ann")
    leg = scene.leg("ann")
    scene.do(LegOnHold(leg, scene.now))
    scene.do(PauseAsked("ann", "lunch"))
    scene.do(LegOffHold(leg, scene.now))
    assert (scene.agent("ann").state, scene.agent("ann").reason) == (AgentState.PAUSED, "lunch")


def test_hold_in_a_call_leaves_it_and_pauses_the_rep_when_it_is_over() -> None:
    scene = Scene("ann", rules=CampaignRules(running=True, wrapup_limit=0.0))
    scene.talk("a1")
    leg = scene.leg("ann")
    assert scene.do(LegOnHold(leg, scene.now)) == []
    scene.do(Unbridged("a1", leg, scene.now))
    scene.do(HungUp("a1", scene.now, 16, "callee"))
    scene.do(LegParked(leg, scene.now))
    assert (scene.agent("ann").state, scene.agent("ann").reason) == (
        AgentState.PAUSED,
        "phone-hold",
    )
    scene.do(LegOffHold(leg, scene.now))
    assert scene.agent("ann").state is AgentState.READY


def test_who_is_connected_in_the_moment_of_the_hold_waits_with_the_tone_until_it_is_over() -> None:
    scene = Scene("ann", rules=HOLDS)
    scene.answer("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, LegOnHold(leg, t), []),
        (t + 0.01, Bridged("a1", leg, t + 0.01), [TakeAside("a1")]),
        (t + 0.02, Unbridged("a1", leg, t + 0.02), []),
        (t + 0.02, RouteAskedAgain("a1", t + 0.02, "aside"), []),
        (t + 0.03, LegParked(leg, t + 0.03), []),
        (t + 1.03, Ticked(), [Hold("a1", 20.0)]),
        (t + 1.04, RouteAskedAgain("a1", t + 1.04, "held"), []),
        (t + 5, LegOffHold(leg, t + 5), [Connect("a1", "ann", leg)]),
    )


def test_a_new_call_to_the_phone_is_not_on_hold() -> None:
    scene = Scene("ann")
    scene.do(LegOnHold(scene.leg("ann"), scene.now))
    scene.do(LegGone(scene.leg("ann"), scene.now, 16, bye=True))
    scene.pass_s(0.6)
    scene.do(LegParked(scene.leg("ann"), scene.now))
    assert scene.agent("ann").state is AgentState.READY


def test_a_restart_believes_a_phone_on_hold_until_it_is_told_otherwise() -> None:
    scene = Scene()
    leg = "leg-before-1-ann"
    scene.do(AgentRestored("ann", "paused", leg, "phone-hold"))
    scene.do(LegParked(leg, scene.now))
    assert scene.agent("ann").reason == "phone-hold"
    scene.do(LegOffHold(leg, scene.now))
    assert scene.agent("ann").state is AgentState.READY
