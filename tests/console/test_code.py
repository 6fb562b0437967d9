"""The console's own checks: its types, rules and tests of logic; and what its lock file says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("console_built")]


def complaints(*arguments: str) -> str:
    command = [sys.executable, str(ROOT / "tools/console.py"), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_its_types_fit_the_api_s_own_document() -> None:
    assert complaints("types") == ""


def test_its_logic_does_what_its_tests_say() -> None:
    assert complaints("run", "vitest", "run", "--reporter=dot") == ""


def test_its_rules_find_nothing_to_complain_about() -> None:
    assert complaints("run", "eslint", "src") == ""


def test_its_files_are_formatted() -> None:
    assert complaints("run", "prettier", "--log-level=warn", "--check", "src") == ""


def test_its_lock_file_names_no_place_to_fetch_from() -> None:
    """Whoever builds fetches from the registry of the own npm settings; sums say what is right."""
    text = (ROOT / "console/package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    fetched = {name: it for name, it in packages.items() if name and not it.get("link")}

    assert '"resolved"' not in text
    assert [name for name, it in fetched.items() if "integrity" not in it] == []
