"""What a simulated shift must do, whatever its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from dialer.floor.commands import CloseAttempt, Command, Place
from dialer.sim.scenario import Scenario
from dialer.sim.shift import Shift, run_shift

MakeScenario = Callable[..., Scenario]
QUICK: dict[str, Any] = {"method": "progressive"}


class Counting(Shift):
    """Counts the calls that are up at the same time, and notes when the last was placed."""

    most = 0
    last_placed_at = 0.0

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, Place):
                self.last_placed_at = self.timeline.now()
        self.most = max(self.most, len(self.runner.floor.attempts))
        super().commands(pool, commands)


def test_the_same_seed_gives_the_same_shift_and_another_seed_another(
    make_scenario: MakeScenario,
) -> None:
    scenario = make_scenario(scenario={"hours": 0.5}, reps={"count": 4})
    first, again, other = (run_shift(scenario, seed) for seed in (1, 1, 2))

    first.took_s = again.took_s = 0.0
    assert first == again
    assert other.placed != first.placed or other.wait_mean_s != first.wait_mean_s


def test_every_call_that_is_placed_ends_with_one_outcome(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.5},
        callees={"c": {"answer_rate": 0.4, "machine_rate": 0.1, "dead_rate": 0.05}},
        reps={"count": 6},
    )
    figures = run_shift(scenario, 3)

    assert figures.placed > 100
    assert sum(figures.outcomes.values()) == figures.placed
    assert figures.connected + figures.abandoned == figures.answered
    assert set(figures.impossible) <= {"LegGone while unknown"}


def test_a_list_that_runs_out_is_called_to_its_last_lead(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 1.0},
        pool=QUICK,
        callees={"c": {"leads": 150, "answer_rate": 0.5}},
        reps={"count": 6},
    )
    shift = Counting(scenario, 1)
    campaign = shift.run().campaigns["c"]

    assert campaign.untouched == 0
    assert campaign.placed >= 150
    assert campaign.through_s is not None
    assert campaign.through_s < 3600
    assert shift.last_placed_at < shift.ends_at - 60


def test_no_more_calls_are_up_than_the_trunk_has_lines(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.4},
        campaign={"c": {"trunks": ["t"]}},
        trunk=[{"name": "t", "max_lines": 7}],
        reps={"count": 20},
    )
    shift = Counting(scenario, 1)
    shift.run()

    # Orders that the trunk refuses are attempts for a moment, before any call is made.
    assert 5 <= shift.most <= 9


def test_outside_calling_hours_nobody_is_called(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.3, "start": "2026-03-02T22:00", "timezone": "Europe/Berlin"},
        reps={"count": 3},
    )
    figures = run_shift(scenario, 1)

    assert figures.placed == 0
    assert set(figures.refused) == {"calling_window"}


def test_callees_in_another_zone_are_called_in_their_own_hours(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.3, "start": "2026-03-02T09:00", "timezone": "America/New_York"},
        pool=QUICK,
        callees={"c": {"timezones": {"America/Los_Angeles": 1.0}}},
        reps={"count": 3},
    )
    assert run_shift(scenario, 1).placed == 0


def test_a_break_is_taken_and_counted_as_away(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 1.0, "start": "2026-03-02T09:00"},
        pool=QUICK,
        shift=[{"reps": 6, "breaks": [{"at": "9:20", "minutes": 15, "spread_minutes": 0}]}],
    )
    figures = run_shift(scenario, 1)

    away = sum(bin_.away_s for bin_ in figures.bins)
    # Coming to the phone at login counts a little, too.
    assert away == pytest.approx(6 * 15 * 60, rel=0.03)
    assert figures.rep_hours == pytest.approx(6 * 0.75, rel=0.03)


def test_nobody_is_called_whom_nobody_could_talk_to_any_more(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 1.0, "start": "2026-03-02T09:00"},
        shift=[{"reps": 8, "end": "9:30"}],
    )
    shift = Counting(scenario, 1)
    figures = shift.run()

    assert shift.last_placed_at <= shift.starts_at + 1800 + 1.0
    assert figures.abandon_rate <= 0.03


def test_people_are_missed_only_where_the_detector_errs(make_scenario: MakeScenario) -> None:
    def missed(rate: float) -> int:
        scenario = make_scenario(
            scenario={"hours": 0.5},
            pool=QUICK,
            campaign={"c": {"amd": True}},
            callees={"c": {"answer_rate": 0.5, "machine_rate": 0.2, "human_missed_rate": rate}},
            reps={"count": 6},
        )
        return run_shift(scenario, 1).people_missed

    assert missed(0.0) == 0
    assert missed(0.3) > 10


def test_campaigns_of_one_pool_share_it_by_weight(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.5},
        pool=QUICK,
        campaign={"heavy": {"weight": 3.0}, "light": {"weight": 1.0}},
        reps={"count": 12},
    )
    campaigns = run_shift(scenario, 1).campaigns

    share = campaigns["heavy"].placed / campaigns["light"].placed
    assert share == pytest.approx(3.0, rel=0.1)


def test_reps_with_skills_for_one_campaign_take_only_its_calls(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.3},
        pool=QUICK,
        campaign={"a": {}, "b": {}},
        shift=[{"reps": 5, "campaigns": ["a"]}],
    )
    campaigns = run_shift(scenario, 1).campaigns

    assert campaigns["a"].connected > 5
    assert campaigns.get("b") is None or campaigns["b"].connected == 0


def test_phones_that_fail_cost_no_callee_his_record(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.6},
        pool=QUICK,
        callees={"c": {"answer_rate": 0.5}},
        reps={
            "count": 8,
            "phone_drops_per_hour": 8.0,
            "phone_away": {"law": "exponential", "mean": 5.0},
        },
    )
    figures = run_shift(scenario, 1)

    assert figures.connected > 30
    assert sum(figures.outcomes.values()) == figures.placed
    assert set(figures.impossible) <= {"LegGone while unknown"}


def test_unplanned_pauses_and_signals_leave_no_rep_behind(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.6},
        reps={"count": 8, "pauses_per_hour": 6.0, "hint_rate": 0.8, "pace_spread": 0.3},
    )
    shift = Shift(scenario, 1)
    figures = shift.run()

    assert figures.connected > 20
    assert {agent.state.value for agent in shift.runner.floor.agents.values()} == {"out"}


def test_a_callee_waits_no_longer_than_the_campaign_allows(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.5},
        pool={"method": "ratio", "ratio": 4.0},
        campaign={"c": {"connect_within": 1.5}},
        reps={"count": 5},
    )
    waits: list[float] = []

    class Watching(Shift):
        def commands(self, pool: str, commands: Sequence[Command]) -> None:
            closed = [c for c in commands if isinstance(c, CloseAttempt)]
            waits.extend(c.connected_at - (c.answered_at or 0) for c in closed if c.connected_at)
            super().commands(pool, commands)

    figures = Watching(scenario, 1).run()
    assert figures.abandoned > 5
    assert max(waits) <= 1.5 + 0.1


def test_the_warm_up_is_left_out_of_the_figures(make_scenario: MakeScenario) -> None:
    whole, warmed = (
        run_shift(
            make_scenario(
                scenario={"hours": 0.5, "warmup_minutes": minutes}, pool=QUICK, reps={"count": 4}
            ),
            1,
        )
        for minutes in (0, 15)
    )
    assert warmed.placed < whole.placed
    assert warmed.rep_hours == pytest.approx(4 * 0.25, rel=0.05)


def test_who_is_on_the_do_not_call_list_is_not_called(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 1.0},
        pool=QUICK,
        callees={"c": {"leads": 100, "dnc_rate": 0.3, "answer_rate": 0.5}},
        reps={"count": 10},
    )
    figures = run_shift(scenario, 1)

    assert 15 <= figures.refused["dnc"] <= 45
    assert figures.campaigns["c"].left is not None
    assert figures.placed >= 100 - figures.refused["dnc"]


def test_with_yesterdays_answers_in_the_window_the_first_minutes_are_not_lost(
    make_scenario: MakeScenario,
) -> None:
    def connected(**more: int) -> int:
        scenario = make_scenario(
            scenario={"hours": 0.4},
            campaign={"c": {"abandon_windows": ["24h"]}},
            callees={"c": {"answer_rate": 0.25, **more}},
            reps={"count": 20},
        )
        return sum(run_shift(scenario, seed).connected for seed in range(3))

    assert connected(answered_before=2000, abandoned_before=50) > 1.08 * connected()


def test_every_window_that_a_campaign_names_is_kept(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.1},
        campaign={"c": {"abandon_windows": ["24h", "month"]}},
        reps={"count": 2},
    )
    shift = Shift(scenario, 0)
    shift.run()
    assert len(shift.runner.floor.pacer.explain()["windows"]) == 2
