"""Every script of `findings/` has the form that CONTRIBUTING.md asks for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

FINDINGS = Path(__file__).resolve().parents[3] / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.sh"))
HEAD = re.compile(r"#!/usr/bin/env bash\n# \S[^:\n]*? (?P<version>\d[\w.]*): \S")
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://(?!127\.|localhost)[\w.-]+\.[a-z]{2,}", re.IGNORECASE)


def code_of(script: Path) -> str:
    """What the script runs, its shared parts included, without its comments."""
    text = script.read_text(encoding="utf-8")
    parts = [FINDINGS / name for name in re.findall(r'/(\w+\.bash)"', text)]
    lines = "\n".join([text, *(part.read_text(encoding="utf-8") for part in parts)]).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def test_at_least_ten_findings_are_kept() -> None:
    assert len(SCRIPTS) >= 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
class TestAFinding:
    def test_can_be_run(self, script: Path) -> None:
        assert os.access(script, os.X_OK)
        assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")

    def test_says_what_was_expected_and_what_was_seen(self, script: Path) -> None:
        head = script.read_text(encoding="utf-8").partition("\nset -euo pipefail\n")[0]
        assert HEAD.match(head)
        assert re.search(r"^# Expected: \S", head, re.MULTILINE)
        assert re.search(r"^# Seen: \S", head, re.MULTILINE)

    def test_installs_the_version_that_its_head_names(self, script: Path) -> None:
        head = HEAD.match(script.read_text(encoding="utf-8"))
        assert head
        assert re.search(rf"={{1,2}}\S*{re.escape(head['version'])}\b", code_of(script))

    def test_fails_when_the_behaviour_changes(self, script: Path) -> None:
        assert re.search(r"^\s*(assert|grep -q|diff|\[) ?\S", code_of(script), re.MULTILINE)

    def test_runs_without_the_product(self, script: Path) -> None:
        assert not re.search(r"\b(import|from) (dialer|pacing|routing|agi)\b", code_of(script))

    def test_names_no_host_but_this_one(self, script: Path) -> None:
        assert ADDRESS.findall(code_of(script)) == []
