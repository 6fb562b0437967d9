"""Stories of conversations that go to somebody else, or are shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.floor import AgentState, ImpossibleEvent, Phase, Phone
from dialer.floor import events as ev
from dialer.floor.commands import (
    CallOutside,
    CloseAttempt,
    Connect,
    Drop,
    HangUp,
    Hold,
    JoinLegs,
    Ring,
    TakeAside,
)
from tests.kit.story import OUTSIDE, Story

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


def test_somebody_outside_who_is_busy_at_once_gives_the_callee_back_to_the_same_rep() -> None:
    """The callee is not out of the talk yet, and a colleague is free."""
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token"))
    story.parks("ann")
    story.do(ev.LegGone(OUTSIDE, story.now, 17))
    assert not [it for it in story.asks("aside") if isinstance(it, Connect)], "ann writes it up"
    story.asks("held")
    commands = story.orders(ev.CallFinished("ann", "sale"))
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


@pytest.mark.parametrize("wish", ["join", "complete"])
def test_a_callee_who_joins_two_is_the_reps_in_whatever_order_the_two_are_told(wish: str) -> None:
    """After a lost link the switch lists the two legs in any order."""
    story = Story()
    story.consult()
    story.orders(ev.ConsultAsked("ann", wish))
    orders = story.bridges("bob")
    assert story.attempt("a1").agent == "ann"
    assert story.agent("ann").state is AgentState.TALKING
    if wish == "complete":
        assert orders == [TakeAside(story.leg("ann"))]
        story.parks("ann")
        assert story.agent("ann").state is AgentState.WRAPUP
        assert story.attempt("a1").agent == "bob"


@pytest.mark.parametrize("how", ["refused", "cancelled"])
def test_a_rep_on_the_way_to_the_ringing_is_not_left_in_it(how: str) -> None:
    story = Story()
    story.orders(ev.TransferAsked("ann", outside="tok", label="Billing", warm=True))
    story.asks("aside")
    story.asks("held")
    assert story.parks("ann") == [Ring(story.leg("ann"))]
    lost, cancel = ev.LegGone(OUTSIDE, story.now, 17), ev.ConsultAsked("ann", "cancel")
    assert TakeAside(story.leg("ann")) in story.orders(lost if how == "refused" else cancel)
