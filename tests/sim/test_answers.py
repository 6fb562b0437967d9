"""`dialer simulate` as people and programs use it: tables, JSON, pictures, advice."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dialer.cli.main import run
from dialer.cli.simulate import plots
from dialer.sim.advise import _least, _shared, _verdict, better, reps_needed
from dialer.sim.figures import ShiftFigures
from dialer.sim.scenario import Scenario
from dialer.sim.seeds import Job, run_all, workers_for
from dialer.sim.summary import estimate

MakeScenario = Callable[..., Scenario]
SCENARIO = """
[scenario]
title = "A short one"
hours = 0.2
[pool]
method = "progressive"
[campaign.c]
[callees.c]
answer_rate = 0.5
[reps]
count = 4
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def simulated(file: Path, *more: str) -> list[str]:
    return ["simulate", str(file), "--seeds", "2", "--workers", "1", *more]


def test_a_table_tells_means_and_intervals(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(simulated(file)) == 0
    out = capsys.readouterr().out
    assert out.startswith("A short one: 4 reps, 0.2 h")
    assert re.search(r"occupancy +\d+\.\d+ % +\d+\.\d+ % – \d+\.\d+ %", out)


def test_the_table_is_there_in_chinese(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(simulated(file, "--lang", "zh")) == 0
    assert "占有率" in capsys.readouterr().out


def test_json_is_one_document_without_numbers_that_are_none(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(simulated(file, "--json")) == 0

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    document = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert document["summary"]["runs"] == 2
    assert [found["seed"] for found in document["runs"]] == [0, 1]
    assert document["scenario"]["reps"]["count"] == 4


def test_a_key_is_varied(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(simulated(file, "--vary", "reps.count=2,5", "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    placed = [v["summary"]["figures"]["placed"]["mean"] for v in document["variants"]]
    assert placed[1] > 1.5 * placed[0]


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--set", "reps.cuont=1"], 1, "did you mean 'count'?"),
        (["--vary", "reps.count=3"], 2, "two values or more"),
        (["--plot", "x.pdf"], 1, ".png or .html"),
        (["--plot", "/no/such/folder/x.png"], 1, "there is no folder"),
        (["--advise", "reps"], 2, "--by"),
        (["--advise", "limit"], 2, "--to"),
        (["--advise", "compare"], 2, "--a"),
        (["--advise", "reps", "--by", "11:00"], 1, "no list has an end"),
        (["--advise", "cost"], 2, "cost"),
        (["--seeds", "0"], 2, "--seeds"),
        (["--fit", "nothing-of-the-kind"], 1, "exists"),
    ],
)
def test_what_cannot_be_done_is_one_line_before_any_work(
    file: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    status: int,
    said: str,
) -> None:
    assert run(simulated(file, *more)) == status
    out = capsys.readouterr()
    assert said in out.err
    assert out.out == ""


# --- pictures -------------------------------------------------------------------------------------


def test_a_page_needs_nothing_beside_it(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert run(simulated(file, "--plot", str(out), "--lang", "zh")) == 0

    text = out.read_text(encoding="utf-8")
    assert text.count("<svg") == 2
    assert "占有率" in text
    # Namespaces are names; nothing is fetched from anywhere.
    fetched = re.findall(r'(?:src|href)="(?!#)([^"]+)"', text)
    assert fetched == []


def test_a_png_is_one_picture_and_shows_the_varied_key(file: Path, tmp_path: Path) -> None:
    plain, varied = tmp_path / "plain.png", tmp_path / "varied.png"
    assert run(simulated(file, "--plot", str(plain))) == 0
    assert run(simulated(file, "--vary", "reps.count=2,4", "--plot", str(varied))) == 0

    heights = [int.from_bytes(path.read_bytes()[20:24]) for path in (plain, varied)]
    assert plain.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert heights[1] > heights[0]


def test_without_a_chinese_font_a_png_says_so_and_is_in_english(
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plots, "_chinese_font", lambda: None)
    assert run(simulated(file, "--plot", str(tmp_path / "x.png"), "--lang", "zh")) == 0
    assert "labels are in English" in capsys.readouterr().err


def test_without_matplotlib_one_line_says_what_to_install(
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = builtins.__import__

    def lacking(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", lacking)
    assert run(simulated(file, "--plot", str(tmp_path / "x.png"))) == 1
    assert "dialer[plots]" in capsys.readouterr().err


# --- runs side by side ----------------------------------------------------------------------------


def test_runs_in_processes_are_those_of_one_after_another(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 0.1}, pool={"method": "progressive"}, reps={"count": 2}
    )
    jobs = [Job(scenario, seed) for seed in (5, 6, 7)]
    alone, together = (run_all(jobs, shown=False, workers=count) for count in (1, 2))
    for run_ in [*alone, *together]:
        run_.took_s = 0.0

    # Compared as text: a figure that nothing was counted for is no number, and equals nothing.
    assert [str(run_) for run_ in alone] == [str(run_) for run_ in together]
    assert [run_.seed for run_ in alone] == [5, 6, 7]


def test_one_core_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)

    assert [workers_for(20), workers_for(3), workers_for(20, 12)] == [7, 3, 12]


# --- advice ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("enough", [1, 2, 3, 7, 8, 9, 31, 64])
@pytest.mark.parametrize("guess", [1, 5, 40])
def test_the_least_number_that_is_enough_is_found(enough: int, guess: int) -> None:
    assert _least(lambda reps: reps >= enough, guess) == enough


@pytest.mark.parametrize("enough", [1, 3, 4, 9, 20])
def test_of_several_shifts_none_is_left_without_a_rep(enough: int) -> None:
    tried = []

    def is_enough(reps: int) -> bool:
        tried.append(reps)
        return reps >= enough

    assert _least(is_enough, 7, 3) == max(3, enough)
    assert min(tried) >= 3


@pytest.mark.parametrize("count", range(3, 40))
def test_reps_are_shared_out_as_the_shifts_were(count: int) -> None:
    parts = _shared(count, [14, 6, 1])
    assert sum(parts) == count
    assert parts == sorted(parts, reverse=True)
    assert min(parts) >= 1


def test_no_number_is_named_where_none_is_enough() -> None:
    assert _least(lambda reps: False, 10) is None


def test_how_many_reps_a_list_takes(make_scenario: MakeScenario) -> None:
    scenario = make_scenario(
        scenario={"hours": 2.0, "start": "2026-03-02T09:00"},
        pool={"method": "progressive"},
        callees={"c": {"leads": 120, "answer_rate": 0.4}},
        reps={"count": 3},
    )
    found = reps_needed(scenario, "9:30", 3, lambda jobs: run_all(jobs, shown=False, workers=1))

    assert found.reps is not None
    by_reps = {tried.reps: tried for tried in found.tried}
    assert by_reps[found.reps].through == 3
    assert by_reps[found.reps - 1].through < 3
    assert by_reps[found.reps].hours.mean <= 0.52


def figures(abandon_rate: float, talk: float) -> ShiftFigures:
    return ShiftFigures(
        seed=0, reps=1, hours=1, utilisation=talk / 60, talk_min_per_rep_hour=talk, wait_mean_s=1,
        wait_p90_s=1, abandon_rate=abandon_rate, worst_hour=0, calls_per_connected=1,
        answer_wait_mean_s=0, answer_wait_p99_s=0, placed=1, answered=1, abandoned=0, connected=1,
        machines=0, people_missed=0, rep_hours=1, outcomes={}, campaigns={}, bins=[],
        impossible={}, refused={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "winner", "why"),
    [
        ((0.01, 40.0), (0.01, 44.0), "b", "talk"),
        ((0.01, 44.0), (0.01, 40.0), "a", "talk"),
        ((0.05, 50.0), (0.01, 40.0), "b", "limit"),
        ((0.01, 40.0), (0.01, 40.0), "", "alike"),
    ],
)
def test_the_better_of_two_settings_is_named_with_its_reason(
    make_scenario: MakeScenario,
    a: tuple[float, float],
    b: tuple[float, float],
    winner: str,
    why: str,
) -> None:
    def fake(jobs: Sequence[Job]) -> list[ShiftFigures]:
        half = len(jobs) // 2
        sides = [(a, n) for n in range(half)] + [(b, n) for n in range(half)]
        # The noise is the day's own: both sides see it.
        return [figures(rate, talk + 3.0 * (n % 3)) for (rate, talk), n in sides]

    scenario = make_scenario()
    found = better(scenario, scenario, (0.03, 0.03), 8, fake)

    assert (found.winner, found.why) == (winner, why)


def test_a_difference_within_chance_is_no_verdict() -> None:
    assert _verdict((0, 1), 8, estimate([-1.0, 1.0, 0.5, -0.6]))[0] == ""


def test_a_stricter_limit_costs_what_the_answer_says(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--advise", "limit", "--from", "0.05", "--to", "0.0", "--set", "pool.method=predictive"]
    assert run(simulated(file, *more)) == 0
    out = capsys.readouterr().out
    assert out.startswith("A limit of 0.00 % instead of 5.00 % changes talk time by -")


# --- fit ------------------------------------------------------------------------------------------


def test_a_scenario_is_fitted_to_an_export_and_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cdrs, out = tmp_path / "cdrs.jsonl", tmp_path / "fitted.toml"
    rows = []
    for number in range(200):
        placed, answers = 1_772_442_000 + 9 * number, number % 3 == 0
        rows.append(
            {
                "campaign": "spring",
                "placed_at": _iso(placed),
                "ringing_at": _iso(placed + 1),
                "answered_at": _iso(placed + 9) if answers else None,
                "connected_at": _iso(placed + 9) if answers else None,
                "ended_at": _iso(placed + 49 if answers else placed + 25),
                "outcome": "connected" if answers else "no_answer",
                "answered_by": "human" if answers else None,
                "agent": f"r{number % 4}" if answers else None,
                "talk_seconds": 40.0 if answers else None,
                "wrapup_seconds": 5.0 if answers else None,
                "hangup_by": "callee",
            }
        )
    cdrs.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    arguments = ["simulate", str(out), "--fit", str(cdrs), "--timezone", "UTC", "--seeds", "2"]
    assert run([*arguments, "--workers", "1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert out.read_text(encoding="utf-8").startswith("# Fitted to 200 calls of 1 days")
    assert document["scenario"]["callees"]["spring"]["answer_rate"] == {"0:00": 0.335}
    assert document["summary"]["figures"]["connected"]["mean"] > 20


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
