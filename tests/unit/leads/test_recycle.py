from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.leads.recycle import (
    DispositionRule,
    RecycleRules,
    Retry,
    after_attempt,
    after_disposition,
    numbers_to_try,
    recycle_rules,
)
from dialer.ports.store import Lead, LeadNumber
from dialer.words import OUTCOMES, Fate, LeadState, Outcome

NOW = 1_800_000_000.0
RULES = RecycleRules(no_answer=Retry(10, 3), busy=Retry(0, 2))


def lead(*numbers: LeadNumber, attempts: int = 0) -> Lead:
    return Lead(
        id="L", campaign_id="C", list_name="", state=LeadState.CALLING, priority=50, name="",
        timezone=None, language=None, owner=None, custom={}, next_call_at=0.0, attempts=attempts,
        last_call_at=None, numbers=numbers or (LeadNumber("+1"),),
    )  # fmt: skip


def test_a_talk_ends_the_lead() -> None:
    assert after_attempt(RULES, lead(), "+1", "connected", 16, now=NOW).state is LeadState.DONE


def test_no_answer_is_tried_again_after_its_time() -> None:
    next_ = after_attempt(RULES, lead(), "+1", "no_answer", 19, now=NOW)

    assert (next_.state, next_.next_call_at) == (LeadState.RETRY, NOW + 600)


def test_after_the_last_try_the_lead_is_given_up() -> None:
    before_last = after_attempt(RULES, lead(attempts=1), "+1", "no_answer", 19, now=NOW)
    last = after_attempt(RULES, lead(attempts=2), "+1", "no_answer", 19, now=NOW)

    assert (before_last.state, last.state) == (LeadState.RETRY, LeadState.DEAD)


@pytest.mark.parametrize("cause", [1, 22, 28])
def test_a_number_nobody_has_is_dead_and_the_next_one_is_tried_at_once(cause: int) -> None:
    two = lead(LeadNumber("+1"), LeadNumber("+2"), attempts=99)

    next_ = after_attempt(RULES, two, "+1", "failed", cause, now=NOW)

    assert (next_.state, next_.next_call_at, next_.number_dead) == (LeadState.RETRY, NOW, True)
    only = lead(LeadNumber("+1"), LeadNumber("+2", dead=True))
    assert after_attempt(RULES, only, "+1", "failed", cause, now=NOW).state is LeadState.DEAD


def test_a_failure_on_the_way_does_not_condemn_the_number() -> None:
    next_ = after_attempt(RULES, lead(), "+1", "failed", 34, now=NOW)

    assert (next_.state, next_.number_dead) == (LeadState.RETRY, False)


def test_the_far_ends_answer_outweighs_the_cause() -> None:
    """301 has cause 16, which alone would be no answer."""
    next_ = after_attempt(RULES, lead(), "+1", "failed", 16, now=NOW, number_is="dead")

    assert (next_.state, next_.number_dead) == (LeadState.DEAD, True)


def test_who_wants_no_such_call_is_never_called_again_by_anybody() -> None:
    two = lead(LeadNumber("+1"), LeadNumber("+2"))

    next_ = after_attempt(RULES, two, "+1", "refused", 127, now=NOW, number_is="never")

    assert (next_.state, next_.number_unwanted) == (LeadState.DNC, True)


def test_the_list_may_be_left_to_a_supervisor() -> None:
    rules = RecycleRules(unwanted="done")

    next_ = after_attempt(rules, lead(), "+1", "refused", 127, now=NOW, number_is="never")

    assert (next_.state, next_.number_unwanted, next_.number_dead) == (LeadState.DONE, False, True)


@pytest.mark.parametrize(("minutes", "hours"), [(0, 24), (60, 24), (48 * 60, 48)])
def test_a_blocked_number_is_never_called_on_the_same_day(minutes: float, hours: float) -> None:
    rules = RecycleRules(refused=Retry(minutes, 4))

    next_ = after_attempt(rules, lead(), "+1", "refused", 127, now=NOW, number_is="not_today")

    assert (next_.state, next_.next_call_at) == (LeadState.RETRY, NOW + hours * 3600)


def test_who_declines_is_called_at_most_once_more() -> None:
    first = after_attempt(
        RecycleRules(), lead(), "+1", "refused", 21, now=NOW, number_is="once_more"
    )
    declined = lead(LeadNumber("+1", declined=True), attempts=1)
    again = after_attempt(
        RecycleRules(), declined, "+1", "refused", 21, now=NOW, number_is="once_more"
    )

    assert (first.state, first.number_declined) == (LeadState.RETRY, True)
    assert (again.state, again.number_dead) == (LeadState.DEAD, True)


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "machine", "cancelled"])
def test_the_one_more_call_is_the_last_whatever_comes_of_it(outcome: Outcome) -> None:
    declined = lead(LeadNumber("+1", declined=True), LeadNumber("+2"), attempts=1)

    next_ = after_attempt(RecycleRules(), declined, "+1", outcome, 19, now=NOW, number_is="alive")

    assert (next_.state, next_.number_dead) == (LeadState.RETRY, True)


def test_a_call_that_failed_on_its_way_is_not_the_one_more() -> None:
    declined = lead(LeadNumber("+1", declined=True), attempts=1)

    next_ = after_attempt(RecycleRules(), declined, "+1", "failed", 34, now=NOW, number_is="alive")

    assert (next_.state, next_.number_dead) == (LeadState.RETRY, False)


def test_who_got_silence_is_left_alone_for_three_days() -> None:
    next_ = after_attempt(RecycleRules(), lead(), "+1", "abandoned", 16, now=NOW)

    assert next_.next_call_at == NOW + 3 * 86_400


@given(
    st.sampled_from(OUTCOMES),
    st.integers(0, 20),
    st.one_of(st.none(), st.integers(0, 127)),
    st.sampled_from([None, *get_args(Fate)]),
)
def test_no_lead_is_called_for_ever(
    outcome: Outcome, attempts: int, cause: int | None, fate: Fate | None
) -> None:
    called = lead(attempts=attempts)
    next_ = after_attempt(RecycleRules(), called, "+1", outcome, cause, now=NOW, number_is=fate)

    assert next_.state in {LeadState.RETRY, LeadState.DONE, LeadState.DEAD, LeadState.DNC}
    assert next_.next_call_at >= NOW
    assert next_.state is not LeadState.RETRY or attempts < 8


def test_the_least_tried_living_number_comes_next() -> None:
    numbers = (
        LeadNumber("+1", attempts=2),
        LeadNumber("+2", attempts=0, dead=True),
        LeadNumber("+3", attempts=1),
        LeadNumber("+4", attempts=1),
    )

    assert numbers_to_try(lead(*numbers))[0] == "+3"
    assert numbers_to_try(lead(LeadNumber("+1", dead=True))) == []


def test_a_callback_goes_to_the_same_rep_at_the_agreed_time() -> None:
    next_ = after_disposition(
        RecycleRules(), "callback", now=NOW, agent_id="X", call_back_at=NOW + 7
    )

    assert next_ is not None
    assert (next_.state, next_.next_call_at, next_.owner, next_.priority) == (
        LeadState.RETRY,
        NOW + 7,
        "X",
        90,
    )


def test_a_disposition_without_a_rule_changes_nothing() -> None:
    assert after_disposition(RecycleRules(), "chatty", now=NOW) is None
    rules = RecycleRules(dispositions={"sale": DispositionRule("done")})
    sold = after_disposition(rules, "sale", now=NOW, agent_id="X")
    assert sold is not None
    assert (sold.state, sold.owner) == (LeadState.DONE, None)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"busy": {"after_minutes": -1, "up_to_attempts": 3}}, "not negative"),
        ({"busy": {"after_minutes": 5}}, "up_to_attempts"),
        ({"bussy": {}}, "bussy"),
        ({"dispositions": {"x": {"state": "gone"}}}, "gone"),
    ],
)
def test_wrong_rules_are_refused_with_a_reason(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        recycle_rules({"recycle": settings})


def test_a_campaign_sets_only_what_it_wants_otherwise() -> None:
    rules = recycle_rules({"recycle": {"busy": {"after_minutes": 5, "up_to_attempts": 3}}})

    assert rules.busy == Retry(5, 3)
    assert rules.no_answer == RecycleRules().no_answer
