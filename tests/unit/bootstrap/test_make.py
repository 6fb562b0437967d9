"""What `make` offers, and in which order its tests run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TARGETS = ["setup", "demo", "test", "bench", "fuzz", "lint", "types", "run"]


def make(*arguments: str) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_make_alone_lists_every_target() -> None:
    listing = make()
    assert [name for name in TARGETS if f"make {name} " not in listing] == []


@pytest.mark.parametrize("target", [*TARGETS, "help", "clean"])
def test_every_target_can_be_made(target: str) -> None:
    assert make("-n", target)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_does_its_set_up_first(target: str) -> None:
    assert "tools/bootstrap.sh" in make("-n", target).splitlines()[0]


def test_arguments_reach_the_tests() -> None:
    assert make("-n", "test", "ARGS=-k nothing", "WORKERS=3").strip().endswith("-n 3 -k nothing")


CI_CASES = {
    "all well": ("echo '....'; echo '12 passed in 1.00s'", 0),
    "a failure": ("echo 'FAILED x'; echo '1 failed, 11 passed in 1.00s'; exit 1", 2),
    "no set-up": ("echo 'bootstrap: no network'; exit 1", 2),
}


@pytest.mark.parametrize("case", CI_CASES)
def test_ci_ends_with_the_count_and_fails_when_the_tests_do(case: str, tmp_path: Path) -> None:
    recipe, status = CI_CASES[case]
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/run").write_text((ROOT / ".ci/run").read_text())
    (tmp_path / "Makefile").write_text(f"test:\n\t@{recipe}\n")
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        ["bash", ".ci/run"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    if "passed" in recipe:
        assert re.fullmatch(r"(1 failed, )?1[12] passed in 1.00s", done.stdout.splitlines()[-1])


NOTES = """
import os
from pathlib import Path

def test_it():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "-")
    with Path("order").open("a") as file:
        file.write(f"{Path(__file__).stem} {worker} {os.nice(0)}\\n")
"""


def order(folder: Path, *options: str) -> list[list[str]]:
    """(test, worker, niceness) in the order in which they ran."""
    for name in ("acceptance/test_call_1", "acceptance/test_call_2", "unit/test_a", "unit/test_b"):
        path = folder / f"tests/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NOTES)
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = tests/unit tests/acceptance\n")
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    env |= {"PYTHONPATH": str(ROOT / "tools")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_fair", *options]
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return [line.split() for line in (folder / "order").read_text().splitlines()]


def test_tests_on_the_real_switch_come_first(tmp_path: Path) -> None:
    assert [name for name, *_ in order(tmp_path)] == [
        "test_call_1",
        "test_call_2",
        "test_a",
        "test_b",
    ]


def test_they_share_one_worker_and_the_others_give_way(tmp_path: Path) -> None:
    ran = order(tmp_path, "-n", "2")
    calls = [(worker, int(nice)) for name, worker, nice in ran if name.startswith("test_call")]
    others = [int(nice) for name, _, nice in ran if not name.startswith("test_call")]
    assert len({worker for worker, _ in calls}) == 1
    # This test may itself run in a worker that was niced.
    assert {nice for _, nice in calls} == {os.nice(0)}
    assert set(others) == {max(5, os.nice(0))}
