"""Stories of a supervisor who goes on with the callee in the rep's place."""

from __future__ import annotations

import pytest

from dialer.floor import AgentState, CampaignRules, Phase
from dialer.floor.commands import CloseAttempt, Drop, ResumeRecording, TakeAside
from dialer.floor.events import (
    HoldAsked,
    HungUp,
    LegParked,
    RecordingAsked,
    RouteAskedAgain,
    SwitchLost,
    TakenOver,
    Unbridged,
)
from dialer.floor.machine import ImpossibleEvent
from tests.kit.playbook import like, play
from tests.kit.scene import Scene

RECORDED = CampaignRules(running=True, record=True)


def taken_over(rules: CampaignRules = RECORDED) -> Scene:
    scene = Scene("ann", rules=rules)
    scene.talk("a1")
    leg = scene.leg("ann")
    assert TakeAside(leg) in scene.do(TakenOver("ann", "boss"))
    return scene


def test_the_rep_writes_the_call_up_while_the_callee_talks_on() -> None:
    scene = taken_over()
    leg, t = scene.leg("ann"), scene.now

    assert scene.agent("ann").state is AgentState.WRAPUP
    assert (scene.attempt("a1").phase, scene.attempt("a1").agent) == (Phase.TALKING, None)
    play(
        scene.floor,
        (t, Unbridged("a1", leg, t), [ResumeRecording("a1", anew=True)]),
        (t, LegParked(leg, t), []),
        (
            t + 20.0,
            HungUp("a1", t + 20.0, 16, "callee"),
            [like(CloseAttempt, outcome="connected", hangup_by="callee", agent="ann",
                  talk_seconds=30.0)],
        ),
    )  # fmt: skip
    assert "a1" not in scene.floor.attempts


def test_the_call_ends_when_the_supervisor_leaves_it() -> None:
    scene = taken_over()
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, Unbridged("a1", leg, t), [ResumeRecording("a1", anew=True)]),
        (t, LegParked(leg, t), []),
        (t + 5.0, RouteAskedAgain("a1", t + 5.0, "success"), [Drop("a1")]),
        (
            t + 5.1,
            HungUp("a1", t + 5.1, 16, "network"),
            [like(CloseAttempt, hangup_by="agent", agent="ann", talk_seconds=15.0)],
        ),
    )


def test_the_reps_next_call_is_their_own_again() -> None:
    scene = taken_over(CampaignRules(running=True, wrapup_limit=0.0))
    leg = scene.leg("ann")
    scene.do(Unbridged("a1", leg, scene.now))
    scene.do(LegParked(leg, scene.now))

    assert scene.talk("a2") == "ann"
    assert scene.attempt("a1").phase is Phase.TALKING
    scene.do(HungUp("a1", scene.now, 16, "callee"))
    assert scene.agent("ann").attempt == "a2"


def test_a_paused_recording_stays_paused() -> None:
    scene = Scene("ann", rules=RECORDED)
    scene.talk("a1")
    scene.do(RecordingAsked("ann", paused=True))
    scene.do(TakenOver("ann", "boss"))

    play(scene.floor, (scene.now, Unbridged("a1", scene.leg("ann"), scene.now), []))


def test_nothing_is_taken_over_while_the_callee_is_on_hold() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    scene.do(HoldAsked("ann"))

    with pytest.raises(ImpossibleEvent, match="on hold"):
        scene.do(TakenOver("ann", "boss"))


def test_without_a_switch_nothing_is_taken_over_that_the_rep_would_stay_in() -> None:
    scene = Scene("ann", rules=RECORDED)
    scene.talk("a1")
    scene.do(SwitchLost())
    with pytest.raises(ImpossibleEvent, match="no Asterisk can be reached"):
        scene.do(TakenOver("ann", "boss"))
    assert scene.agent("ann").state is AgentState.TALKING
