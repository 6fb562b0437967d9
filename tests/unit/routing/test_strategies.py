"""Who gets the call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import STRATEGIES, Caller, Candidate, choose, may_take

ANN = Candidate("ann", 10.0, calls=5, skills={"zh": 8, "sales": 2}, weight=1.0)
BOB = Candidate("bob", 20.0, calls=2, skills={"zh": 3}, weight=0.25)
CAT = Candidate("cat", 30.0, calls=4, campaigns=frozenset({"gold"}), weight=4.0)
FREE = [ANN, BOB, CAT]


def caller(**known: object) -> Caller:
    return Caller(
        attempt="a1", campaign=str(known.pop("campaign", "gold")), waiting_since=0.0, **known
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("longest_idle", "ann"), ("fewest_calls", "bob"), ("weighted", "cat"), ("best_skill", "ann")],
)
def test_each_strategy_picks_by_its_own_measure(name: str, expected: str) -> None:
    assert STRATEGIES[name](FREE, caller()) == expected


def test_a_rep_of_another_campaign_is_not_asked() -> None:
    assert STRATEGIES["weighted"](FREE, caller(campaign="iron")) == "ann"


def test_a_skill_below_the_level_needed_does_not_count() -> None:
    assert STRATEGIES["fewest_calls"](FREE, caller(needs={"zh": 5})) == "ann"


def test_nobody_is_better_than_the_wrong_rep() -> None:
    assert STRATEGIES["longest_idle"](FREE, caller(needs={"law": 1})) is None


def test_the_most_skilled_rep_wins_over_the_longest_idle_one() -> None:
    early = Candidate("eve", 1.0, skills={"zh": 4})
    assert STRATEGIES["best_skill"]([early, ANN], caller(needs={"zh": 3})) == "ann"


def test_the_rep_the_lead_knows_goes_first_if_they_may() -> None:
    knows_bob = caller(sticky="bob")
    assert choose(STRATEGIES["longest_idle"], FREE, knows_bob, BOB) == "bob"
    assert choose(STRATEGIES["longest_idle"], FREE, knows_bob, None) == "ann"


candidates = st.lists(
    st.builds(
        Candidate,
        agent=st.uuids().map(str),
        idle_since=st.floats(0, 100),
        calls=st.integers(0, 50),
        skills=st.dictionaries(st.sampled_from(["zh", "en", "law"]), st.integers(0, 10)),
        weight=st.floats(0, 5),
    ),
    max_size=8,
)
needs = st.dictionaries(st.sampled_from(["zh", "en", "law"]), st.integers(1, 10), max_size=2)


@given(candidates, needs, st.sampled_from(sorted(STRATEGIES)))
def test_a_strategy_names_an_eligible_rep_whenever_there_is_one(
    free: list[Candidate], needed: dict[str, int], name: str
) -> None:
    someone = caller(needs=needed)
    eligible = {c.agent for c in free if may_take(c, someone)}
    chosen = STRATEGIES[name](free, someone)
    assert (chosen in eligible) if eligible else chosen is None
