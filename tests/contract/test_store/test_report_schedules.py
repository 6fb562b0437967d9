"""Schedules and their runs: read by whose they are, in every store alike."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.features.report_schedules.records import ReportRun, ReportSchedule
from dialer.features.report_schedules.store import RUNS, SCHEDULES
from dialer.features.report_views.records import Readers
from dialer.ids import new_id
from dialer.ports.audit import AuditEntry
from dialer.ports.records import RecordQuery
from dialer.ports.scope import EVERYTHING, NOTHING, Reach
from dialer.ports.store import Store

NOW = 1_800_000_000.25
ENTRY = AuditEntry(at=NOW, who="anna", what="report_schedule.add", subject="x")


def by(owner: str) -> dict[str, Any]:
    moment = {"created_at": NOW, "changed_at": NOW}
    return {"id": new_id(), "version": 1, "created_by": owner, "changed_by": owner, **moment}


def schedule(owner: str, **fields: Any) -> ReportSchedule:
    return ReportSchedule(**by(owner), view="v1", recipients=("anna", "本"), **fields)


def run(owner: str, **fields: Any) -> ReportRun:
    said = {"schedule": "s1", "owner": owner, "due_at": NOW, "late": False, "sent": ("anna",)}
    return ReportRun(**{**by("dialer"), **said, "missed": {"本": "no-address"}, **fields})


async def test_both_come_back_as_they_were_put_in(store: Store) -> None:
    one = schedule("anna", every="week", weekdays=(1, 5), hour=9, zone="Asia/Shanghai", on=False)
    other = run("anna", late=True)
    await store.kept(SCHEDULES).add(one, ENTRY)
    await store.kept(RUNS).add(other, ENTRY)
    assert await store.kept(SCHEDULES).get(one.id, EVERYTHING) == one
    assert await store.kept(RUNS).get(other.id, EVERYTHING) == other
    found = await store.kept(RUNS).page(RecordQuery(equal={"schedule": "s1"}), EVERYTHING)
    assert list(found) == [other]


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (Readers(who="anna", mates=frozenset({"anna", "ben"})), {"anna"}),
        (Readers(who="boss", every_team=True), {"anna", "ben"}),
        (EVERYTHING, {"anna", "ben"}),
        (NOTHING, set()),
    ],
)
async def test_they_are_seen_by_whose_they_are(store: Store, reader: Reach, seen: set[str]) -> None:
    for owner in ("anna", "ben"):
        await store.kept(SCHEDULES).add(schedule(owner), ENTRY)
        await store.kept(RUNS).add(run(owner), ENTRY)
    schedules = await store.kept(SCHEDULES).page(RecordQuery(), reader)
    runs = await store.kept(RUNS).page(RecordQuery(), reader)
    assert {it.created_by for it in schedules} == {it.owner for it in runs} == seen
