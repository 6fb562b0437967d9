"""What the service tidies up by itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from dialer.engine.tasks import spawn, stop
from dialer.ports.dnc import DncChange, DncEntry
from dialer.service.upkeep import (
    _delete_older,
    delete_old_rejected_rows,
    forget_dnc_changes,
)
from dialer.settings import Settings
from dialer.testing.eventually import eventually
from dialer.testing.store import InMemoryStore

NOW = 1_800_000_000.0
LOGS = "*/*.jsonl"
NAMES = ("1-old.rejected.csv", "2-new.rejected.csv", "other.csv")


class Stopped:
    """A clock that stands."""

    def now(self) -> float:
        return NOW


def test_only_floor_logs_older_than_asked_go(tmp_path: Path) -> None:
    for name, age_days in (("old", 40), ("new", 2)):
        path = tmp_path / "default" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}\n", encoding="utf-8")
        os.utime(path, (1e9 - age_days * 86_400, 1e9 - age_days * 86_400))
    kept = tmp_path / "default" / "note.txt"
    kept.write_text("mine", encoding="utf-8")

    assert _delete_older(tmp_path, LOGS, before=1e9 - 30 * 86_400) == 1
    assert sorted(path.name for path in kept.parent.iterdir()) == ["new.jsonl", "note.txt"]


def test_a_floor_that_never_ran_has_nothing_to_delete(tmp_path: Path) -> None:
    assert _delete_older(tmp_path / "none", LOGS, before=2e9) == 0


async def test_reports_of_imports_go_when_their_time_is_over(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    old, new, other = (tmp_path / "imports" / it for it in NAMES)
    old.parent.mkdir()
    for path, days in ((old, 31), (new, 29), (other, 99)):
        path.write_text("row,line,reason\n")
        os.utime(path, (NOW - days * 86_400, NOW - days * 86_400))

    task = spawn(delete_old_rejected_rows(lambda: settings, Stopped()), name="upkeep")
    await eventually(lambda: not old.exists())
    await stop(task)

    assert new.exists()
    assert other.exists()


async def test_a_change_of_the_list_can_be_undone_for_its_time() -> None:
    store = InMemoryStore()
    for days in (31, 29):
        at = NOW - days * 86_400
        change = DncChange(id=f"{days}", at=at, who="eva", what="add")
        await store.dnc.add([DncEntry(number=f"+49301{days}", added_at=at)], change)

    task = spawn(forget_dnc_changes(Settings, store, Stopped()), name="upkeep")
    await asyncio.sleep(0)  # its one turn
    await stop(task)

    assert [change.id for change in await store.dnc.changes()] == ["29"]
