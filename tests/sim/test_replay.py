"""A floor's log run again: the same orders bit for bit, or where it first went another way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dialer.cli.main import run
from dialer.sim.compare import CannotFitError, what_if
from dialer.sim.day import RecordedDay, day_bounds, day_logs, fitted, run_again
from dialer.sim.floor_replay import logs_of, replay
from dialer.sim.read import checked
from dialer.sim.scenario import Scenario
from dialer.sim.shift import POOL, Shift

DAY = "2026-03-02"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shift]:
    """A state folder with the log of half an hour, and the shift that wrote it."""
    scenario = checked(
        {
            "scenario": {"hours": 0.6, "start": f"{DAY}T09:00"},
            "callees": {"c": {"answer_rate": 0.35, "machine_rate": 0.05}},
            "campaign": {"c": {"trunks": ["t"]}},
            "trunk": [{"name": "t", "max_lines": 60}],
            "reps": {"count": 8, "phone_drops_per_hour": 1.0, "pauses_per_hour": 2.0},
        }
    )
    assert isinstance(scenario, Scenario), str(scenario)
    state_dir = tmp_path_factory.mktemp("state")
    shift = Shift(scenario, 1, state_dir=state_dir)
    shift.run()
    return state_dir, shift


@pytest.fixture
def recorded(written: tuple[Path, Shift], tmp_path: Path) -> tuple[Path, Shift]:
    """A copy of it, to be spoiled."""
    state_dir, shift = written
    shutil.copytree(state_dir, tmp_path / "state")
    return tmp_path / "state", shift


def log_of(state_dir: Path) -> Path:
    ((path, _),) = logs_of(state_dir, POOL)
    return path


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def put(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n")


def day_of(state_dir: Path) -> RecordedDay:
    bounds = day_bounds(DAY, "UTC")
    return run_again(day_logs(state_dir, POOL, *bounds), POOL, bounds, "UTC")


def test_the_same_events_lead_to_the_same_orders_bit_for_bit(recorded: tuple[Path, Shift]) -> None:
    state_dir, shift = recorded
    found = replay(log_of(state_dir))

    assert found.is_identical
    assert found.events > 1000
    assert found.orders > 1000
    assert found.unread == 0
    last = [json.loads(line) for line in lines_of(log_of(state_dir)) if line.startswith("[")]
    assert found.checksum == next(entry[2] for entry in reversed(last) if len(entry) == 3)
    assert shift.runner.floor.attempts == {}


def test_a_missing_event_is_found_where_it_first_matters(recorded: tuple[Path, Shift]) -> None:
    path = log_of(recorded[0])
    lines = lines_of(path)
    gone = next(n for n in range(400, len(lines)) if '"PickedUp"' in lines[n])
    put(path, lines[:gone] + lines[gone + 1 :])
    found = replay(path)

    assert found.divergence is not None
    assert found.divergence.event >= gone
    assert "checksum" in found.divergence.what or "impossible" in found.divergence.what
    assert found.divergence.kind in str(found.divergence)


def test_an_order_that_was_not_given_then_is_a_divergence(recorded: tuple[Path, Shift]) -> None:
    path = log_of(recorded[0])
    lines = lines_of(path)
    entry = next(n for n in range(300, len(lines)) if len(json.loads(lines[n])) == 3)
    put(path, [*lines[:entry], json.dumps(json.loads(lines[entry])[:2]), *lines[entry + 1 :]])
    found = replay(path)

    assert found.divergence is not None
    assert found.divergence.event == entry
    assert found.divergence.what == "the log has no orders here"
    assert found.divergence.ordered


def test_a_line_cut_short_by_a_crash_ends_the_log_and_harms_nothing(
    recorded: tuple[Path, Shift],
) -> None:
    path = log_of(recorded[0])
    lines = lines_of(path)
    path.write_text("\n".join([*lines[:-1], lines[-1][: len(lines[-1]) // 2]]))
    found = replay(path)

    assert found.is_identical
    assert (found.events, found.unread) == (len(lines) - 2, 1)


def test_a_damaged_line_in_the_middle_is_told(recorded: tuple[Path, Shift]) -> None:
    path = log_of(recorded[0])
    lines = lines_of(path)
    put(path, [*lines[:500], "[garbage", *lines[501:]])
    found = replay(path)

    assert found.is_identical
    assert found.unread == len(lines) - 500


def test_what_is_no_floor_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("{}\n")
    with pytest.raises(ValueError, match="not a floor log"):
        replay(path)


def test_a_log_of_another_version_is_refused(recorded: tuple[Path, Shift]) -> None:
    path = log_of(recorded[0])
    lines = lines_of(path)
    first = json.loads(lines[0])
    put(path, [json.dumps({**first, "version": 99}), *lines[1:]])
    with pytest.raises(ValueError, match="version 99"):
        replay(path)


def test_a_recorded_day_has_the_figures_of_the_shift(recorded: tuple[Path, Shift]) -> None:
    state_dir, shift = recorded
    day = day_of(state_dir)
    was = shift.watch.figures(0, 8)

    assert day.is_identical
    assert day.figures is not None
    assert day.figures.placed == was.placed
    assert day.figures.abandoned == was.abandoned
    assert day.figures.wait_mean_s == pytest.approx(was.wait_mean_s, rel=0.01)
    assert len(day.records) == was.placed
    assert day.lines == 60


def test_a_day_becomes_a_scenario_with_its_own_settings(recorded: tuple[Path, Shift]) -> None:
    day = day_of(recorded[0])
    scenario = checked(fitted(day))

    assert isinstance(scenario, Scenario), str(scenario)
    assert scenario.pool.method == "predictive"
    assert scenario.trunk[0].max_lines == 60
    assert scenario.reps_in_all == 8
    assert scenario.scenario.start.startswith(f"{DAY}T09:00:")
    rate = scenario.callees["c"].answer_rate
    assert all(0.25 < value < 0.55 for value in rate.values())


def test_a_resample_of_the_day_is_another_scenario(recorded: tuple[Path, Shift]) -> None:
    day = day_of(recorded[0])

    assert fitted(day, 1) != fitted(day)
    assert fitted(day, 1) == fitted(day, 1)


def test_other_settings_are_simulated_beside_the_day(recorded: tuple[Path, Shift]) -> None:
    day = day_of(recorded[0])
    found = what_if(day, ["pool.method=progressive"], 2, workers=1, shown=False)

    assert found.runs == 2
    assert found.compared["abandoned"].second.mean == 0.0
    assert found.compared["utilisation"].difference.mean < 0.0
    assert found.recorded["placed"] == len(day.records)


def test_a_day_with_hardly_a_call_gives_no_scenario(tmp_path: Path) -> None:
    day = RecordedDay(POOL, 0.0, 86_400.0, "UTC")
    with pytest.raises(CannotFitError, match="too few"):
        what_if(day, ["pool.ratio=1"], 2, workers=1, shown=False)


def test_a_change_that_cannot_be_is_said(recorded: tuple[Path, Shift]) -> None:
    with pytest.raises(CannotFitError, match=r"pool\.speed"):
        what_if(day_of(recorded[0]), ["pool.speed=9"], 2, workers=1, shown=False)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def config(recorded: tuple[Path, Shift], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TZ", "UTC")
    path = recorded[0] / "dialer.toml"
    path.write_text(f'[service]\nstate_dir = "{recorded[0]}"\n')
    return path


def replayed(config: Path, *more: str) -> list[str]:
    return ["replay", "--pool", POOL, "--date", DAY, "--config", str(config), *more]


def test_the_command_says_that_a_day_is_the_same(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(replayed(config)) == 0
    assert "the same bit for bit" in capsys.readouterr().out


def test_the_command_gives_one_json_document(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(replayed(config, "--json")) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["identical"] is True
    assert document["logs"][0]["divergence"] is None


def test_a_divergence_is_exit_status_1_and_one_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = log_of(config.parent)
    lines = lines_of(path)
    put(path, lines[:300] + lines[310:])

    assert run(replayed(config, "--json")) == 1
    out = capsys.readouterr()
    assert json.loads(out.out)["identical"] is False
    assert out.err.count("\n") == 1
    assert "event" in out.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--pool", POOL, "--date", "2026-03-09"], 1, "nothing is logged"),
        (["--pool", "none", "--date", DAY], 1, "has no logs"),
        (["--pool", POOL, "--date", "yesterday"], 2, "is no day"),
        (["--pool", POOL], 2, "--date"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    assert run(["replay", *arguments, "--config", str(config)]) == status
    assert said in capsys.readouterr().err
