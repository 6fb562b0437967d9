"""What is old in the state folder goes, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from dialer.state_folder import delete_older

LOGS = "*/*.jsonl"


def test_only_files_older_than_asked_go(tmp_path: Path) -> None:
    for name, age_days in (("old", 40), ("new", 2)):
        path = tmp_path / "default" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}\n", encoding="utf-8")
        os.utime(path, (1e9 - age_days * 86_400, 1e9 - age_days * 86_400))
    kept = tmp_path / "default" / "note.txt"
    kept.write_text("mine", encoding="utf-8")

    assert delete_older(tmp_path, LOGS, before=1e9 - 30 * 86_400) == 1
    assert sorted(path.name for path in kept.parent.iterdir()) == ["new.jsonl", "note.txt"]


def test_a_folder_that_is_not_there_has_nothing_to_delete(tmp_path: Path) -> None:
    assert delete_older(tmp_path / "none", LOGS, before=2e9) == 0
