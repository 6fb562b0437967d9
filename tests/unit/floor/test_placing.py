"""Stories of placing: whose lead is next, what is given back, and what stops the dialing."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from dialer.floor import CampaignRules, Phase, PoolRules
from dialer.floor.commands import (
    BringLeads,
    CloseAttempt,
    Command,
    Connect,
    ForgetAttempt,
    GiveBack,
    HangUp,
    Place,
    PlayMessage,
)
from dialer.floor.events import (
    CampaignRemoved,
    CampaignSet,
    DialingEnded,
    Dispatched,
    HungUp,
    LeadsOffered,
    LimitsChanged,
    NotPlaced,
    Offer,
    OriginateFailed,
    PickedUp,
    PoolSet,
    Rang,
    Refused,
    RouteAsked,
    SwitchFound,
    SwitchLost,
    Ticked,
    WindowsChanged,
    WindowState,
)
from dialer.floor.state import MIN_ASK_GAP_S
from tests.kit.playbook import like, play
from tests.kit.scene import RUNNING, Scene

#: After this the pacing may be asked again.
NEXT_ASK_S = MIN_ASK_GAP_S + 0.001


def offer(scene: Scene, campaign: str, count: int, prefix: str = "") -> list[Command]:
    offers = [
        Offer(f"{prefix or campaign}{i}", f"lead-{prefix or campaign}{i}") for i in range(count)
    ]
    return scene.do(LeadsOffered(campaign, offers))


def placed(commands: list[Command]) -> list[str]:
    return [c.attempt for c in commands if isinstance(c, Place)]


def by_campaign(commands: list[Command]) -> Counter[str]:
    return Counter(c.campaign for c in commands if isinstance(c, Place))


# --- whose lead -----------------------------------------------------------------------------------


def test_two_campaigns_share_the_dialing_by_their_weights() -> None:
    rules = {"gold": CampaignRules(running=True, weight=3.0), "iron": RUNNING}
    scene = Scene(campaigns=rules)
    offer(scene, "gold", 100)
    offer(scene, "iron", 100)
    scene.pacer.wish = 40
    assert by_campaign(scene.pass_s(0.3)) == {"gold": 30, "iron": 10}


def test_a_campaign_without_weight_dials_only_when_no_other_has_a_lead() -> None:
    rules = {"gold": RUNNING, "iron": CampaignRules(running=True, weight=0.0)}
    scene = Scene(campaigns=rules)
    offer(scene, "gold", 5)
    offer(scene, "iron", 50)
    scene.pacer.wish = 10
    assert by_campaign(scene.pass_s(0.3)) == {"gold": 5, "iron": 5}


def test_a_campaign_near_its_limit_yields_to_the_others() -> None:
    scene = Scene(campaigns={"gold": RUNNING, "iron": RUNNING})
    offer(scene, "gold", 50)
    offer(scene, "iron", 50)
    scene.pacer.rooms = {"gold": 2}
    scene.pacer.wish = 10
    assert by_campaign(scene.pass_s(NEXT_ASK_S)) == {"gold": 2, "iron": 8}


def test_a_campaign_that_comes_back_has_no_arrears() -> None:
    scene = Scene(campaigns={"gold": RUNNING, "iron": CampaignRules()})
    offer(scene, "gold", 100)
    scene.pacer.wish = 60
    scene.pass_s(0.3)
    scene.do(CampaignSet("iron", RUNNING))
    offer(scene, "iron", 100)
    scene.pacer.wish = 20
    assert by_campaign(scene.pass_s(0.3)) == {"gold": 10, "iron": 10}


def test_a_campaign_whose_list_was_dry_has_no_arrears_either() -> None:
    scene = Scene(campaigns={"gold": RUNNING, "iron": RUNNING})
    scene.do(LeadsOffered("iron", []))
    offer(scene, "gold", 100)
    scene.pacer.wish = 60
    scene.pass_s(0.3)
    offer(scene, "iron", 100)
    scene.pacer.wish = 20
    assert by_campaign(scene.pass_s(0.3)) == {"gold": 10, "iron": 10}


def test_the_rep_who_keeps_a_lead_is_asked_first() -> None:
    for keeper, expected in (("bob", "bob"), (None, "ann")):
        scene = Scene("ann", "bob")
        scene.answer("a1", sticky=keeper)
        assert scene.attempt("a1").agent == expected


def test_a_callee_who_needs_a_skill_waits_for_a_rep_who_has_it() -> None:
    scene = Scene("ann")
    scene.ready("bob", skills={"zh": 7})
    scene.answer("a1", needs={"zh": 5})
    assert scene.attempt("a1").agent == "bob"
    scene.answer("a2", needs={"zh": 5})
    assert scene.attempt("a2").phase is Phase.WAITING
    assert list(scene.floor.free) == ["ann"]
    assert PlayMessage("a2") in scene.pass_s(2.0)


def test_a_campaign_may_need_a_skill_for_all_its_calls() -> None:
    scene = Scene("ann")
    scene.ready("bob", skills={"zh": 7})
    scene.do(CampaignSet("gold", replace(scene.floor.campaigns["gold"].rules, needs={"zh": 5})))
    scene.answer("a1")
    assert scene.attempt("a1").agent == "bob"


def test_what_still_rings_is_given_up_when_the_engine_is_about_to_stop() -> None:
    scene = Scene("ann")
    scene.dial("a1")
    scene.ring("a2")
    assert [c for c in scene.do(DialingEnded()) if isinstance(c, HangUp)] == [
        HangUp("a1"),
        HangUp("a2"),
    ]
    (record,) = [c for c in scene.do(HungUp("a2", scene.now, 16)) if isinstance(c, CloseAttempt)]
    assert (record.outcome, record.hangup_by) == ("cancelled", "dialer")


def test_a_callee_somebody_can_take_does_not_wait_behind_one_nobody_can() -> None:
    scene = Scene()
    scene.answer("a1", needs={"zh": 5})
    scene.ready("ann")
    scene.ring("a2")
    t = scene.now
    play(scene.floor, (t, RouteAsked("a2", t), [Connect("a2", "ann", scene.leg("ann"))]))


# --- leads ----------------------------------------------------------------------------------------


def test_leads_are_asked_for_before_they_run_out_and_once_at_a_time() -> None:
    scene = Scene()
    assert BringLeads("gold", 20) in scene.pass_s(0.3)
    assert not [c for c in scene.pass_s(3.0) if isinstance(c, BringLeads)]
    offer(scene, "gold", 20)
    assert not [c for c in scene.pass_s(1.0) if isinstance(c, BringLeads)]
    scene.pacer.wish = 15
    assert BringLeads("gold", 25) in scene.pass_s(0.3), "30 for a wish of 15, less the 5 left"


def test_a_list_with_nothing_due_is_asked_again_only_after_a_while() -> None:
    scene = Scene()
    scene.pass_s(0.3)
    scene.do(LeadsOffered("gold", []))
    assert not [c for c in scene.pass_s(4.9) if isinstance(c, BringLeads)]
    assert [c for c in scene.pass_s(0.5) if isinstance(c, BringLeads)]


def test_a_paused_campaign_gives_its_leads_back_and_places_nothing() -> None:
    scene = Scene()
    offer(scene, "gold", 3)
    t = scene.now
    play(
        scene.floor,
        (
            t,
            CampaignSet("gold", CampaignRules()),
            [GiveBack("gold", ["lead-gold0", "lead-gold1", "lead-gold2"])],
        ),
        (t, LeadsOffered("gold", [Offer("late", "lead-late")]), [GiveBack("gold", ["lead-late"])]),
    )
    scene.pacer.wish = 5
    assert placed(scene.pass_s(1)) == []


# --- campaigns that go ----------------------------------------------------------------------------


def test_a_campaign_removed_in_mid_call_lives_until_its_last_call_has_ended() -> None:
    scene = Scene("ann", "bob")
    scene.talk("a1")
    scene.ring("a2")
    scene.do(CampaignRemoved("gold"))
    t = scene.now
    play(
        scene.floor,
        (t, RouteAsked("a2", t), [Connect("a2", "bob", scene.leg("bob"))]),
        (t + 1, HungUp("a1", t + 1, 16, "callee"), [like(CloseAttempt, outcome="connected")]),
        (t + 2, HungUp("a2", t + 2, 16, "callee"), [like(CloseAttempt, outcome="abandoned")]),
    )
    assert scene.agent("ann").state == "wrapup", "its wrap-up rules held to the end"
    assert scene.floor.campaigns == {}


def test_a_removed_campaign_neither_dials_nor_asks_for_leads() -> None:
    scene = Scene()
    scene.ring("a1")
    scene.do(CampaignRemoved("gold"))
    scene.pacer.wish = 5
    commands = scene.pass_s(10)
    commands += scene.do(LeadsOffered("gold", [Offer("late", "lead-late")]))
    assert GiveBack("gold", ["lead-late"]) in commands
    assert not [c for c in commands if isinstance(c, Place | BringLeads)]


def test_a_removed_campaign_that_returns_dials_again() -> None:
    scene = Scene()
    scene.ring("a1")
    scene.do(CampaignRemoved("gold"))
    scene.do(CampaignSet("gold", RUNNING))
    offer(scene, "gold", 1)
    scene.pacer.wish = 1
    assert placed(scene.pass_s(0.3)) == ["gold0"]
    scene.do(HungUp("a1", scene.now, 19))
    assert "gold" in scene.floor.campaigns


# --- what stops the dialing -----------------------------------------------------------------------


def test_nothing_is_placed_while_the_switch_is_away() -> None:
    scene = Scene()
    offer(scene, "gold", 5)
    scene.do(SwitchLost())
    scene.pacer.wish = 2
    assert placed(scene.pass_s(5)) == []
    assert placed([*scene.do(SwitchFound()), *scene.pass_s(0.3)]) == ["gold0", "gold1"]


def test_a_refused_lead_is_given_back_and_the_next_takes_its_place() -> None:
    scene = Scene()
    offer(scene, "gold", 2)
    scene.pacer.wish = 1
    assert placed(scene.pass_s(0.3)) == ["gold0"]
    scene.pacer.wish = 1
    t = scene.now + MIN_ASK_GAP_S
    play(
        scene.floor,
        (
            t,
            Refused("gold0", "dnc"),
            [
                ForgetAttempt("gold0", "lead-gold0", "gold", "dnc"),
                Place("gold1", "lead-gold1", "gold"),
            ],
        ),
    )
    assert scene.pacer.calls["gold0"] == "cancelled"


def refuse_all(scene: Scene, seconds: float, refusal: type[Refused] | type[NotPlaced]) -> int:
    """A list that never runs dry, every call refused: how many were tried."""
    tries, end = 0, scene.now + seconds
    while scene.now < end:
        scene.pacer.wish = 10
        commands = scene.pass_s(NEXT_ASK_S)
        for command in list(commands):
            if isinstance(command, Place):
                tries += 1
                scene.do(refusal(command.attempt, "no_line"))
            elif isinstance(command, BringLeads):
                offer(scene, "gold", command.count, prefix=f"x{scene.now:.3f}-")
    return tries


def test_full_trunks_are_not_asked_in_circles() -> None:
    assert refuse_all(Scene(), 60.0, NotPlaced) <= 200


def test_a_list_of_refused_leads_is_not_run_through_in_circles() -> None:
    assert refuse_all(Scene(), 60.0, Refused) <= 400


def test_after_one_call_that_worked_the_campaign_is_not_slowed_down_any_more() -> None:
    scene = Scene()
    refuse_all(scene, 60.0, NotPlaced)
    campaign = scene.floor.campaigns["gold"]
    assert campaign.rest_s == 5.0
    scene.pass_s(5.1)
    offer(scene, "gold", 30, prefix="y")
    scene.pacer.wish = 1
    (attempt,) = placed(scene.pass_s(0.3))
    scene.do(Dispatched(attempt, scene.now))
    assert campaign.rest_s == 0.0


def test_a_campaign_that_rests_leaves_the_calls_to_the_others() -> None:
    scene = Scene(campaigns={"gold": RUNNING, "iron": RUNNING})
    offer(scene, "gold", 20)
    offer(scene, "iron", 20)
    scene.pacer.wish = 2
    first = scene.pass_s(NEXT_ASK_S)
    assert by_campaign(first) == {"gold": 1, "iron": 1}
    scene.do(NotPlaced("gold0", "no_line"))
    scene.pacer.wish = 4
    assert by_campaign(scene.pass_s(0.1)) == {"iron": 4}


def test_a_number_that_cannot_be_dialed_is_a_failed_attempt_and_not_tried_again() -> None:
    scene = Scene()
    scene.dial("a1")
    t = scene.now
    play(
        scene.floor,
        (
            t,
            NotPlaced("a1", "bad_number"),
            [like(CloseAttempt, outcome="failed", hangup_cause=28)],
        ),
    )


# --- ends without an answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "outcome", "by"),
    [
        (17, "busy", "callee"),
        (19, "no_answer", "dialer"),
        (18, "no_answer", "dialer"),
        (1, "failed", "network"),
        (34, "failed", "network"),
    ],
)
def test_the_cause_tells_the_outcome_of_an_unanswered_call(
    cause: int, outcome: str, by: str
) -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    record = like(CloseAttempt, outcome=outcome, hangup_by=by, hangup_cause=cause)
    play(scene.floor, (t, HungUp("a1", t, cause), [record]))


def test_the_hangup_with_the_true_cause_may_follow_the_failed_originate() -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, OriginateFailed("a1", 0), []),
        (t + 0.1, HungUp("a1", t + 0.1, 17), [like(CloseAttempt, outcome="busy")]),
        (t + 5, Ticked(), []),
    )


def test_a_failed_originate_without_a_hangup_ends_the_attempt_by_itself() -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    play(
        scene.floor,
        (t, OriginateFailed("a1", 3), []),
        (t + 1, Ticked(), [like(CloseAttempt, outcome="no_answer", hangup_cause=19)]),
    )


def test_a_call_given_up_is_cancelled_once() -> None:
    scene = Scene()
    scene.ring("a1")
    scene.pacer.cancel = ["a1"]
    assert [c for c in scene.pass_s(1.0) if isinstance(c, HangUp)] == [HangUp("a1")]
    t = scene.now
    record = like(CloseAttempt, outcome="cancelled", hangup_by="dialer")
    play(scene.floor, (t, HungUp("a1", t, 16, "dialer"), [record]))


def test_a_call_answered_in_the_moment_it_is_given_up_counts_as_answered() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    scene.pacer.cancel = ["a1"]
    scene.pass_s(0.3)
    t = scene.now
    play(
        scene.floor,
        (t, PickedUp("a1", t), []),
        (t, RouteAsked("a1", t), [Connect("a1", "ann", scene.leg("ann"))]),
        (
            t + 0.01,
            HungUp("a1", t + 0.01, 16, "dialer"),
            [like(CloseAttempt, outcome="abandoned", hangup_by="dialer")],
        ),
    )
    assert list(scene.floor.free) == ["ann"]


def test_only_a_call_that_rings_is_given_up() -> None:
    scene = Scene()
    scene.dial("a1")
    scene.pacer.cancel = ["a1", "unknown"]
    assert not [c for c in scene.pass_s(1.0) if isinstance(c, HangUp)]
    scene.do(Rang("a1", scene.now))
    assert [c for c in scene.pass_s(1.0) if isinstance(c, HangUp)] == [HangUp("a1")]


# --- what pacing is told --------------------------------------------------------------------------


def test_limits_and_windows_reach_the_pacer() -> None:
    scene = Scene()
    scene.do(LimitsChanged(30, 5.0))
    scene.do(WindowsChanged([WindowState("gold", 0.03, 100, 2)]))
    assert scene.pacer.known_limits == (30, 5.0)
    (window,) = scene.pacer.known_windows
    assert (window.group, window.answered, window.closes_at) == ("gold", 100, None)


def test_new_limits_are_looked_at_at_once() -> None:
    scene = Scene()
    offer(scene, "gold", 5)
    scene.pass_s(0.1)
    scene.pacer.wish = 1
    assert placed(scene.do(Ticked())) == []
    assert placed(scene.do(LimitsChanged(30, 5.0))) == ["gold0"]


def test_new_rules_in_mid_flight_keep_what_is_known_of_reps_and_calls() -> None:
    scene = Scene("ann", "bob")
    scene.talk("a1")
    scene.ring("a2", "a3")
    scene.do(RouteAsked("a2", scene.now))
    scene.do(LimitsChanged(7, None))
    scene.do(WindowsChanged([WindowState("gold", 0.03, 100, 2, scene.now + 500)]))
    scene.do(PoolSet(PoolRules(method="progressive")))
    told = scene.floor.pacer.explain()
    assert told["method"] == "progressive"
    assert (told["ready"], told["talking"], told["ringing"], told["waiting"]) == (1, 1, 1, 1)
    assert told["windows"][0]["answered"] == 100
    scene.do(HungUp("a1", scene.now, 16))
    scene.do(HungUp("a3", scene.now, 19))
    scene.do(HungUp("a2", scene.now, 16, "callee"))
    told = scene.floor.pacer.explain()
    assert (told["ringing"], told["waiting"], told["wrapup"]) == (0, 0, 1)


def test_rules_that_did_not_change_do_not_disturb_the_pacer() -> None:
    scene = Scene()
    scene.do(PoolSet(PoolRules()))
    assert scene.floor.pacer is scene.pacer
