"""Stories of calls that are one rep's from the start: what is ordered, and what pacing is told."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.floor import AgentState, CampaignRules, ImpossibleEvent
from dialer.floor import events as ev
from dialer.floor.commands import (
    CloseAttempt,
    Connect,
    Drop,
    ForgetAttempt,
    GiveBack,
    HangUp,
    NoteMishap,
    Place,
    PlayMessage,
    SkipLead,
)
from tests.kit.playbook import like, play
from tests.kit.scene import Scene

PREVIEW = CampaignRules(running=True, mode="preview", preview_limit=20.0, wrapup_limit=5.0)
LEAD = ev.Offer("p1", "lead-p1")


def shown(**rules: Any) -> Scene:
    """Ann looks at lead p1 of the campaign `look`; two more are at hand."""
    its = CampaignRules(**{"running": True, "mode": "preview", "preview_limit": 20.0, **rules})
    scene = Scene("ann", campaigns={"look": its})
    more = [ev.Offer(f"p{i}", f"lead-p{i}") for i in (2, 3)]
    scene.do(ev.LeadsOffered("look", [LEAD, *more]))
    assert scene.agent("ann").state is AgentState.PREVIEW
    return scene


def told(scene: Scene) -> list[tuple[Any, ...]]:
    return list(scene.pacer.told)


def test_a_shown_lead_is_dialed_for_its_rep_alone_and_pacing_hears_nothing_of_the_call() -> None:
    scene = shown(wrapup_limit=5.0)
    leg, t = scene.leg("ann"), scene.now
    play(
        scene.floor,
        (t, ev.PreviewDialed("ann"), [Place("p1", "lead-p1", "look", "ann", "preview")]),
        (t, ev.Dispatched("p1", t, "carrier", "local"), []),
        (t + 1, ev.Rang("p1", t + 1), []),
        (t + 4, ev.PickedUp("p1", t + 4), []),
        (t + 4, ev.RouteAsked("p1", t + 4), [Connect("p1", "ann", leg)]),
        (t + 4, ev.Bridged("p1", leg, t + 4), []),
        (t + 9, ev.HungUp("p1", t + 9, 16, "callee"), [
            like(CloseAttempt, outcome="connected", agent="ann", mode="preview", bound="ann"),
        ]),
    )  # fmt: skip
    assert scene.agent("ann").state is AgentState.WRAPUP
    calls = {"placed", "ringing", "answered", "connected", "ended", "abandoned"}
    assert not [line for line in told(scene) if line[0] in calls]
    states = [line[2] for line in told(scene) if line[:2] == ("agent", "ann")]
    assert states[-1] == "paused", "through talk and wrap-up"


def test_a_machine_is_hung_up_and_the_rep_sees_the_next_lead() -> None:
    scene = shown()
    t = scene.now
    play(
        scene.floor,
        (t, ev.PreviewDialed("ann"), [like(Place, attempt="p1")]),
        (t, ev.Dispatched("p1", t, "carrier", "local"), []),
        (t + 4, ev.PickedUp("p1", t + 4), []),
        (t + 6, ev.RouteAsked("p1", t + 6, "machine"), [Drop("p1")]),
    )
    ann = scene.agent("ann")
    assert (ann.state, ann.last_attempt, ann.last_outcome) == ("preview", "p1", "machine")
    assert ann.preview is not None
    assert ann.preview.offer.lead == "lead-p2"
    commands = scene.do(ev.HungUp("p1", scene.now, 16, "dialer"))
    (record,) = [c for c in commands if isinstance(c, CloseAttempt)]
    assert (record.outcome, record.answered_by) == ("machine", "machine")


@pytest.mark.parametrize(
    ("at_end", "state", "order"),
    [
        ("dial", AgentState.DIALING, Place("p1", "lead-p1", "look", "ann", "preview")),
        ("skip", AgentState.PREVIEW, SkipLead("p1", "lead-p1", "look", "ann", "time-is-over")),
        ("pause", AgentState.PAUSED, GiveBack("look", ["lead-p1"])),
    ],
)
def test_when_the_time_to_look_is_over(at_end: str, state: AgentState, order: object) -> None:
    scene = shown(preview_at_end=at_end)
    commands = scene.pass_s(20.1)

    assert order in commands
    assert scene.agent("ann").state is state


def test_a_refused_call_comes_back_with_the_rule_and_does_not_rest_the_campaign() -> None:
    scene = shown()
    for _ in range(3):
        attempt = scene.agent("ann").preview
        assert attempt is not None
        name = attempt.offer.attempt
        scene.do(ev.PreviewDialed("ann"))
        commands = scene.do(ev.Refused(name, "calling_window"))
        assert [c.rule for c in commands if isinstance(c, ForgetAttempt)] == ["calling_window"]
        assert scene.agent("ann").last_outcome == "calling_window"
    assert scene.floor.campaigns["look"].rest_until <= scene.now
    assert scene.agent("ann").state is AgentState.READY


def test_the_phone_is_lost_while_it_rings_so_the_call_is_given_up() -> None:
    scene = shown()
    leg, t = scene.leg("ann"), scene.now
    scene.do(ev.PreviewDialed("ann"))
    scene.do(ev.Dispatched("p1", t, "carrier", "local"))
    commands = scene.do(ev.LegGone(leg, t, 44))

    assert HangUp("p1") in commands
    assert [c.slug for c in commands if isinstance(c, NoteMishap)] == ["phone-lost"]
    assert scene.agent("ann").state is AgentState.PAUSED
    scene.do(ev.HungUp("p1", scene.now, 16, "dialer"))
    assert scene.floor.attempts == {}


@pytest.mark.parametrize("others", [[], ["bob"]])
def test_who_answered_as_the_reps_phone_died_goes_to_another_rep_or_hears_the_message(
    others: list[str],
) -> None:
    scene = Scene("ann", campaigns={"look": CampaignRules(running=True, mode="manual")})
    scene.do(ev.DialAsked("ann", "look", LEAD))
    for rep in others:
        scene.ready(rep)
    scene.do(ev.Dispatched("p1", scene.now, "carrier", "local"))
    scene.do(ev.PickedUp("p1", scene.now))
    scene.do(ev.LegGone(scene.leg("ann"), scene.now, 44))
    commands = scene.do(ev.RouteAsked("p1", scene.now)) + scene.pass_s(2.1)

    assert [c.agent for c in commands if isinstance(c, Connect)] == others
    # Nobody at all: the law's message, and an abandonment on record.
    assert (PlayMessage("p1") in commands) == (not others)


def test_the_rep_gives_up_before_the_call_is_sent() -> None:
    scene = shown()
    scene.do(ev.PreviewDialed("ann"))
    assert HangUp("p1") not in scene.do(ev.HangupAsked("ann"))
    assert HangUp("p1") in scene.do(ev.Dispatched("p1", scene.now, "carrier", "local"))
    commands = scene.do(ev.HungUp("p1", scene.now, 16, "dialer"))
    (record,) = [c for c in commands if isinstance(c, CloseAttempt)]
    assert (record.outcome, record.hangup_by) == ("cancelled", "agent")


# --- in a pool that is paced ----------------------------------------------------------------------


def due(scene: Scene, until_s: float = 300.0) -> list[Any]:
    offer = ev.Offer("c1", "lead-c1", mode="callback")
    return scene.do(ev.CallbackDue("ann", "gold", offer, scene.now + until_s))


def test_a_callback_waits_for_the_calls_that_may_need_its_rep_and_pacing_is_warned() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    commands = due(scene)
    assert not [c for c in commands if isinstance(c, Place)], "a1 may be answered in a moment"
    assert scene.agent("ann").wanted == "callback"
    assert [line[0] for line in told(scene)][-1] == "leaving"

    commands = scene.do(ev.HungUp("a1", scene.now, 19, "network"))
    assert Place("c1", "lead-c1", "gold", "ann", "callback") in commands
    assert scene.agent("ann").state is AgentState.DIALING


def test_a_callback_comes_after_the_talk_and_its_paperwork() -> None:
    scene = Scene("ann", rules=CampaignRules(running=True, wrapup_limit=30.0))
    scene.talk("a1")
    due(scene)
    scene.do(ev.HungUp("a1", scene.now, 16, "callee"))
    assert scene.agent("ann").state is AgentState.WRAPUP
    scene.do(ev.LegParked(scene.leg("ann"), scene.now))
    commands = scene.do(ev.CallFinished("ann", "sale"))

    assert Place("c1", "lead-c1", "gold", "ann", "callback") in commands


def test_a_callback_whose_time_is_over_goes_back() -> None:
    scene = Scene("ann")
    scene.do(ev.PauseAsked("ann", "lunch"))
    due(scene, until_s=60.0)

    assert GiveBack("gold", ["lead-c1"]) in scene.pass_s(61.0)
    assert scene.agent("ann").wanted == ""


def test_a_callback_of_a_rep_who_has_gone_goes_back() -> None:
    scene = Scene("ann")
    scene.do(ev.LogoutAsked("ann"))
    assert GiveBack("gold", ["lead-c1"]) in due(scene)

    scene.ready("bob")
    scene.ring("a1")
    offer = ev.Offer("c2", "lead-c2", mode="callback")
    scene.do(ev.CallbackDue("bob", "gold", offer, scene.now + 300.0))
    commands = scene.do(ev.LogoutAsked("bob")) + scene.pass_s(0.1)
    commands += scene.do(ev.HungUp("a1", scene.now, 19, "network"))
    assert GiveBack("gold", ["lead-c2"]) in commands


def test_anyones_callback_goes_before_all_other_leads() -> None:
    scene = Scene("ann")
    scene.do(ev.LeadsOffered("gold", [ev.Offer("a1", "l1"), ev.Offer("a2", "l2")]))
    scene.do(ev.CallbackOffered("gold", ev.Offer("c1", "lead-c1", mode="callback")))
    scene.pacer.wish = 1
    commands = scene.pass_s(1.5)

    assert [c for c in commands if isinstance(c, Place)] == [
        Place("c1", "lead-c1", "gold", mode="callback")
    ]


def test_from_a_pause_a_rep_dials_and_returns_to_it_but_ready_asked_ends_the_pause() -> None:
    for stays in (True, False):
        scene = Scene("ann", rules=CampaignRules(running=True, wrapup_limit=0.0))
        scene.do(ev.PauseAsked("ann", "admin"))
        scene.do(ev.DialAsked("ann", "gold", ev.Offer("m1", "lead-m1")))
        if not stays:
            scene.do(ev.ReadyAsked("ann"))
        scene.do(ev.Dispatched("m1", scene.now, "carrier", "local"))
        scene.do(ev.HungUp("m1", scene.now, 17, "network"))
        ann = scene.agent("ann")
        assert (ann.state, ann.reason) == (("paused", "admin") if stays else ("ready", ""))
        assert ann.last_outcome == "busy"


@pytest.mark.parametrize("what", ["no campaign", "no phone", "no switch"])
def test_a_rep_cannot_dial_where_nothing_would_come_of_it(what: str) -> None:
    scene = Scene("ann")
    campaign = "silver" if what == "no campaign" else "gold"
    if what == "no phone":
        scene.do(ev.LegGone(scene.leg("ann"), scene.now, 44))
    if what == "no switch":
        scene.do(ev.SwitchLost())
    with pytest.raises(ImpossibleEvent) as refusal:
        scene.do(ev.DialAsked("ann", campaign, ev.Offer("m1", "lead-m1")))
    assert refusal.value.state in {
        "the campaign does not run", "the phone is not there", "no Asterisk can be reached",
    }  # fmt: skip


def test_a_restored_call_of_one_rep_finds_that_rep_again() -> None:
    scene = Scene("ann", "bob")
    restored = ev.AttemptRestored(
        "m1", "gold", "lead-m1", "gold", scene.now, mode="manual", agent="bob"
    )
    scene.do(restored)
    scene.do(ev.PickedUp("m1", scene.now))
    commands = scene.do(ev.RouteAsked("m1", scene.now))

    assert [c.agent for c in commands if isinstance(c, Connect)] == ["bob"]
    assert not [line for line in told(scene) if line[0] == "placed"]


@pytest.mark.parametrize("ends", [False, True])
def test_who_is_awaited_by_a_call_of_before_a_restart_is_shown_no_other_lead(ends: bool) -> None:
    scene = Scene("ann", campaigns={"look": PREVIEW})
    t = scene.now
    before = {"mode": "preview", "agent": "ann", "kept": True}
    scene.do(ev.AttemptRestored("m1", "look", "lead-m1", "look", t, **before))
    scene.do(ev.Rang("m1", t))
    scene.do(ev.LeadsOffered("look", [LEAD]))
    assert scene.agent("ann").state is AgentState.READY

    if ends:
        scene.do(ev.HungUp("m1", t, 19, "network"))
        assert scene.agent("ann").state is AgentState.PREVIEW
    else:
        scene.do(ev.PickedUp("m1", t))
        commands = scene.do(ev.RouteAsked("m1", t))
        assert [c.agent for c in commands if isinstance(c, Connect)] == ["ann"]


def test_a_call_that_was_given_up_before_the_switch_had_it_is_ended_when_it_rings() -> None:
    scene = Scene("ann")
    scene.do(ev.PauseAsked("ann", "admin"))
    scene.do(ev.DialAsked("ann", "gold", ev.Offer("m1", "lead-m1")))
    scene.do(ev.HangupAsked("ann"))
    assert HangUp("m1") in scene.do(ev.Dispatched("m1", scene.now, "carrier", "local"))
    assert HangUp("m1") in scene.do(ev.Rang("m1", scene.now))
