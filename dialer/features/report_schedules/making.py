"""The report of one person, in their reach and language: a letter with the file."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec.structs import replace

from dialer.features.cdr.public import looking
from dialer.features.figures.public import (
    ExportReport,
    Reports,
    ReportShown,
    asked,
    report,
    sheet_and_rows,
)
from dialer.features.mail.public import Attachment, Letter
from dialer.features.report_schedules.letters import Told, html_of, one_line, text_of
from dialer.features.report_schedules.records import ReportSchedule
from dialer.features.report_schedules.rules import LATE_S, zone_of
from dialer.features.report_schedules.words import words_of
from dialer.features.report_views.public import ReportView, question_of
from dialer.kit.auth import Caller
from dialer.kit.errors import Kind, Refused
from dialer.kit.export import written
from dialer.kit.scope import Reach
from dialer.kit.sheets import Cell, Job, Sheet
from dialer.words import Language
from dialer.zonedata import zone_named

_KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Making:
    """Of one due time. Who has the same reach has the same answer, which is asked once."""

    def __init__(
        self, reports: Reports, schedule: ReportSchedule, view: ReportView, due: float, now: float
    ) -> None:
        self._reports, self._schedule, self._view = reports, schedule, view
        self._due, self._now = due, now
        zone = view.zone or zone_of(schedule)
        self._at = datetime.fromtimestamp(due, zone_named(zone))
        self._question = question_of(replace(view, zone=zone), self._at.date())
        self._answers: dict[Reach, ReportShown] = {}

    async def letter(self, caller: Caller, language: Language) -> Letter:
        """Raises Refused where there is no answer, or none now."""
        shown = await self._answer(caller)
        words = words_of(await looking.choices(caller), language)
        wish = ExportReport(
            **self._question.model_dump(),
            format=self._schedule.format,
            language=language,
            title=one_line(self._view.name)[:60],
            words=words,
        )
        sheet, portions = sheet_and_rows(shown, wish)
        rows = [row async for some in portions for row in some]
        return self._letter(sheet, rows, shown, language, await self._file(sheet, rows, caller))

    async def _answer(self, caller: Caller) -> ReportShown:
        reach = await caller.scope()
        if reach not in self._answers:
            store = caller.context.store
            self._answers[reach] = await report(self._reports, store, asked(self._question), reach)
        return self._answers[reach]

    async def _file(self, sheet: Sheet, rows: Sequence[Sequence[Cell]], caller: Caller) -> bytes:
        state = caller.context.settings().state_dir
        folder = Path(await asyncio.to_thread(_folder, state))
        try:
            path = folder / f"report.{self._schedule.format}"
            job = Job(path=str(path), form=self._schedule.format, sheet=sheet)
            if fault := await written(job, _at_once(rows)):
                raise Refused(Kind.NOT_NOW, "figures-away", fault)
            return await asyncio.to_thread(path.read_bytes)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _letter(
        self,
        sheet: Sheet,
        rows: Sequence[Sequence[Cell]],
        shown: ReportShown,
        language: Language,
        data: bytes,
    ) -> Letter:
        name, days = one_line(self._view.name), _days(shown.period.first, shown.period.last)
        is_late = self._now - self._due > LATE_S
        told = Told(
            name=self._view.name,
            days=days,
            zone=shown.zone,
            owner=self._schedule.created_by,
            columns=sheet.columns,
            rows=rows,
            due=f"{self._at:%Y-%m-%d %H:%M}" if is_late else "",
        )
        form = self._schedule.format
        return Letter(
            subject=f"{name} · {days}",
            text=text_of(told, language),
            html=html_of(told, language),
            language="zh-CN" if language == "zh" else "en",
            attachments=[Attachment(f"{name} {days}.{form}", _KINDS[form], data)],
        )


def _folder(state: Path) -> str:
    """Of its own, and nobody else's to read."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.mkdtemp(prefix="mail-", dir=state)


async def _at_once(rows: Sequence[Sequence[Cell]]):  # type: ignore[no-untyped-def]
    yield rows


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} – {last}"
