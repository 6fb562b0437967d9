"""The tools that read the code say nothing against it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.timeout(600)


def complaints(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing_to_complain_about() -> None:
    assert complaints("ruff", "check", "--quiet", ".") == ""


def test_every_file_is_formatted() -> None:
    assert complaints("ruff", "format", "--check", ".") == ""


def test_mypy_finds_every_type_in_order() -> None:
    assert complaints("mypy") == ""
