"""Stories in which two things happen at once, or what happens comes too late: each a rare turn of a
conversation, of a rep or of a lead.
"""

from __future__ import annotations

import pytest

from dialer.floor import AgentState, CampaignRules, ImpossibleEvent, Phase
from dialer.floor import events as ev
from dialer.floor.commands import (
    Connect,
    Drop,
    GiveBack,
    HangUp,
    Hold,
    JoinIn,
    JoinLegs,
    NoteWrapup,
    Ring,
    TakeAside,
)
from tests.kit.playbook import like
from tests.kit.scene import Scene
from tests.kit.story import OUTSIDE, RULES, Story

# --- hold and transfer ----------------------------------------------------------------------------


def test_hold_pressed_while_the_two_are_being_connected_is_refused() -> None:
    story = Story()
    story.hold()
    story.do(ev.ResumeAsked("ann"))
    with pytest.raises(ImpossibleEvent, match="the callee is on the way"):
        story.do(ev.HoldAsked("ann"))


def test_a_bridge_told_late_takes_the_hold_back() -> None:
    """The order aside crossed it: nothing comes of the time that was set for it."""
    story = Story()
    story.do(ev.HoldAsked("ann"))
    story.bridges("ann")
    assert story.pass_s(5.0) == []
    assert (story.attempt("a1").phase, story.activity()) == (Phase.TALKING, "")


def test_a_callee_without_a_rep_who_stays_in_the_tone_is_ended_with_it() -> None:
    story = Story("ann")
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    story.asks("success")
    limit = RULES.hold_limit
    assert Hold("a1", limit) in story.pass_s(1.0)
    assert HangUp("a1") in story.pass_s(limit + 1.0)
    assert story.attempt("a1").phase is Phase.LEAVING
    assert story.hung_up().hangup_by == "dialer"


def test_a_rep_who_puts_the_phone_down_before_the_tone_is_on_ends_the_call_as_it_comes_on() -> None:
    story = Story()
    story.do(ev.HoldAsked("ann"))
    assert story.asks("aside") == [Hold("a1", 60.0)]
    assert Drop("a1") not in story.do(ev.LegGone(story.leg("ann"), story.now, 16, bye=True))
    assert Drop("a1") in story.asks("held")


def test_a_parked_call_that_is_being_taken_is_nobody_elses() -> None:
    story = Story("ann", "bob", "cat")
    story.do(ev.ParkAsked("ann"))
    story.asks("aside")
    assert Connect("a1", "bob", story.leg("bob")) not in story.asks("held")
    story.do(ev.PickupAsked("bob", "a1"))
    with pytest.raises(ImpossibleEvent, match="that call is being taken"):
        story.do(ev.PickupAsked("cat", "a1"))


def test_a_callee_whose_bridge_ended_as_they_were_taken_aside_goes_back_to_their_rep() -> None:
    """The asker who left was the same callee: they stand in the dialplan and ask again."""
    story = Story()
    story.do(ev.HoldAsked("ann"))
    story.asks("success")
    story.do(ev.AskerLeft("a1", story.now))
    assert story.attempt("a1").phase is Phase.LEAVING
    story.parks("ann")
    story.do(ev.CallFinished("ann", "sale"))
    assert Connect("a1", "ann", story.leg("ann")) in story.asks("aside")


def test_a_callee_on_hold_after_a_restart_whose_rep_is_unknown_goes_to_whoever_is_free() -> None:
    scene = Scene("bob", rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "lead-a1", "gold", scene.now - 60.0))
    again = ev.RouteAskedAgain("a1", scene.now, "held", "leg-old-1-zoe", scene.now - 30.0)
    commands = scene.do(again)
    assert scene.attempt("a1").talked_with == "zoe"
    assert Connect("a1", "bob", scene.leg("bob")) in commands + scene.pass_s(RULES.transfer_limit)


def test_a_callee_between_two_after_a_restart_whose_rep_is_unknown_waits_for_that_rep() -> None:
    scene = Scene("bob", rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "lead-a1", "gold", scene.now - 60.0))
    again = ev.RouteAskedAgain("a1", scene.now, "success", "leg-old-1-zoe", scene.now - 30.0)
    assert [it for it in scene.do(again) if isinstance(it, Connect | Hold)] == []
    assert scene.attempt("a1").phase is Phase.HELD
    assert Hold("a1", RULES.hold_limit) in scene.pass_s(1.0)


# --- somebody asked in ----------------------------------------------------------------------------


def test_a_wish_that_is_none_and_one_that_comes_too_late_are_refused() -> None:
    story = Story()
    story.consult()
    with pytest.raises(ImpossibleEvent, match="that is no wish"):
        story.do(ev.ConsultAsked("ann", "sing"))
    story.do(ev.ConsultAsked("ann", "join"))
    with pytest.raises(ImpossibleEvent, match="all three talk"):
        story.do(ev.ConsultAsked("ann", "swap"))


def test_cancelled_among_three_the_rep_and_the_callee_talk_on() -> None:
    story = Story()
    story.conference()
    assert story.orders(ev.ConsultAsked("ann", "cancel")) == [TakeAside(story.leg("bob"))]
    assert (story.activity(), story.attempt("a1").phase) == ("", Phase.TALKING)


def test_nobody_to_join_is_no_fault_of_the_phones() -> None:
    story = Story()
    story.consult()
    assert story.orders(ev.ConsultAsked("ann", "join")) == [JoinIn("a1", story.leg("ann"))]
    story.asks("nonexistent")
    assert story.agent("ann").state is AgentState.TALKING
    assert story.activity() == "consult"


def test_who_answers_outside_when_nobody_wants_them_any_more_is_hung_up() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token", warm=True))
    story.asks("aside")
    assert HangUp(OUTSIDE) in story.do(ev.ConsultAsked("ann", "cancel"))
    assert story.orders(ev.LegParked(OUTSIDE, story.now)) == [HangUp(OUTSIDE)]


def test_a_call_outside_that_fails_while_the_rep_hears_it_ring_ends_the_ringing() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token", warm=True))
    story.asks("aside")
    story.asks("held")
    assert story.parks("ann") == [Ring(story.leg("ann"))]
    assert story.orders(ev.LegGone(OUTSIDE, story.now, 17)) == [TakeAside(story.leg("ann"))]
    assert story.activity() == "hold"


def test_a_call_outside_that_fails_before_the_rep_hears_it_ring_leaves_the_callee_on_hold() -> None:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token", warm=True))
    story.asks("aside")
    assert story.orders(ev.LegGone(OUTSIDE, story.now, 17)) == []
    assert story.activity() == "hold"


@pytest.mark.parametrize("is_with_callee", [False, True])
def test_a_colleague_gone_while_the_rep_turns_to_the_callee(is_with_callee: bool) -> None:
    """On the way the callee is waited for; with the callee there already nothing changes."""
    story = Story()
    story.consult()
    story.asks("held")
    assert story.orders(ev.ConsultAsked("ann", "swap")) == [TakeAside(story.leg("ann"))]
    if is_with_callee:
        story.parks("bob")
        assert Connect("a1", "ann", story.leg("ann")) in story.parks("ann")
        story.bridges("ann")
    story.do(ev.LegGone(story.leg("bob"), story.now, 16, bye=True))
    assert story.agent("bob").attempt is None
    if not is_with_callee:
        story.asks("held")
        assert Connect("a1", "ann", story.leg("ann")) in story.parks("ann")


def test_somebody_outside_who_is_gone_before_the_callee_asks_again_ends_the_call() -> None:
    story = left_to_themselves()
    story.do(ev.LegGone(OUTSIDE, story.now, 16, bye=True))
    assert Drop("a1") in story.asks("success")


def test_somebody_outside_who_is_parked_and_then_gone_ends_the_call() -> None:
    story = left_to_themselves()
    story.orders(ev.LegParked(OUTSIDE, story.now))
    story.do(ev.LegGone(OUTSIDE, story.now, 16, bye=True))
    assert Drop("a1") in story.asks("success")


def left_to_themselves() -> Story:
    story = Story()
    story.do(ev.TransferAsked("ann", outside="token"))
    story.asks("aside")
    story.asks("held")
    story.orders(ev.LegParked(OUTSIDE, story.now))
    story.orders(ev.Bridged("a1", OUTSIDE, story.now))
    return story


def test_a_rep_found_with_callee_and_somebody_outside_keeps_the_callee() -> None:
    """After a restart: first the one was told, then the other."""
    scene = Scene("ann", rules=RULES)
    scene.do(ev.AttemptRestored("a1", "gold", "lead-a1", "gold", scene.now - 60.0))
    outside = "leg-old-1-_a1"
    scene.do(ev.Bridged("a1", outside, scene.now))
    scene.do(ev.Bridged("a1", scene.leg("ann"), scene.now))
    scene.do(ev.LegGone(outside, scene.now, 16, bye=True))
    assert (scene.attempt("a1").phase, scene.attempt("a1").agent) == (Phase.TALKING, "ann")


def test_a_colleague_whom_the_switch_has_put_into_another_call_stays_in_it() -> None:
    story = Story("ann", "bob", "cat")
    story.ring("a2")
    story.do(ev.TransferAsked("ann", to="bob", warm=True))
    story.do(ev.PickedUp("a2", story.now))
    story.do(ev.RouteAsked("a2", story.now))
    story.do(ev.Bridged("a2", story.leg("bob"), story.now))
    story.do(ev.ConsultAsked("ann", "cancel"))
    assert (story.agent("bob").state, story.agent("bob").attempt) == (AgentState.TALKING, "a2")


def test_of_two_consultations_each_is_told_its_own() -> None:
    story = Story("ann", "bob", "cat", "dan")
    story.talk("a2", sticky="cat")
    for agent, other, attempt in (("ann", "bob", "a1"), ("cat", "dan", "a2")):
        story.do(ev.TransferAsked(agent, to=other, warm=True))
        story.do(ev.RouteAskedAgain(attempt, story.now, "aside"))
        assert JoinLegs(story.leg(agent), story.leg(other)) in story.parks(agent)
    story.do(ev.LegsBridged(story.leg("cat"), story.leg("dan"), story.now))
    states = [story.attempt(it).party.state for it in ("a1", "a2")]  # type: ignore[union-attr]
    assert states == ["waiting", "talking"]


def test_two_phones_that_nobody_wants_together_are_parted_once() -> None:
    scene = Scene("ann", "bob")
    together = ev.LegsBridged(scene.leg("ann"), scene.leg("bob"), scene.now)
    assert TakeAside(scene.leg("ann")) in scene.do(together)
    assert TakeAside(scene.leg("ann")) not in scene.do(together)


def test_who_is_only_asked_in_presses_no_keys_and_stops_no_recorder() -> None:
    story = Story()
    story.consult()
    for wish in (ev.KeysPressed("bob", "1"), ev.RecordingAsked("bob", paused=True)):
        with pytest.raises(ImpossibleEvent, match="in somebody else's conversation"):
            story.do(wish)


def test_keys_pressed_as_the_phone_is_lost_are_lost_with_it() -> None:
    story = Story()
    story.do(ev.LegGone(story.leg("ann"), story.now, 44))
    assert story.orders(ev.KeysPressed("ann", "1")) == []


def test_a_supervisor_who_leaves_a_rep_with_a_callee_on_hold_changes_no_recorder() -> None:
    story = Story()
    story.hold()
    assert story.orders(ev.SupervisorLeft("ann")) == []


# --- reps and leads -------------------------------------------------------------------------------


def test_a_talk_the_ledger_tells_of_leaves_a_rep_who_talks_again_alone() -> None:
    story = Story("ann", "bob")
    story.ring("a2")
    t = story.now
    story.do(ev.LedgerTold("a2", t, 16, "callee", t - 2.0, t - 1.0, "ann", wrapup=True))
    assert (story.agent("ann").state, story.agent("ann").attempt) == (AgentState.TALKING, "a1")


@pytest.mark.parametrize(
    ("limit", "state", "becomes"),
    [
        (0.0, "ready", AgentState.PAUSED),
        (30.0, "ready", AgentState.WRAPUP),
        (30.0, "paused", AgentState.WRAPUP),
    ],
)
def test_a_call_left_to_write_up_is_written_up_where_its_campaign_has_time_for_it(
    limit: float, state: str, becomes: AgentState
) -> None:
    scene = Scene(rules=CampaignRules(running=True, wrapup_limit=limit))
    left = ev.CallLeft("a0", "lead-a0", "gold")
    scene.do(ev.AgentRestored("ann", state, "leg-old-1-ann", "lunch", wrapup=left))
    assert scene.agent("ann").state is becomes
    scene.do(ev.LegParked("leg-old-1-ann", scene.now))
    after = AgentState.READY if state == "ready" else AgentState.PAUSED
    commands = scene.pass_s(limit + 1.0)
    assert scene.agent("ann").state is after
    wrote_up = any(isinstance(it, NoteWrapup) for it in commands)
    assert wrote_up == (becomes is AgentState.WRAPUP)


def test_a_callback_for_a_campaign_that_stands_still_goes_back() -> None:
    scene = Scene("ann", rules=CampaignRules())
    offer = ev.Offer("c1", "lead-c1", mode="callback")
    assert GiveBack("gold", ["lead-c1"]) in scene.do(ev.CallbackOffered("gold", offer))


def test_a_rep_whose_own_call_rings_since_before_a_restart_is_kept_for_it() -> None:
    scene = Scene("ann")
    t = scene.now
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", t, agent="ann", kept=True))
    offer = ev.Offer("c1", "lead-c1", mode="callback")
    scene.do(ev.CallbackDue("ann", "gold", offer, t + 60.0))
    assert scene.agent("ann").state is AgentState.READY
    scene.do(ev.HungUp("a1", t, 17, "callee"))
    assert scene.agent("ann").state is AgentState.DIALING


def test_a_campaign_that_rests_shows_nothing() -> None:
    scene = Scene("ann", campaigns={"look": CampaignRules(running=True, mode="preview")})
    scene.do(ev.DialAsked("ann", "look", ev.Offer("m1", "lead-m1", mode="manual")))
    scene.ready("bob")
    assert not scene.floor.campaigns["look"].rest_until > scene.now
    scene.floor.campaigns["look"].rest_until = scene.now + 5.0
    scene.do(ev.LeadsOffered("look", [ev.Offer("p1", "lead-p1")]))
    assert scene.agent("bob").state is AgentState.READY
    scene.pass_s(6.0)
    assert scene.agent("bob").state is AgentState.PREVIEW


def test_a_shown_lead_is_not_dialed_without_a_switch() -> None:
    scene = Scene("ann", campaigns={"look": CampaignRules(running=True, mode="preview")})
    scene.do(ev.LeadsOffered("look", [ev.Offer("p1", "lead-p1")]))
    scene.do(ev.SwitchLost())
    with pytest.raises(ImpossibleEvent, match="no Asterisk can be reached"):
        scene.do(ev.PreviewDialed("ann"))


def test_a_rep_who_hangs_up_as_their_call_is_answered_ends_it() -> None:
    scene = Scene("ann")
    scene.do(ev.PauseAsked("ann", "lunch"))
    scene.do(ev.DialAsked("ann", "gold", ev.Offer("m1", "lead-m1", mode="manual")))
    scene.do(ev.Dispatched("m1", scene.now, "carrier", "local"))
    scene.do(ev.PickedUp("m1", scene.now))
    assert HangUp("m1") in scene.do(ev.HangupAsked("ann"))
    assert not scene.attempt("m1").cancelled


def test_when_dialing_ends_only_what_rings_is_given_up() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    scene.dial("a2")
    assert [it for it in scene.do(ev.DialingEnded()) if isinstance(it, HangUp)] == [HangUp("a2")]


def test_leads_of_a_campaign_that_is_gone_go_back_and_it_may_be_taken_away_twice() -> None:
    scene = Scene("ann")
    scene.do(ev.CampaignRemoved("gold"))
    commands = scene.do(ev.LeadsOffered("gold", [ev.Offer("a1", "lead-a1")]))
    assert [like(GiveBack, campaign="gold").fields["campaign"]] == [
        it.campaign for it in commands if isinstance(it, GiveBack)
    ]
    assert scene.do(ev.CampaignRemoved("gold")) == []
