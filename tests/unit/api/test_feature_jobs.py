"""What each feature tidies up by itself."""

from __future__ import annotations

import os
from pathlib import Path

from dialer.features.dnc.jobs import FORGET_CHANGES
from dialer.features.floors.jobs import DELETE_OLD_LOGS
from dialer.features.imports.drafts import KEPT_S, STRAY_S, Draft
from dialer.features.imports.jobs import DELETE_REJECTED, DROP_DRAFTS
from dialer.features.imports.parts import DRAFTS
from dialer.ports.dnc import DncChange, DncEntry

DAY_S = 86_400.0


def written(path: Path, at: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n")
    os.utime(path, (at, at))
    return path


async def test_reports_of_imports_go_when_their_time_is_over(world) -> None:
    now, folder = world.clock.now(), world.settings.state_dir / "imports"
    old = written(folder / "1-old.rejected.csv", now - 31 * DAY_S)
    new = written(folder / "2-new.rejected.csv", now - 29 * DAY_S)
    other = written(folder / "other.csv", now - 99 * DAY_S)

    await DELETE_REJECTED.once(world.context())

    assert [path.exists() for path in (old, new, other)] == [False, True, True]


async def test_logs_of_floors_go_when_their_time_is_over(world) -> None:
    world.read_settings("keep_floor_logs_days = 30\n")
    now, folder = world.clock.now(), world.settings.state_dir / "floors" / "main"
    old = written(folder / "1.jsonl", now - 31 * DAY_S)
    new = written(folder / "2.jsonl", now - 29 * DAY_S)

    await DELETE_OLD_LOGS.once(world.context())

    assert [path.exists() for path in (old, new)] == [False, True]


async def test_a_change_of_the_list_can_be_undone_for_its_time(world) -> None:
    for days in (31, 29):
        at = world.clock.now() - days * DAY_S
        change = DncChange(id=f"{days}", at=at, who="eva", what="add")
        await world.store.dnc.add([DncEntry(number=f"+49301{days}", added_at=at)], change)

    await FORGET_CHANGES.once(world.context())

    assert [change.id for change in await world.store.dnc.changes()] == ["29"]


async def test_files_that_nobody_came_back_to_go(world) -> None:
    """Those of a service that was killed as well: it is known no more whose they were."""
    context, now = world.context(), world.clock.now()
    folder, long_ago = world.settings.state_dir / "uploads", now - KEPT_S - 60
    for name, at in (("old", long_ago), ("new", now - 60)):
        path = written(folder / name / "list.csv", at)
        await DRAFTS.of(context).keep(_draft(name, path, at))
    for name, at in (("stray", now - STRAY_S - 60), ("coming", long_ago)):
        os.utime(written(folder / name / "list.csv", at).parent, (at, at))

    await DROP_DRAFTS.once(context)

    assert list(DRAFTS.of(context).drafts) == ["new"]
    assert {path.name for path in folder.iterdir()} == {"new", "coming"}


def _draft(name: str, path: Path, at: float) -> Draft:
    return Draft(name, "spring", "list.csv", "eva", path, at)
