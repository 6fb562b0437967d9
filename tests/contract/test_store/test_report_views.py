"""Saved reports: read by whose they are and with whom they are shared, in every store alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from dialer.features.report_views.records import Readers, ReportView
from dialer.features.report_views.store import REPORT_VIEWS
from dialer.ids import new_id
from dialer.ports.audit import AuditEntry
from dialer.ports.records import RecordQuery, StaleError
from dialer.ports.scope import EVERYTHING, NOTHING, Reach
from dialer.ports.store import Store

NOW = 1_800_000_000.25
ENTRY = AuditEntry(at=NOW, who="anna", what="report_view.add", subject="x")


def view(name: str, owner: str, share: Any = "nobody", **fields: Any) -> ReportView:
    who = {"created_at": NOW, "created_by": owner, "changed_at": NOW, "changed_by": owner}
    own = {"name": name, "share": share, "figures": ("dials",), **fields}
    return ReportView(id=new_id(), version=1, **who, **own)


async def test_a_saved_report_comes_back_as_it_was_put_in(store: Store) -> None:
    made = view(
        "周报", "anna", by=("agent", "hour"), where={"campaign": ["春季", None], "hour": [9, 10]},
        period="days", first=date(2026, 1, 1), last=date(2026, 3, 31), compare="last_year",
        across="hour", hot=True, zone="Asia/Shanghai",
    )  # fmt: skip
    await store.kept(REPORT_VIEWS).add(made, ENTRY)
    assert await store.kept(REPORT_VIEWS).get(made.id, EVERYTHING) == made


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (Readers(who="anna", mates=frozenset({"anna", "ben"})), {"hers", "bens", "all", "alls"}),
        (Readers(who="ben", mates=frozenset({"anna", "ben"})), {"bens", "bens own", "all", "alls"}),
        (Readers(who="carl", mates=frozenset({"carl"})), {"all", "alls"}),
        (Readers(who="boss", every_team=True), {"bens", "all", "alls"}),
        (Readers(), {"all", "alls"}),
        (EVERYTHING, {"hers", "bens", "bens own", "all", "alls"}),
        (NOTHING, set()),
    ],
)
async def test_one_reads_the_own_the_teams_and_those_of_everyone(
    store: Store, reader: Reach, seen: set[str]
) -> None:
    views = store.kept(REPORT_VIEWS)
    made = [
        view("hers", "anna"), view("bens", "ben", "team"), view("bens own", "ben"),
        view("all", "anna", "everyone"), view("alls", "gone", "everyone"),
    ]  # fmt: skip
    for it in made:
        await views.add(it, ENTRY)

    assert {it.name for it in await views.page(RecordQuery(), reader)} == seen
    assert {it.name for it in made if await views.get(it.id, reader) is not None} == seen


async def test_of_two_changes_to_one_version_the_second_is_refused(store: Store) -> None:
    views, made = store.kept(REPORT_VIEWS), view("x", "anna")
    await views.add(made, ENTRY)
    await views.put(_next(made, "first"), ENTRY)
    with pytest.raises(StaleError):
        await views.put(_next(made, "second"), ENTRY)


def _next(made: ReportView, name: str) -> ReportView:
    return msgspec.structs.replace(made, version=made.version + 1, name=name)
