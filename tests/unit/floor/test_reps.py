"""Stories of reps: wrap-up, pause, logout, and what a floor knows after a restart."""

from __future__ import annotations

import pytest

from dialer.floor import AgentState, CampaignRules, Phase, PoolRules
from dialer.floor.commands import AgentMoved, CallPhone, CloseAttempt, Connect, HangUp, NoteWrapup
from dialer.floor.events import (
    AgentRestored,
    AttemptRestored,
    Bridged,
    CallFinished,
    FinishingHinted,
    HangupAsked,
    HungUp,
    LedgerTold,
    LegGone,
    LegParked,
    LoggedIn,
    LogoutAsked,
    PauseAsked,
    PickedUp,
    ReadyAsked,
    RouteAsked,
    RouteAskedAgain,
    Ticked,
)
from tests.kit.playbook import Impossible, like, play
from tests.kit.scene import Scene


def test_login_calls_the_phone_once_and_pauses_until_the_rep_is_ready() -> None:
    scene = Scene()
    t = scene.now
    play(
        scene.floor,
        (t, LoggedIn("ann"), [CallPhone("ann", "leg-run-1-ann")]),
        (t + 1, LoggedIn("ann"), []),
        (t + 2, LegParked("leg-run-1-ann", t + 2), []),
        (t + 3, ReadyAsked("ann"), [like(AgentMoved, state="ready", before="paused")]),
    )
    assert list(scene.floor.free) == ["ann"]


def test_ready_asked_before_the_phone_answers_holds_from_when_it_does() -> None:
    scene = Scene()
    t = scene.now
    play(
        scene.floor,
        (t, LoggedIn("ann"), [CallPhone("ann", "leg-run-1-ann")]),
        (t, ReadyAsked("ann"), [like(AgentMoved, state="paused", reason="phone")]),
        (
            t + 2,
            LegParked("leg-run-1-ann", t + 2),
            [like(AgentMoved, phone="parked"), like(AgentMoved, state="ready")],
        ),
    )


def test_wrapup_ends_with_its_time() -> None:
    scene = Scene("ann", rules=CampaignRules(running=True, wrapup_limit=30.0))
    scene.talk("a1")
    t = scene.now
    scene.do(LegParked(scene.leg("ann"), t))
    play(
        scene.floor,
        (t, HungUp("a1", t, 16, "callee"), [like(CloseAttempt, outcome="connected")]),
        (t + 29.9, Ticked(), []),
        (
            t + 30.0,
            Ticked(),
            [NoteWrapup("a1", "ann", 30.0, None, campaign="gold", lead="lead-a1")],
        ),
    )
    assert scene.agent("ann").state is AgentState.READY


def test_wrapup_ends_with_the_disposition() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    t = scene.now
    scene.do(LegParked(scene.leg("ann"), t))
    scene.do(HungUp("a1", t, 16, "callee"))
    play(
        scene.floor,
        (
            t + 4,
            CallFinished("ann", "sale"),
            [NoteWrapup("a1", "ann", 4.0, "sale", campaign="gold", lead="lead-a1")],
        ),
        (t + 90, Ticked(), []),
    )
    assert scene.agent("ann").state is AgentState.READY


def test_a_disposition_said_in_mid_call_leaves_no_wrapup() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    t = scene.now
    play(
        scene.floor,
        (t, FinishingHinted("ann"), []),
        (t, CallFinished("ann", "callback"), []),
        (
            t + 5,
            HungUp("a1", t + 5, 16, "callee"),
            [
                like(CloseAttempt),
                NoteWrapup("a1", "ann", 0.0, "callback", campaign="gold", lead="lead-a1"),
            ],
        ),
    )
    assert ("finishing", "ann") in scene.pacer.told


def test_the_next_call_does_not_inherit_a_disposition() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    scene.do(CallFinished("ann", "sale"))
    scene.do(HungUp("a1", scene.now, 16))
    scene.do(LegParked(scene.leg("ann"), scene.now))
    scene.talk("a2")
    scene.do(HungUp("a2", scene.now, 16))
    assert scene.agent("ann").state is AgentState.WRAPUP


def test_finishing_with_a_pause_pauses() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    scene.do(LegParked(scene.leg("ann"), scene.now))
    scene.do(HungUp("a1", scene.now, 16))
    scene.do(CallFinished("ann", "sale", then_pause=True))
    assert scene.agent("ann").state is AgentState.PAUSED


@pytest.mark.parametrize("wish", [PauseAsked("ann", "lunch"), LogoutAsked("ann")])
def test_a_rep_nobody_waits_for_leaves_at_once(wish: PauseAsked | LogoutAsked) -> None:
    scene = Scene("ann")
    leg = scene.leg("ann")
    commands = scene.do(wish)
    goes_out = isinstance(wish, LogoutAsked)
    assert scene.agent("ann").state is (AgentState.OUT if goes_out else AgentState.PAUSED)
    assert (HangUp(leg) in commands) is goes_out
    assert not scene.floor.free


def test_a_rep_stays_until_the_calls_placed_for_them_are_settled() -> None:
    scene = Scene("ann")
    scene.ring("a1", "a2")
    t = scene.now
    play(
        scene.floor,
        (t, PauseAsked("ann", "lunch"), [like(AgentMoved, state="ready")]),
        (t, HungUp("a1", t, 19), [like(CloseAttempt, outcome="no_answer")]),
        (
            t + 1,
            HungUp("a2", t + 1, 17),
            [
                like(CloseAttempt, outcome="busy"),
                like(AgentMoved, state="paused", reason="lunch"),
            ],
        ),
    )


def test_a_rep_who_asked_to_leave_still_takes_the_call_placed_for_them() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    scene.do(LogoutAsked("ann"))
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, RouteAsked("a1", t), [Connect("a1", "ann", leg)]),
        (t, Bridged("a1", leg, t), []),
        (t + 9, HungUp("a1", t + 9, 16, "callee"), [like(CloseAttempt, outcome="connected")]),
        (
            t + 12,
            CallFinished("ann", "sale"),
            [NoteWrapup("a1", "ann", 3.0, "sale", campaign="gold", lead="lead-a1"), HangUp(leg)],
        ),
    )
    assert scene.agent("ann").state is AgentState.OUT


def test_calls_placed_after_the_wish_do_not_keep_the_rep() -> None:
    scene = Scene("ann", "bob")
    scene.ring("a1")
    scene.do(PauseAsked("ann"))
    scene.ring("a2")
    t = scene.now
    play(scene.floor, (t, HungUp("a1", t, 19), [like(CloseAttempt)]))
    assert scene.agent("ann").state is AgentState.PAUSED


def test_a_pool_may_let_reps_leave_at_once_whatever_rings() -> None:
    scene = Scene("ann", pool=PoolRules(leave_when_settled=False))
    scene.ring("a1")
    scene.do(PauseAsked("ann"))
    assert scene.agent("ann").state is AgentState.PAUSED


def test_a_rep_who_changes_their_mind_stays_and_pacing_counts_on_them_again() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    scene.do(LogoutAsked("ann"))
    assert scene.pacer.going == {"ann"}
    scene.do(ReadyAsked("ann"))
    assert scene.pacer.going == set()
    scene.do(HungUp("a1", scene.now, 19))
    assert scene.agent("ann").state is AgentState.READY


@pytest.mark.parametrize("wish", [PauseAsked("ann", "lunch"), LogoutAsked("ann")])
@pytest.mark.parametrize("when", ["reserved", "talking", "wrapup"])
def test_leaving_at_work_takes_effect_after_the_call(
    wish: PauseAsked | LogoutAsked, when: str
) -> None:
    scene = Scene("ann")
    scene.answer("a1")
    if when == "reserved":
        scene.do(wish)
    scene.do(Bridged("a1", scene.leg("ann"), scene.now))
    if when == "talking":
        scene.do(wish)
    scene.do(HungUp("a1", scene.now, 16, "callee"), after_s=5)
    scene.do(LegParked(scene.leg("ann"), scene.now))
    if when == "wrapup":
        scene.do(wish)
    assert scene.agent("ann").state is AgentState.WRAPUP
    scene.do(CallFinished("ann", None))
    goes_out = isinstance(wish, LogoutAsked)
    assert scene.agent("ann").state is (AgentState.OUT if goes_out else AgentState.PAUSED)


def test_a_rep_who_leaves_while_reserved_for_a_callee_who_goes_is_let_go() -> None:
    scene = Scene("ann")
    scene.answer("a1")
    scene.do(LogoutAsked("ann"))
    scene.do(HungUp("a1", scene.now, 16, "callee"))
    assert scene.agent("ann").state is AgentState.OUT


def test_a_leaving_rep_whose_phone_is_lost_is_not_called_again() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    scene.do(LogoutAsked("ann"))
    scene.do(LegGone(scene.leg("ann"), scene.now, 16, bye=True))
    assert scene.agent("ann").state is AgentState.OUT
    assert not [c for c in scene.pass_s(20) if isinstance(c, CallPhone)]


def test_a_rep_who_is_out_can_do_nothing_but_log_in() -> None:
    scene = Scene()
    t = scene.now
    for wish in (ReadyAsked("ann"), PauseAsked("ann"), LogoutAsked("ann"), HangupAsked("ann")):
        play(scene.floor, (t, wish, Impossible("out")))
    assert "ann" not in scene.floor.agents


# --- after a restart ------------------------------------------------------------------------------


def restored(scene: Scene, attempt: str, placed_at: float) -> None:
    scene.do(AttemptRestored(attempt, "gold", f"lead-{attempt}", "gold", placed_at, "carrier"))


def test_a_rep_found_on_the_line_after_a_restart_is_ready_again() -> None:
    scene = Scene()
    t = scene.now
    play(
        scene.floor,
        (t, AgentRestored("ann", "ready", "leg-old-4-ann"), []),
        (t + 1, LegParked("leg-old-4-ann", t + 1), []),
    )
    assert list(scene.floor.free) == ["ann"]


def test_a_paused_rep_is_paused_after_a_restart() -> None:
    scene = Scene()
    scene.do(AgentRestored("ann", "paused", "leg-old-4-ann", "lunch"))
    scene.do(LegParked("leg-old-4-ann", scene.now))
    assert (scene.agent("ann").state, scene.agent("ann").reason) == (AgentState.PAUSED, "lunch")


def test_a_rep_without_a_phone_is_called_after_a_restart() -> None:
    scene = Scene()
    t = scene.now
    play(
        scene.floor,
        (t, AgentRestored("ann", "ready", "leg-old-4-ann"), []),
        (t + 1, LegGone("leg-old-4-ann", t + 1, 0), []),
        (t + 1.5, Ticked(), [CallPhone("ann", "leg-run-1-ann")]),
        (t + 3, LegParked("leg-run-1-ann", t + 3), []),
    )
    assert scene.agent("ann").state is AgentState.READY


def test_a_conversation_that_outlived_the_engine_is_taken_up() -> None:
    scene = Scene()
    t = scene.now
    scene.do(AgentRestored("ann", "ready", "leg-old-4-ann"))
    restored(scene, "a1", t - 60)
    play(
        scene.floor,
        (t, PickedUp("a1", t - 50), []),
        (t, Bridged("a1", "leg-old-4-ann", t - 49), []),
        (
            t + 10,
            HungUp("a1", t + 10, 16, "callee"),
            [
                like(
                    CloseAttempt,
                    outcome="connected",
                    agent="ann",
                    answered_at=t - 50,
                    connected_at=t - 49,
                    talk_seconds=59.0,
                )
            ],
        ),
    )
    assert scene.agent("ann").state is AgentState.WRAPUP


def test_a_conversation_with_a_rep_nobody_knows_goes_on_the_record_all_the_same() -> None:
    scene = Scene()
    t = scene.now
    restored(scene, "a1", t - 60)
    play(
        scene.floor,
        (t, Bridged("a1", "leg-old-4-zoe", t - 49), []),
        (t + 1, HungUp("a1", t + 1, 16), [like(CloseAttempt, outcome="connected", agent="zoe")]),
    )
    assert scene.pacer.open_calls == set()


def test_a_call_that_ended_while_the_engine_was_away_is_closed_from_the_ledger() -> None:
    scene = Scene()
    t = scene.now
    restored(scene, "a1", t - 60)
    restored(scene, "a2", t - 60)
    play(
        scene.floor,
        (
            t,
            LedgerTold("a1", t - 5, 16, "callee", t - 50, t - 49, "ann"),
            [like(CloseAttempt, outcome="connected", agent="ann", talk_seconds=44.0)],
        ),
        (
            t,
            LedgerTold("a2", t - 5, 16, "dialer", t - 10),
            [like(CloseAttempt, outcome="abandoned", hangup_by="dialer")],
        ),
    )
    assert scene.pacer.calls == {"a1": "cancelled", "a2": "abandoned"}


def test_the_ledger_may_tell_of_a_talk_whose_callee_was_last_seen_waiting() -> None:
    scene = Scene()
    scene.answer("a1")
    t = scene.now
    play(
        scene.floor,
        (
            t + 1,
            LedgerTold("a1", t + 0.9, 16, "callee", t, t + 0.1, "zoe"),
            [like(CloseAttempt, outcome="connected", agent="zoe")],
        ),
    )
    assert scene.pacer.calls["a1"] == "connected"
    assert scene.pacer.agents == {}


def test_a_callee_who_asks_again_after_a_restart_gets_a_rep() -> None:
    scene = Scene("ann")
    restored(scene, "a1", scene.now - 60)
    t = scene.now
    play(
        scene.floor,
        (t, RouteAskedAgain("a1", t, "success"), [Connect("a1", "ann", scene.leg("ann"))]),
    )


def test_an_attempt_restored_twice_is_one_attempt() -> None:
    scene = Scene()
    restored(scene, "a1", scene.now - 60)
    restored(scene, "a1", scene.now - 60)
    assert list(scene.floor.attempts) == ["a1"]


def test_an_attempt_of_a_campaign_nobody_knows_any_more_can_be_closed() -> None:
    scene = Scene()
    t = scene.now
    scene.do(AttemptRestored("a1", "tin", "lead-a1", "tin", t - 60, "carrier"))
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t, RouteAsked("a1", t), []),
        (t + 1, HungUp("a1", t + 1, 16, "callee"), [like(CloseAttempt, campaign="tin")]),
    )
    assert "tin" not in scene.floor.campaigns


def test_a_restored_attempt_that_rings_is_waited_for() -> None:
    scene = Scene()
    restored(scene, "a1", scene.now - 5)
    assert scene.attempt("a1").phase is Phase.DIALING
