"""Where a campaign routes by weight, reps' shares of its calls follow their weights."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.floor import CampaignRules
from dialer.floor import events as ev
from tests.kit.scene import Scene

RULES = CampaignRules(running=True, routing="weighted", wrapup_limit=0.0)


def calls_of(weights: dict[str, float], calls: int) -> dict[str, int]:
    """Who took how many, when all are free at each call."""
    scene = Scene(rules=RULES)
    for rep, weight in weights.items():
        scene.ready(rep, weight=weight)
    for number in range(calls):
        attempt = f"call-{number}"
        rep = scene.talk(attempt)
        scene.do(ev.HungUp(attempt, scene.now, 16))
        scene.do(ev.LegParked(scene.leg(rep), scene.now))
        scene.pass_s(1.0)
    return {rep: scene.agent(rep).calls for rep in weights}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_shares_follow_weights_to_within_a_call(weights: list[int]) -> None:
    reps = {f"rep{n}": float(weight) for n, weight in enumerate(weights)}

    taken = calls_of(reps, 3 * sum(weights))

    assert sum(taken.values()) == 3 * sum(weights)
    assert all(abs(taken[rep] - 3 * weight) <= 1 for rep, weight in reps.items())


def test_a_rep_without_weight_takes_only_what_nobody_else_can() -> None:
    assert calls_of({"ann": 0.0, "bob": 1.0}, 5) == {"ann": 0, "bob": 5}
    assert calls_of({"ann": 0.0}, 2) == {"ann": 2}
