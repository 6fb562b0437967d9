"""Scenario files: what is wrong is said with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.settings.problems import Problems
from dialer.sim.read import read_scenario
from dialer.sim.scenario import Scenario, steps

SHIPPED = sorted((Path(__file__).parents[2] / "config" / "scenarios").glob("*.toml"))


def read(tmp_path: Path, text: str, *changes: str) -> Scenario | Problems:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path, changes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[reps]\ncount = 0\n", "s.toml:2: reps.count: must be at least 1"),
        ("[reps]\ncuont = 3\n", "s.toml:2: reps.cuont: unknown key 'cuont' (did"),
        ('[reps]\ncount = "5"\n', "s.toml:2: reps.count: must be a whole number"),
        ("x = = 1\n", "s.toml:1: is not valid TOML"),
        ("[scenario]\n\nhours = -1\n", "s.toml:3: scenario.hours: must be greater than 0"),
        ('[scenario]\ntimezone = "Etc/GMT-3"\n', "scenario: 'Etc/GMT-3' names no place"),
        ('[scenario]\ntimezone = "Mars"\n', "scenario: there is no time zone 'Mars'"),
        ('[scenario]\nstart = "soon"\n', "start must be a date and time"),
        ("[scenario]\nhours = 1\nwarmup_minutes = 60\n", "warmup_minutes leave nothing"),
        ("[callees.x]\n", "s.toml:1: callees.x: there is no campaign 'x'"),
        ('[campaign.c]\ntrunks = ["t"]\n', "there is no trunk 't'"),
        ('[[trunk]]\nname = "t"\n[[trunk]]\nname = "t"\n', "s.toml:4: trunk[2].name: the name"),
        ("[campaign.c]\n[callees.c]\nanswer_rate = 1.5\n", "s.toml:3: callees.c.answer_rate"),
        ('[campaign.c]\n[callees.c]\nanswer_rate = {"25:00" = 0.1}\n', "must be a time of day"),
        ('[campaign.c]\n[callees.c]\nanswer_rate = {"9:00" = "x"}\n', "the rate at 9:00"),
        ("[campaign.c]\n[callees.c]\nanswer_rate = {}\n", "must be a number or a table"),
        (
            "[campaign.c]\n[callees.c]\nanswer_rate = 0.8\nmachine_rate = 0.3\n",
            "together 1.2 at 0:00: more than 1",
        ),
        ('[reps]\ntalk = {law = "normal"}\n', "s.toml:2: reps.talk.law: must be one of"),
        ('[reps]\ntalk = {law = "lognormal", mean = 90}\n', "law lognormal needs sigma"),
        (
            '[reps]\ntalk = {law = "exponential", mean = 9, sigma = 1}\n',
            "law exponential has no sigma",
        ),
        ('[reps]\ntalk = {law = "uniform", low = 3, high = 1}\n', "low (3) is more than high"),
        ('[reps]\ntalk = {law = "empirical", values = [1, -1]}\n', "none below 0"),
        ("[reps]\ntalk = 90\n", "s.toml:2: reps.talk: must be a table"),
        ('[[shift]]\nreps = 3\nbreaks = [{at = "12:00"}]\n', "minutes: is missing"),
        ('[[shift]]\nreps = 3\ncampaigns = ["z"]\n', "there is no campaign 'z'"),
        ('[pool]\nmethod = "fast"\n', "s.toml:2: pool.method: must be one of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    found = read(tmp_path, text)

    assert isinstance(found, Problems)
    assert said in str(found)


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    found = read(tmp_path, "[reps]\ncount = 0\npace_spread = -1\n[pool]\nratio = -2\n")

    assert isinstance(found, Problems)
    assert len(found.all) == 3


def test_a_file_that_is_no_text_or_not_there_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")

    assert "is not UTF-8 text" in str(read_scenario(tmp_path / "b.toml"))
    assert "cannot be read: No such file" in str(read_scenario(tmp_path / "none.toml"))


def test_a_change_counts_as_if_it_stood_in_the_file(tmp_path: Path) -> None:
    text = "[campaign.c]\n[[shift]]\nreps = 3\n"
    changes = ("pool.method=ratio", "pool.ratio=2.5", "campaign.c.weight=2", "shift.1.reps=9")
    found = read(tmp_path, text, *changes)

    assert isinstance(found, Scenario), str(found)
    assert (found.pool.method, found.pool.ratio) == ("ratio", 2.5)
    assert (found.campaign["c"].weight, found.shift[0].reps) == (2.0, 9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("pool.ratio", "must be KEY=VALUE"),
        ("pool..ratio=1", "must be KEY=VALUE"),
        ("pool.ratio=x", "command line: --set pool.ratio=x: must be a number, not 'x'"),
        ("shift.2.reps=1", "there is no table shift.2"),
        ("reps.speed=1", "unknown key 'speed'"),
    ],
)
def test_a_bad_change_is_said_as_it_was_given(tmp_path: Path, change: str, said: str) -> None:
    found = read(tmp_path, "[[shift]]\nreps = 3\n", change)

    assert isinstance(found, Problems)
    assert said in str(found)


def test_a_rate_by_time_holds_until_the_next_and_from_midnight_on() -> None:
    rate = steps({"9:00": 0.2, "12:30": 0.4})

    assert [rate.at(hour * 3600) for hour in (0, 8.9, 9, 12.4, 12.5, 23)] == [
        0.2, 0.2, 0.2, 0.2, 0.4, 0.4,
    ]  # fmt: skip


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_scenarios_can_be_read(path: Path) -> None:
    found = read_scenario(path)

    assert isinstance(found, Scenario), str(found)


def test_there_are_shipped_scenarios() -> None:
    assert len(SHIPPED) >= 3
