"""The floor's own tests, stories and tapes, reach every line and every branch of it.

Worlds in which anything may happen in any order are left out: what they reach by chance today
they may miss tomorrow.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
def test_the_floors_tests_reach_every_line_and_branch(tmp_path: Path) -> None:
    ran = _coverage(
        tmp_path, "run", "--branch", "--source=dialer/floor", "-m", "pytest", "-q",
        "-p", "no:cacheprovider", "-k", "not any_order", "tests/unit/floor",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    told = _coverage(tmp_path, "report", "--show-missing", "--skip-covered", "--fail-under=100")
    assert told.returncode == 0, told.stdout


def _coverage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coverage", *arguments],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_FILE": str(folder / "coverage")},
        capture_output=True,
        text=True,
        check=False,
    )
