"""What an unanswered call's end says: total, and true to its sources."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.far_end import BY_CAUSE, BY_CODE, far_end
from dialer.words import Blame, FarOutcome, Fate

# What older builds made of a cause alone: their logs replay on it.
OLD_BUSY = {17}
OLD_NO_ANSWER = {16, 18, 19, 20, 31, 102}
# Causes that are the trunk's whatever else is known, and the codes beside them.
TRUNK_CAUSES = (27, 34, 38, 41, 42, 44, 58)


def seen_by_asterisk(cause: int, code: int) -> tuple[str, str, str]:
    said = far_end(cause, code, far_end_ended=True)
    return said.outcome, said.blame, said.number


@given(
    cause=st.integers(),
    code=st.one_of(st.none(), st.integers()),
    rang=st.booleans(),
    far_end_ended=st.booleans(),
    ring_time_over=st.booleans(),
)
def test_every_end_says_something(
    cause: int, code: int | None, rang: bool, far_end_ended: bool, ring_time_over: bool
) -> None:
    said = far_end(
        cause, code, rang=rang, far_end_ended=far_end_ended, ring_time_over=ring_time_over
    )

    assert said.outcome in get_args(FarOutcome)
    assert said.blame in get_args(Blame)
    assert said.number in get_args(Fate)
    assert said.source


@given(cause=st.integers(0, 130), far_end_ended=st.booleans())
def test_a_cause_alone_has_the_outcome_it_always_had(cause: int, far_end_ended: bool) -> None:
    expected = "busy" if cause in OLD_BUSY else "no_answer" if cause in OLD_NO_ANSWER else "failed"

    assert far_end(cause, far_end_ended=far_end_ended).outcome == expected


@given(
    st.integers(300, 699).filter(lambda code: code not in {*BY_CODE}),
    st.integers(0, 127),
)
def test_an_unknown_code_counts_as_the_first_of_its_class(code: int, cause: int) -> None:
    first = BY_CODE[code // 100 * 100]

    assert far_end(cause, code) == first


@pytest.mark.parametrize("row", [*BY_CODE.items(), *BY_CAUSE.items()], ids=lambda row: str(row[0]))
def test_what_is_not_the_leads_doing_costs_the_number_nothing(row: tuple[int, object]) -> None:
    said = BY_CODE.get(row[0]) or BY_CAUSE[row[0]]

    assert said.blame == "lead" or said.number == "alive"


@pytest.mark.parametrize("cause", TRUNK_CAUSES)
def test_causes_of_the_network_are_the_trunks(cause: int) -> None:
    assert far_end(cause).blame == "trunk"


@pytest.mark.parametrize(
    ("cause", "code", "expected"),
    [
        (127, 607, ("refused", "lead", "never")),
        (127, 608, ("refused", "lead", "not_today")),
        (21, 603, ("refused", "lead", "once_more")),
        (1, 404, ("failed", "lead", "dead")),
        (22, 410, ("failed", "lead", "dead")),
        (1, 604, ("failed", "lead", "dead")),
        (1, 485, ("failed", "lead", "dead")),
        (28, 484, ("failed", "lead", "dead")),
        (16, 301, ("failed", "lead", "dead")),
        (23, 302, ("failed", "lead", "alive")),
        (19, 483, ("failed", "lead", "alive")),
        (127, 482, ("failed", "lead", "alive")),
        (21, 403, ("failed", "lead", "alive")),
        (21, 401, ("failed", "trunk", "alive")),
        (21, 407, ("failed", "trunk", "alive")),
        (127, 422, ("failed", "trunk", "alive")),
        (58, 488, ("failed", "trunk", "alive")),
        (58, 606, ("failed", "trunk", "alive")),
        (38, 500, ("failed", "trunk", "alive")),
        (29, 501, ("failed", "trunk", "alive")),
        (27, 502, ("failed", "trunk", "alive")),
        (34, 503, ("failed", "trunk", "alive")),
        (102, 504, ("failed", "trunk", "alive")),
        (17, 486, ("busy", "lead", "alive")),
        (17, 600, ("busy", "lead", "alive")),
        (19, 480, ("no_answer", "lead", "alive")),
        (18, 408, ("no_answer", "lead", "alive")),
        (0, 0, ("failed", "switch", "alive")),
    ],
)
def test_each_answer_of_the_far_end_is_taken_for_what_it_is(
    cause: int, code: int, expected: tuple[str, str, str]
) -> None:
    assert seen_by_asterisk(cause, code) == expected


def test_without_a_hangup_nobody_could_be_reached_over_the_trunk() -> None:
    assert far_end(0, 0).blame == "trunk"


def test_a_ring_time_that_runs_out_is_the_trunks_only_if_no_call_of_it_ever_rings() -> None:
    rang = far_end(19, 0, rang=True, ring_time_over=True)
    silent = far_end(19, 0, rang=False, ring_time_over=True)

    assert (rang.outcome, rang.blame, rang.shared) == ("no_answer", "lead", False)
    assert (silent.outcome, silent.blame, silent.shared) == ("no_answer", "lead", True)


def test_a_carrier_that_gives_up_ringing_was_not_answered() -> None:
    assert far_end(127, 487, rang=True, far_end_ended=True).outcome == "no_answer"
    assert far_end(127, 487, far_end_ended=True).outcome == "failed"


@pytest.mark.parametrize("code", [403, 404, 484, 603])
def test_answers_that_a_wrong_prefix_or_account_gives_too_are_the_trunks_if_all_are_so(
    code: int,
) -> None:
    assert far_end(0, code).shared
