"""Stories of conversations that are held, parked, transferred, and shared with somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.engine.views import activity_of, held_by
from dialer.floor import AgentState, CampaignRules, ImpossibleEvent, Phase, Phone
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.floor.commands import (
    CallOutside,
    CallPhone,
    CloseAttempt,
    Connect,
    Drop,
    HangUp,
    Hold,
    JoinIn,
    JoinLegs,
    PauseRecording,
    PlayMessage,
    PressKeys,
    ResumeRecording,
    Ring,
    TakeAside,
)
from dialer.testing.playbook import REPORTS
from dialer.testing.scene import Scene

RULES = CampaignRules(
    running=True, rep_hold_limit=60.0, park_limit=30.0, transfer_limit=20.0, record=True
)
OUTSIDE = "leg-run-3-_a1"


class Story(Scene):
    """ann talks to a1, bob is ready. `orders` leaves out what is only reported."""

    def __init__(self, *reps: str) -> None:
        super().__init__(*(reps or ("ann", "bob")), rules=RULES)
        self.talk("a1", sticky="ann")
        assert self.attempt("a1").agent == "ann"
        self.pass_s(2.0)

    def orders(self, event: ev.Event) -> list[cmd.Command]:
        return [it for it in self.do(event) if not isinstance(it, REPORTS)]

    def asks(self, result: str) -> list[cmd.Command]:
        return self.orders(ev.RouteAskedAgain("a1", self.now, result))

    def parks(self, agent: str) -> list[cmd.Command]:
        return self.orders(ev.LegParked(self.leg(agent), self.now))

    def bridges(self, agent: str) -> list[cmd.Command]:
        return self.orders(ev.Bridged("a1", self.leg(agent), self.now))

    def hold(self) -> None:
        """Held, the tone on, the rep's phone in its place."""
        assert self.orders(ev.HoldAsked("ann")) == [TakeAside("a1")]
        self.orders(ev.Unbridged("a1", self.leg("ann"), self.now))
        assert self.asks("aside") == [Hold("a1", 60.0)]
        assert self.asks("held") == []
        self.parks("ann")

    def consult(self) -> None:
        """ann talks to bob, the callee is held."""
        self.orders(ev.TransferAsked("ann", to="bob", label="Bob", warm=True))
        self.asks("aside")
        self.asks("held")
        assert self.parks("ann") == [JoinLegs(self.leg("ann"), self.leg("bob"))]
        assert self.together("bob") == []

    def together(self, other: str) -> list[cmd.Command]:
        leg = self.leg(other) if other in self.floor.agents else other
        return self.orders(ev.LegsBridged(self.leg("ann"), leg, self.now))

    def conference(self) -> None:
        self.consult()
        assert self.orders(ev.ConsultAsked("ann", "join")) == [JoinIn("a1", self.leg("ann"))]
        assert self.bridges("ann") == []

    def activity(self, agent: str = "ann") -> str:
        return activity_of(self.floor.attempts.get("a1"), self.agent(agent))

    def hung_up(self) -> CloseAttempt:
        """The callee's channel ends; the record."""
        commands = self.do(ev.HungUp("a1", self.now, 16, "callee"))
        return next(it for it in commands if isinstance(it, CloseAttempt))


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


# --- blind transfers ------------------------------------------------------------------------------


def test_a_free_colleague_has_the_callee_without_a_tone_in_between() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", to="bob"))
    assert Connect("a1", "bob", story.leg("bob")) in story.asks("aside")
    assert story.agent("ann").state is AgentState.WRAPUP
    story.bridges("bob")
    assert story.hung_up().agent == "bob"


def test_a_busy_colleague_is_waited_for_and_then_the_first_rep_has_the_callee_back() -> None:
    story = Story("ann", "bob", "cat")
    story.do(ev.PauseAsked("bob"))
    story.do(ev.TransferAsked("ann", to="bob"))
    assert [it for it in story.asks("aside") if isinstance(it, Hold)]
    story.asks("held")
    story.parks("ann")
    story.do(ev.CallFinished("ann", "sale"))
    commands = story.pass_s(21.0)
    assert Connect("a1", "ann", story.leg("ann")) in commands


def test_a_colleague_who_gets_ready_takes_the_callee_who_waits_for_them() -> None:
    story = Story()
    story.do(ev.PauseAsked("bob"))
    story.do(ev.TransferAsked("ann", to="bob"))
    story.asks("aside")
    story.asks("held")
    assert Connect("a1", "bob", story.leg("bob")) in story.do(ev.ReadyAsked("bob"))


def test_to_the_pool_means_somebody_else() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann"))
    assert Connect("a1", "bob", story.leg("bob")) in story.asks("aside")


def test_a_callee_goes_to_somebody_outside_and_that_is_no_reps_talk() -> None:
    story = Story()
    (order, aside) = story.orders(ev.TransferAsked("ann", outside="token", label="Billing"))
    assert (order, aside) == (CallOutside("a1", OUTSIDE, "token", "gold"), TakeAside("a1"))
    story.orders(ev.Unbridged("a1", story.leg("ann"), story.now))
    talked = story.attempt("a1").talk_seconds
    story.asks("aside")
    story.asks("held")
    assert story.orders(ev.LegParked(OUTSIDE, story.now)) == [Connect("a1", "", OUTSIDE)]
    story.orders(ev.Bridged("a1", OUTSIDE, story.now))
    assert (story.attempt("a1").phase, story.attempt("a1").agent) == (Phase.TALKING, None)
    story.pass_s(60.0)
    commands = story.do(ev.HungUp("a1", story.now, 16, "callee"))
    assert HangUp(OUTSIDE) in commands
    (record,) = [it for it in commands if isinstance(it, CloseAttempt)]
    assert (record.agent, record.talk_seconds) == ("ann", talked)


def test_somebody_outside_who_hangs_up_ends_the_call() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token"))
    story.asks("aside")
    story.asks("held")
    story.orders(ev.LegParked(OUTSIDE, story.now))
    story.orders(ev.Bridged("a1", OUTSIDE, story.now))
    assert Drop("a1") in story.asks("success")
    story.do(ev.LegGone(OUTSIDE, story.now, 16, bye=True))
    assert story.hung_up().hangup_by == "dialer"


def test_somebody_outside_who_cannot_be_reached_gives_the_callee_back() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token"))
    story.asks("aside")
    story.asks("held")
    story.parks("ann")
    story.do(ev.CallFinished("ann", "sale"))
    commands = story.orders(ev.LegGone(OUTSIDE, story.now, 17))
    assert Connect("a1", "ann", story.leg("ann")) in commands


# --- somebody asked in ----------------------------------------------------------------------------


def test_a_colleague_is_consulted_and_the_callee_comes_back() -> None:
    story = Story()
    story.consult()
    assert (story.activity("ann"), story.activity("bob")) == ("consult", "consult")
    assert story.orders(ev.ConsultAsked("ann", "cancel")) == [TakeAside(story.leg("bob"))]
    assert story.agent("bob").state is AgentState.READY
    story.parks("bob")
    assert story.parks("ann") == [Connect("a1", "ann", story.leg("ann"))]
    story.bridges("ann")
    assert story.agent("bob").attempt is None


def test_all_three_talk_and_the_rep_leaves_the_two() -> None:
    story = Story()
    story.conference()
    assert (story.activity("ann"), story.activity("bob")) == ("conference", "conference")
    assert story.orders(ev.ConsultAsked("ann", "complete")) == [TakeAside(story.leg("ann"))]
    story.orders(ev.Unbridged("a1", story.leg("ann"), story.now))
    story.bridges("bob")
    assert story.agent("ann").state is AgentState.WRAPUP
    assert story.attempt("a1").agent == "bob"
    assert story.hung_up().agent == "bob"
    assert story.agent("bob").state is AgentState.WRAPUP


def test_a_rep_changes_between_the_two() -> None:
    story = Story()
    story.consult()
    ann, bob = story.leg("ann"), story.leg("bob")
    assert story.orders(ev.ConsultAsked("ann", "swap")) == [TakeAside(ann)]
    story.parks("bob")
    assert story.parks("ann") == [Connect("a1", "ann", ann)]
    story.bridges("ann")
    assert story.activity() == ""
    assert story.orders(ev.ConsultAsked("ann", "swap")) == [TakeAside("a1")]
    story.asks("aside")
    story.asks("held")
    assert story.parks("ann") == [JoinLegs(ann, bob)]


def test_somebody_outside_is_called_while_the_rep_hears_it_ring() -> None:
    story = Story()
    story.orders(ev.TransferAsked("ann", outside="token", label="Billing", warm=True))
    story.asks("aside")
    story.asks("held")
    ann = story.leg("ann")
    assert story.parks("ann") == [Ring(ann)]
    story.parks("ann")
    assert story.orders(ev.LegParked(OUTSIDE, story.now)) == [JoinLegs(ann, OUTSIDE)]
    assert story.together(OUTSIDE) == []
    assert story.orders(ev.ConsultAsked("ann", "cancel")) == [HangUp(OUTSIDE)]
    assert story.parks("ann") == [Connect("a1", "ann", ann)]


def test_a_colleague_who_is_not_free_is_not_called_in() -> None:
    story = Story()
    story.do(ev.PauseAsked("bob"))
    with pytest.raises(ImpossibleEvent, match=r"not free|is"):
        story.do(ev.TransferAsked("ann", to="bob", warm=True))


Moment = Callable[[Story], None]
MOMENTS: dict[str, Moment] = {
    "hold": Story.hold,
    "consult": Story.consult,
    "three": Story.conference,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_when_the_callee_leaves_nobody_is_left_in_the_conversation(moment: str) -> None:
    story = Story()
    MOMENTS[moment](story)
    commands = story.do(ev.HungUp("a1", story.now, 16, "callee"))
    if moment != "hold":
        assert TakeAside(story.leg("bob")) in commands
    for name in ("ann", "bob"):
        story.parks(name)
        assert story.agent(name).attempt is None
        assert story.agent(name).phone is Phone.PARKED
    assert story.agent("ann").state is AgentState.WRAPUP
    assert story.agent("bob").state is AgentState.READY
    assert "a1" not in story.floor.attempts


@pytest.mark.parametrize("moment", ["consult", "three"])
@pytest.mark.parametrize("bye", [False, True])
def test_when_the_colleague_leaves_the_rep_and_the_callee_stay(moment: str, bye: bool) -> None:
    story = Story()
    MOMENTS[moment](story)
    story.do(ev.LegGone(story.leg("bob"), story.now, 16, bye=bye))
    assert story.agent("bob").attempt is None
    if moment == "three":
        assert (story.attempt("a1").phase, story.activity()) == (Phase.TALKING, "")
        return
    story.parks("ann")
    assert story.activity() == "hold"
    assert story.orders(ev.ResumeAsked("ann")) == [Connect("a1", "ann", story.leg("ann"))]


def test_when_the_rep_is_lost_from_three_the_other_two_talk_on() -> None:
    story = Story()
    story.conference()
    leg = story.leg("ann")
    story.do(ev.LegGone(leg, story.now, 44))
    story.orders(ev.Unbridged("a1", leg, story.now))
    story.bridges("bob")
    assert (story.attempt("a1").agent, story.attempt("a1").phase) == ("bob", Phase.TALKING)
    assert story.agent("ann").state is AgentState.WRAPUP


def test_when_the_rep_is_lost_from_a_consultation_the_callee_waits_for_them() -> None:
    story = Story()
    story.consult()
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    assert story.agent("bob").state is AgentState.READY
    story.parks("bob")
    leg = story.park(story.pass_s(0.6))
    assert story.attempt("a1").phase is Phase.HELD
    assert story.orders(ev.ResumeAsked("ann")) == [Connect("a1", "ann", leg)]


def test_who_was_asked_in_may_leave_by_the_button_and_decides_nothing_else() -> None:
    story = Story()
    story.conference()
    for wish in (
        ev.HoldAsked("bob"),
        ev.CallFinished("bob", "sale"),
        ev.ConsultAsked("bob", "join"),
    ):
        with pytest.raises(ImpossibleEvent):
            story.do(wish)
    assert story.orders(ev.HangupAsked("bob")) == [TakeAside(story.leg("bob"))]
    assert story.attempt("a1").party is None
    assert story.attempt("a1").agent == "ann"


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
