"""The effect of a change on a floor as it is: what is simulated, and what is told of it."""

from __future__ import annotations

import math

import pytest

from dialer.settings import CampaignSettings, PoolSettings
from dialer.sim.effect import FloorNow, Line, Reps, compared, interval, scenario_data, t_90
from dialer.sim.effect_worker import Job, _run
from dialer.sim.read import checked
from dialer.sim.records import Record
from dialer.sim.scenario import Scenario

AT = 1_795_300_000.0
SPRING = {"spring": CampaignSettings(trunks=("main",), ring_timeout=20.0)}


def records(count: int, answered: int) -> list[Record]:
    """Every so manieth call is answered by a person who talks for a minute."""
    found = []
    for n in range(count):
        placed = AT - 3600 + n
        talks = n % answered == 0
        found.append(
            Record(
                campaign="spring", placed_at=placed, ringing_at=placed + 1.0,
                ended_at=placed + (75.0 if talks else 20.0),
                outcome="connected" if talks else "no_answer",
                answered_at=placed + 10.0 if talks else None,
                connected_at=placed + 10.2 if talks else None,
                answered_by="human" if talks else None,
                agent=f"r{n % 7}" if talks else None,
                talk_seconds=64.8 if talks else None,
                wrapup_seconds=10.0 if talks else None,
                hangup_by="callee" if talks else "dialer",
            )
        )  # fmt: skip
    return found


def floor(**fields) -> FloorNow:
    given = {"at": AT, "zone": "Europe/Berlin", "reps": [Reps(8)], "lines": [Line("main", 30)]}
    return FloorNow(**{**given, **fields})


def built(now: FloorNow, pool: PoolSettings | None = None) -> tuple[Scenario, set[str]]:
    data, notes = scenario_data(now, pool or PoolSettings(), SPRING, 10.0)
    found = checked(data)
    assert isinstance(found, Scenario), str(found)
    return found, {note.slug for note in notes}


def test_without_calls_usual_figures_are_taken_and_it_is_said() -> None:
    found, notes = built(floor(paused=2))

    assert notes == {"few-calls", "few-wrapups", "paused", "hours"}
    assert found.callees_of("spring").answer_rate == {"0:00": 0.3}
    assert found.campaign["spring"].ring_timeout == 20.0
    assert found.trunk[0].max_lines == 30
    assert found.reps_in_all == 8


def test_calls_of_today_tell_how_callees_behave() -> None:
    found, notes = built(floor(records={"spring": records(600, 5)}, dialable={"spring": 900}))

    assert notes == {"hours"}
    callees = found.callees_of("spring")
    assert callees.answer_rate == {"0:00": 0.2}
    assert callees.leads == 900
    assert found.reps.wrapup.build().mean == pytest.approx(10.0)


def test_few_calls_are_drawn_towards_the_usual_rate() -> None:
    found, notes = built(floor(records={"spring": records(50, 5)}))

    (rate,) = found.callees_of("spring").answer_rate.values()
    assert rate == pytest.approx((50 * 0.2 + 50 * 0.3) / 100)
    assert "few-calls" in notes


def test_a_trunk_that_is_not_described_is_left_out_and_an_endless_list_has_no_end() -> None:
    found, _ = built(floor(lines=[], dialable={"spring": 99_999}))

    assert found.campaign["spring"].trunks == ()
    assert found.callees_of("spring").leads is None


def test_reps_keep_their_skills_and_campaigns() -> None:
    groups = [Reps(3, {"zh": 5}, ("spring", "gone")), Reps(2)]

    found, _ = built(floor(reps=groups))

    assert [(s.reps, s.skills, s.campaigns) for s in found.shifts] == [
        (3, {"zh": 5}, ("spring",)), (2, {}, ()),
    ]  # fmt: skip


def test_one_seed_gives_both_settings_the_same_callees() -> None:
    """The same settings on both sides differ by nothing; a higher ratio abandons more."""
    data, _ = scenario_data(floor(), PoolSettings(method="ratio", ratio=1.0), SPRING, 10.0)
    more, _ = scenario_data(floor(), PoolSettings(method="ratio", ratio=5.0), SPRING, 10.0)
    job = Job(now=data, then=more)
    sides = [checked(it) for it in (data, data, more)]

    same, again, other = (_run(side, 3, None, job) for side in sides)

    assert same == again
    assert other["abandon_rate"] > same["abandon_rate"]
    assert other["utilisation"] > same["utilisation"]


def test_a_ledger_near_its_limit_makes_pacing_careful() -> None:
    pool = PoolSettings(method="predictive", max_abandon_rate=0.03)
    data, _ = scenario_data(floor(reps=[Reps(12)]), pool, SPRING, 15.0)
    side = checked(data)

    fresh = _run(side, 1, None, Job(now=data, then=data))
    spent = _run(side, 1, None, Job(now=data, then=data, ledger={"spring": (60, 1000)}))

    assert spent["abandon_rate"] <= fresh["abandon_rate"]
    assert spent["utilisation"] < fresh["utilisation"]


def test_differences_are_told_with_their_intervals() -> None:
    now = [{"utilisation": u, "abandon_rate": None} for u in (0.5, 0.6, 0.7)]
    then = [{"utilisation": u + 0.1, "abandon_rate": 0.01} for u in (0.5, 0.6, 0.7)]

    found = compared(now, then)

    assert found["difference"]["utilisation"].mean == pytest.approx(0.1)
    assert found["difference"]["utilisation"].low == pytest.approx(0.1)
    assert found["now"]["utilisation"].high == pytest.approx(0.6 + 2.92 * 0.1 / math.sqrt(3))
    assert found["difference"]["abandon_rate"].mean is None
    assert found["then"]["abandon_rate"].low == pytest.approx(0.01)


def test_one_run_has_no_interval_and_none_has_no_mean() -> None:
    assert (interval([2.0]).mean, interval([2.0]).low) == (2.0, None)
    assert interval([]).mean is None
    assert interval([0.0, 0.1], least=0.0).low == 0.0


@pytest.mark.parametrize(
    ("freedom", "known"), [(1, 6.3138), (6, 1.9432), (10, 1.8125), (30, 1.6973)]
)
def test_the_quantile_is_students(freedom: int, known: float) -> None:
    assert t_90(freedom) == pytest.approx(known, abs=0.002)
