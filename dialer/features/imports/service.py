"""A draft looked at, started, cancelled; an import told of and undone."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from dialer.features.imports.drafts import Draft, Drafts, Going
from dialer.features.leads.public import importing, service
from dialer.kit.errors import bad_request, not_found
from dialer.leads import ListFileError, Progress
from dialer.leads.beginning import Beginning, SeenRow, beginning, first_rows, located
from dialer.leads.reasons_zh import file_in_chinese, reason_in_chinese
from dialer.leads.rejected import reports
from dialer.leads.report import REPORT_HEADERS_ZH
from dialer.ports.lists import ImportRow, LeadImport
from dialer.ports.scope import whole
from dialer.ports.store import Store
from dialer.settings import Settings
from dialer.tasks import spawn

Show = Callable[[str], str]


async def look(draft: Draft, *, region: str, encoding: str, show: Show) -> dict[str, Any]:
    """The columns with their first values. Raises Refused."""
    try:
        draft.seen = await asyncio.to_thread(
            beginning, draft.path, region=region or None, encoding=encoding or None
        )
    except ListFileError as error:
        raise service.unreadable(error, draft.path) from None
    return {
        "id": draft.id,
        "campaign": draft.campaign,
        "file": draft.file,
        "region": region,
        "encoding": draft.seen.encoding,
        "has_numbers": draft.seen.has_numbers,
        "columns": [_column(it, show) for it in draft.seen.columns],
    }


def _column(it: Any, show: Show) -> dict[str, Any]:
    is_number = it.guess == "number"
    examples = [show(cell) for cell in it.examples] if is_number else it.examples
    return {"name": it.name, "examples": examples, "guess": it.guess}


async def rows(
    store: Store, campaign_id: str, draft: Draft, how: importing.HowToRead, show: Show
) -> list[dict[str, Any]]:
    """The first rows as they will be taken. Raises Refused."""
    seen = seen_of(draft)
    try:
        found = await asyncio.to_thread(
            first_rows, draft.path, seen, how.fields, region=how.region, encoding=how.encoding
        )
    except ListFileError as error:
        raise service.unreadable(error, draft.path) from None
    return [await _row(store, campaign_id, it, show) for it in found]


def seen_of(draft: Draft) -> Beginning:
    """Raises Refused."""
    if draft.seen is None:
        raise bad_request("not-looked-at", "look at the file's columns first")
    return draft.seen


@whole("whoever has the number: it does not come in twice")
async def _row(store: Store, campaign_id: str, it: SeenRow, show: Show) -> dict[str, Any]:
    reason, lead = it.reason, it.lead
    if lead is not None:
        for n in lead.numbers:
            if await store.leads.find(campaign_id, n.number) is not None:
                reason, lead = f"already in the campaign ({show(n.number)})", None
                break
    return {
        "row": it.row,
        "taken": lead is not None,
        "reason": reason,
        "reason_zh": reason_in_chinese(reason),
        "cells": [show(cell) if _is_number(cell) else cell for cell in it.cells[:6]],
        **_lead(lead, show),
    }


def _is_number(cell: str) -> bool:
    return sum(sign.isdigit() for sign in cell) > 6


def _lead(lead: Any, show: Show) -> dict[str, Any]:
    if lead is None:
        return {"name": "", "numbers": [], "timezone": None, "language": None, "fields": {}}
    return {
        "name": lead.name,
        "numbers": [
            {"number": show(n.number), "kind": n.kind, "extension": n.extension}
            for n in lead.numbers
        ],
        "timezone": lead.timezone,
        "language": lead.language,
        "fields": dict(lead.custom),
    }


class Desk:
    """Starts imports, and knows those that go on."""

    def __init__(self, store: Store, settings: Settings, drafts: Drafts) -> None:
        self._store, self._settings, self._drafts = store, settings, drafts

    async def start(self, draft: Draft, it: LeadImport, how: importing.HowToRead) -> None:
        seen = seen_of(draft)
        how = msgspec.structs.replace(how, mapping=located(seen, how.fields))
        going = self._drafts.going[it.id] = Going(it)
        self._drafts.drafts.pop(draft.id, None)
        await self._store.lead_imports.save(it)
        spawn(self._go(draft, going, how), name=f"import {it.id}")

    async def _go(self, draft: Draft, going: Going, how: importing.HowToRead) -> None:
        it = going.it
        report = service.report_path(self._settings, it.file, it.id)
        how = msgspec.structs.replace(how, report=report)
        try:
            await importing.run(self._store, it, draft.path, how, going.moved)
        except (importing.Cancelled, ListFileError):
            pass  # noted with the import
        finally:
            await self._drafts.drop(draft)
            self._drafts.going.pop(it.id, None)

    def cancel(self, import_id: str) -> None:
        """Raises Refused for one that does not go on."""
        going = self._drafts.going.get(import_id)
        if going is None:
            raise not_found("import", import_id)
        going.wanted = False

    def standing(self, it: LeadImport) -> LeadImport:
        """One that goes on nowhere was cut off by the service's end."""
        if it.state == "running" and it.id not in self._drafts.going:
            return msgspec.structs.replace(it, state="cancelled")
        return it

    def shown(self, row: ImportRow) -> dict[str, Any]:
        """As it stands now."""
        going = self._drafts.going.get(row.it.id)
        it = self.standing(row.it)
        progress = going.progress if going else None
        counts = progress if progress is not None else it
        return {
            **{key: getattr(it, key) for key in _TOLD},
            **{key: getattr(counts, key) for key in importing.COUNTED},
            "campaign": row.campaign,
            "list": it.list_name,
            "fault_zh": file_in_chinese(it.fault),
            "done": _share(progress),
            "has_rejected": report_of(self._settings, it.id) is not None,
        }


_TOLD = (
    "id", "file", "who", "at", "state", "finished_at", "fault", "undone_at", "undone_by",
    "taken_out", "kept",
)  # fmt: skip


def _share(progress: Progress | None) -> float | None:
    """Of the file, 0 to 1; None: nobody knows."""
    if progress is None or not progress.bytes_total:
        return None
    return min(1.0, progress.bytes_done / progress.bytes_total)


# --- the rows that did not go in ------------------------------------------------------------------


def report_of(settings: Settings, import_id: str) -> Path | None:
    found = reports(settings.state_dir / "imports")
    return next((path for path in found if path.name.startswith(f"{import_id}-")), None)


def faults(path: Path, limit: int) -> list[dict[str, Any]]:
    """The first rows that did not go in, with their reasons."""
    return [
        {"row": int(cells[0]), "reason": cells[2], "reason_zh": reason_in_chinese(cells[2])}
        | {"cells": cells[3:9]}
        for cells in islice(_lines(path), 1, limit + 1)
    ]


def report_text(path: Path, language: str) -> Iterator[str]:
    """The report for a spreadsheet, its reasons in this language."""
    is_chinese = language.startswith("zh")
    yield "\ufeff"
    for at, cells in enumerate(_lines(path)):
        if is_chinese:
            yield _line([*_in_chinese(at, cells), *cells[3:]])
        else:
            yield _line(cells)


def _in_chinese(at: int, cells: Sequence[str]) -> list[str]:
    return [*REPORT_HEADERS_ZH] if at == 0 else [*cells[:2], reason_in_chinese(cells[2])]


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
