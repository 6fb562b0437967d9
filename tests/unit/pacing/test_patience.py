"""How long callees wait for a rep: learned under censoring, and what it does to a decision."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing import PacingSettings, open_pacer
from pacing.patience import PRIOR, Patience
from pacing.predictive import PredictivePacer


def watched(mean_s: float, connect_within: float, callees: int = 3000) -> Patience:
    """What is learned of callees of that patience, for each of whom a rep comes after a while."""
    rng, found = random.Random(7), Patience(connect_within)
    for _ in range(callees):
        patience, rep = rng.expovariate(1 / mean_s), rng.expovariate(1 / 3.0)
        waited = min(patience, rep, connect_within)
        found.on_waited(waited, lost=waited < rep)
    return found


@pytest.mark.parametrize("mean_s", [3.0, 12.0, 40.0])
@pytest.mark.parametrize("connect_within", [2.0, 5.0])
def test_patience_is_learned_though_most_waits_end_otherwise(mean_s, connect_within):
    assert 1 / watched(mean_s, connect_within).rate == pytest.approx(mean_s, rel=0.2)


def test_a_callee_given_up_at_the_limit_has_not_hung_up():
    found = Patience(2.0)
    for _ in range(500):
        found.on_waited(2.0, lost=True)
    assert found.hung_up <= PRIOR[0]
    assert found.rate < 0.01


def test_callees_who_become_impatient_are_noticed_after_months_of_patient_ones():
    found = Patience(5.0)
    for _ in range(200_000):
        found.on_waited(1.0, lost=False)
    for _ in range(1000):
        found.on_waited(1.0, lost=True)
    assert 1 / found.rate < 10.0


@given(mean_s=st.floats(0.5, 200.0), connect_within=st.floats(0.0, 10.0))
def test_the_waits_stand_for_the_shorter_of_patience_and_limit(mean_s, connect_within):
    found = Patience(connect_within)
    found.hung_up, found.waited_s = 1.0, mean_s
    waits = found.waits()
    assert np.all((waits >= 0.0) & (waits <= connect_within))
    mean = mean_s * -np.expm1(-connect_within / mean_s)
    assert waits.mean() == pytest.approx(mean, rel=0.1, abs=1e-9)


def test_where_callees_hang_up_at_once_a_call_more_is_likelier_to_find_nobody(floor_of):
    learned = open_pacer(PacingSettings(connect_within=5.0))
    floor_of(learned, 12).run(1800.0)

    def chance(patience: list[float]) -> float:
        saved = json.loads(learned.save())
        saved["patience"] = patience
        pacer = PredictivePacer(PacingSettings(connect_within=5.0), json.dumps(saved).encode())
        for i in range(12):
            pacer.agent(0.0, f"r{i}", "talking")
            pacer.placed(0.0, f"c{i}")
        return pacer.outlook.forecast(30.0, 0).chance(0)

    assert chance([300.0, 150.0]) > 1.2 * chance([1.0, 6000.0])


def test_what_was_saved_before_patience_was_learned_is_still_read(floor_of):
    pacer = open_pacer(PacingSettings())
    floor_of(pacer, 5).run(300.0)
    saved = json.loads(pacer.save())
    del saved["patience"]
    again = open_pacer(PacingSettings(), json.dumps(saved).encode())
    assert again.explain()["patience_s"] == pytest.approx(PRIOR[1] / PRIOR[0])


@pytest.mark.parametrize("bad", [[0.0, 60.0], [3.0], ["x", 1.0], None, [float("nan"), 60.0]])
def test_a_garbled_patience_is_refused(floor_of, bad):
    pacer = open_pacer(PacingSettings())
    floor_of(pacer, 5).run(60.0)
    saved = json.loads(pacer.save())
    saved["patience"] = bad
    with pytest.raises(ValueError, match="saved pacing data"):
        open_pacer(PacingSettings(), json.dumps(saved).encode())
