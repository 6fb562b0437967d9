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
)
from dialer.floor.events import (
    AskerLeft,
    Bridged,
    HangupAsked,
    HungUp,
    LegGone,
    LegParked,
    RouteAskedAgain,
    Ticked,
    Unbridged,
)
from dialer.testing.playbook import like, play
from dialer.testing.scene import Scene

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
