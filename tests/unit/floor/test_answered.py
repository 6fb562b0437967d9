"""Stories of answered calls: who takes them, and what becomes of those nobody takes."""

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
    NoteWrapup,
    PlayMessage,
)
from dialer.floor.events import (
    AskerLeft,
    Bridged,
    HungUp,
    LegGone,
    LegParked,
    PickedUp,
    Rang,
    ReadyAsked,
    RouteAsked,
    RouteAskedAgain,
    Ticked,
    Unbridged,
)
from tests.kit.playbook import Impossible, like, play
from tests.kit.scene import Scene

NO_WRAPUP = CampaignRules(running=True, wrapup_limit=0.0)


def test_the_rep_who_has_waited_longest_takes_the_call() -> None:
    scene = Scene("ann", "bob")
    scene.ring("a1", "a2")
    now = scene.now
    play(
        scene.floor,
        (now, RouteAsked("a1", now), [Connect("a1", "ann", scene.leg("ann"))]),
        (now, RouteAsked("a2", now), [Connect("a2", "bob", scene.leg("bob"))]),
    )


def test_a_whole_conversation_from_the_first_ring_to_the_next_call() -> None:
    scene = Scene("ann")
    scene.dial("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t + 1, Rang("a1", t + 1), []),
        (t + 5, PickedUp("a1", t + 5), []),
        (t + 5.004, RouteAsked("a1", t + 5), [Connect("a1", "ann", leg)]),
        (t + 5.01, Bridged("a1", leg, t + 5.01), [like(AgentMoved, state="talking")]),
        (t + 65, Unbridged("a1", leg, t + 65), []),
        (t + 65, LegParked(leg, t + 65), []),
        (
            t + 65.01,
            HungUp("a1", t + 65, 16, "callee"),
            [
                CloseAttempt(
                    attempt="a1",
                    lead="lead-a1",
                    campaign="gold",
                    outcome="connected",
                    placed_at=t,
                    ended_at=t + 65,
                    trunk="carrier",
                    node="local",
                    ringing_at=t + 1,
                    answered_at=t + 5,
                    connected_at=t + 5.01,
                    answered_by="human",
                    agent="ann",
                    talk_seconds=pytest.approx(59.99),
                    hangup_cause=16,
                    hangup_by="callee",
                )
            ],
        ),
        (
            t + 125.01,
            Ticked(),
            [NoteWrapup("a1", "ann", 60.0, None, campaign="gold", lead="lead-a1")],
        ),
    )
    assert scene.agent("ann").state is AgentState.READY
    assert scene.pacer.open_calls == set()


def test_with_nobody_free_the_message_comes_at_connect_within_exactly() -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t + 0.004, RouteAsked("a1", t), []),
        (t + 1.999, Ticked(), []),
        (t + 2.0, Ticked(), [PlayMessage("a1")]),
        (
            t + 7,
            HungUp("a1", t + 7, 16, "network"),
            [like(CloseAttempt, outcome="abandoned", hangup_by="dialer", agent=None)],
        ),
    )
    assert scene.pacer.calls["a1"] == "abandoned"


def test_the_engine_is_told_to_come_back_at_the_very_moment_the_message_is_due() -> None:
    scene = Scene()
    scene.answer("a1")
    scene.pass_s(1.9)
    assert scene.floor.next_deadline() == pytest.approx(scene.now + 0.1)


def test_a_rep_who_becomes_free_in_time_takes_whoever_has_waited_longest() -> None:
    scene = Scene()
    scene.login("ann")
    scene.ring("a1", "a2")
    scene.do(RouteAsked("a2", scene.now))
    scene.do(RouteAsked("a1", scene.now), after_s=0.5)
    leg = scene.leg("ann")
    play(scene.floor, (scene.now + 0.5, ReadyAsked("ann"), [Connect("a2", "ann", leg)]))


def test_a_callee_who_hangs_up_while_waiting_is_abandoned_by_callee() -> None:
    scene = Scene()
    scene.answer("a1")
    t = scene.now + 1
    play(
        scene.floor,
        (t, AskerLeft("a1", t), []),
        (
            t,
            HungUp("a1", t, 16, "callee"),
            [like(CloseAttempt, outcome="abandoned", hangup_by="callee")],
        ),
        (t + 5, Ticked(), []),
    )
    assert scene.pacer.calls["a1"] == "abandoned"


def test_a_callee_who_hangs_up_while_reserved_leaves_the_rep_first_in_line() -> None:
    scene = Scene("ann", "bob")
    scene.answer("a1")
    t = scene.now + 0.01
    play(
        scene.floor,
        (
            t,
            HungUp("a1", t, 16, "callee"),
            [
                like(CloseAttempt, outcome="abandoned", hangup_by="callee", agent=None),
                like(AgentMoved, agent="ann", state="ready"),
            ],
        ),
    )
    assert list(scene.floor.free) == ["ann", "bob"]
    assert scene.agent("ann").attempt is None


def test_a_callee_who_hangs_up_during_the_message_is_abandoned_by_callee() -> None:
    scene = Scene()
    scene.answer("a1")
    scene.pass_s(3)
    assert scene.attempt("a1").phase is Phase.MESSAGE
    t = scene.now
    play(
        scene.floor,
        (
            t,
            HungUp("a1", t, 16, "callee"),
            [like(CloseAttempt, outcome="abandoned", hangup_by="callee")],
        ),
    )


def test_a_leg_dead_at_the_bridge_costs_the_callee_the_next_rep_not_a_new_wait() -> None:
    scene = Scene("ann", "bob")
    scene.answer("a1")
    t, bobs_leg = scene.now, scene.leg("bob")
    play(
        scene.floor,
        (t + 0.3, RouteAskedAgain("a1", t + 0.3, "nonexistent"), [Connect("a1", "bob", bobs_leg)]),
        (t + 0.6, RouteAskedAgain("a1", t + 0.6, "busy-leg"), []),
        (t + 1.999, Ticked(), []),
        (t + 2.0, Ticked(), [PlayMessage("a1")]),
    )
    for name in ("ann", "bob"):
        assert scene.agent(name).phone is Phone.DOUBTED
        assert scene.agent(name).state is AgentState.PAUSED


def test_a_doubted_phone_gets_no_call_until_it_proves_itself() -> None:
    scene = Scene("ann")
    scene.answer("a1")
    scene.do(RouteAskedAgain("a1", scene.now, "busy-leg"))
    leg, t = scene.leg("ann"), scene.now
    play(scene.floor, (t + 0.5, LegParked(leg, t + 0.5), [Connect("a1", "ann", leg)]))


def test_a_leg_that_dies_while_reserved_is_called_again_and_the_callee_gets_another() -> None:
    scene = Scene("ann", "bob")
    scene.answer("a1")
    t, leg = scene.now, scene.leg("ann")
    play(
        scene.floor,
        (t + 0.001, LegGone(leg, t, 44), []),
        (
            t + 0.002,
            RouteAskedAgain("a1", t, "nonexistent"),
            [Connect("a1", "bob", scene.leg("bob"))],
        ),
        (t + 0.501, Ticked(), [CallPhone("ann", "leg-run-3-ann")]),
        (t + 1, LegParked("leg-run-3-ann", t + 1), []),
    )
    assert scene.agent("ann").state is AgentState.READY


def test_a_request_older_than_connect_within_gets_the_message_at_once() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    t = scene.now
    play(scene.floor, (t + 10, RouteAsked("a1", t), [PlayMessage("a1")]))
    assert scene.pacer.calls["a1"] == "abandoned"


def test_a_machine_is_hung_up_and_never_reaches_a_rep() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t + 3, RouteAsked("a1", t + 3, "machine"), [Drop("a1")]),
        (
            t + 3.1,
            HungUp("a1", t + 3.1, 16, "network"),
            [like(CloseAttempt, outcome="machine", answered_by="machine", hangup_by="dialer")],
        ),
    )
    assert scene.pacer.calls["a1"] == "machine"
    assert list(scene.floor.free) == ["ann"]


def test_behind_a_machine_detector_the_two_seconds_start_when_it_has_decided() -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t + 3, RouteAsked("a1", t + 3), []),
        (t + 4.999, Ticked(), []),
        (t + 5, Ticked(), [PlayMessage("a1")]),
        (t + 9, HungUp("a1", t + 9, 16), [like(CloseAttempt, answered_at=t)]),
    )


def test_a_call_hung_up_before_the_dialplan_asks_is_abandoned() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t + 0.1, HungUp("a1", t + 0.1, 16, "callee"), [like(CloseAttempt, outcome="abandoned")]),
    )
    assert scene.pacer.calls["a1"] == "abandoned"


def test_the_dialplan_may_ask_before_the_answer_and_the_ringing_are_told() -> None:
    scene = Scene("ann")
    scene.dial("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t + 6, RouteAsked("a1", t + 5.9), [Connect("a1", "ann", leg)]),
        (t + 6.001, Rang("a1", t + 1), []),
        (t + 6.002, PickedUp("a1", t + 5.9), []),
        (t + 6.003, Bridged("a1", leg, t + 6.003), []),
        (
            t + 9,
            HungUp("a1", t + 9, 16, "callee"),
            [like(CloseAttempt, ringing_at=t + 1, answered_at=t + 5.9, connected_at=t + 6.003)],
        ),
    )


def test_a_bridge_told_after_its_end_does_not_start_a_conversation() -> None:
    scene = Scene("ann", "bob")
    scene.answer("a1")
    anns_leg, bobs_leg, t = scene.leg("ann"), scene.leg("bob"), scene.now
    scene.do(LegGone(bobs_leg, t, 0))
    play(
        scene.floor,
        (t + 0.01, RouteAskedAgain("a1", t + 0.01, "success"), []),
        (t + 0.02, Bridged("a1", anns_leg, t + 0.005), []),
        (t + 0.02, Unbridged("a1", anns_leg, t + 0.009), []),
    )
    assert scene.attempt("a1").phase is Phase.WAITING
    assert PlayMessage("a1") in scene.pass_s(2.0)


def test_without_wrapup_the_rep_is_free_when_the_leg_is_back_in_its_place() -> None:
    scene = Scene("ann", rules=NO_WRAPUP)
    scene.talk("a1")
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (
            t,
            HungUp("a1", t, 16, "callee"),
            [
                like(CloseAttempt, outcome="connected"),
                NoteWrapup("a1", "ann", 0.0, None, campaign="gold", lead="lead-a1"),
            ],
        ),
    )
    assert scene.agent("ann").state is AgentState.READY
    assert not scene.floor.free
    scene.do(LegParked(leg, t))
    assert list(scene.floor.free) == ["ann"]


def test_a_reservation_told_to_nobody_frees_the_rep() -> None:
    scene = Scene("ann")
    scene.answer("a1")
    t = scene.now
    play(scene.floor, (t, AskerLeft("a1", t), [like(AgentMoved, agent="ann", state="ready")]))
    assert list(scene.floor.free) == ["ann"]


def test_an_unknown_call_that_asks_is_refused() -> None:
    scene = Scene("ann")
    play(scene.floor, (scene.now, RouteAsked("nobody", scene.now), Impossible("unknown")))


def test_a_phone_nobody_called_is_ended() -> None:
    scene = Scene()
    play(scene.floor, (scene.now, LegParked("leg-old-1-ann", scene.now), [HangUp("leg-old-1-ann")]))
