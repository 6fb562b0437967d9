"""One pass over all schedules: what is due is made, put into the outbox, and then over."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator

import structlog
from msgspec.structs import replace

from dialer.features.figures.public import REPORTS, Reports
from dialer.features.mail.public import Addressed, Letter, put_down
from dialer.features.report_schedules.letters import notice_of, one_line
from dialer.features.report_schedules.making import Making
from dialer.features.report_schedules.records import ReportRun, ReportSchedule
from dialer.features.report_schedules.rules import LATE_S, is_open, last_due
from dialer.features.report_schedules.service import READS, grant_now
from dialer.features.report_schedules.store import RUNS, SCHEDULES
from dialer.features.report_views.public import REPORT_VIEWS, ReportView, readers_of
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.errors import Kind, Refused
from dialer.ports.accounts import Account
from dialer.ports.audit import AuditEntry
from dialer.ports.records import RecordQuery, TakenError
from dialer.ports.scope import everything
from dialer.words import Language, NotSent

log = structlog.get_logger(__name__)

WHO = "dialer"
#: So long a report without an answer is asked for again.
PATIENCE_S = 6 * 3600.0
_ALL = everything("each is sent to its own recipients only")


async def send_due(context: ApiContext) -> None:
    """Every schedule whose time has come, each due time once. While mail is off they wait."""
    reports = REPORTS.of(context)
    if reports is None or not context.settings().mail.on:
        return
    now = context.clock.now()
    async for schedule in _schedules(context):
        due = last_due(schedule, now)
        if due is None or not is_open(schedule, due):
            continue
        if await context.store.kept(RUNS).get(run_id(schedule, due), _ALL) is None:
            await _Run(context, reports, schedule, due, now).go()


def run_id(schedule: ReportSchedule, due: float) -> str:
    """One for each due time."""
    return hashlib.sha256(f"{schedule.id} {due:.0f}".encode()).hexdigest()[:26]


async def _schedules(context: ApiContext) -> AsyncIterator[ReportSchedule]:
    schedules, query = context.store.kept(SCHEDULES), RecordQuery(limit=200)
    while found := await schedules.page(query, _ALL):
        for it in found:
            yield it
        query = replace(query, after=(found[-1].id, found[-1].id))


class _Run:
    """One due time of one schedule."""

    def __init__(
        self,
        context: ApiContext,
        reports: Reports,
        schedule: ReportSchedule,
        due: float,
        now: float,
    ) -> None:
        self._context, self._reports = context, reports
        self._schedule, self._due, self._now = schedule, due, now
        self._key = run_id(schedule, due)
        self._sent: list[str] = []
        self._missed: dict[str, NotSent] = {}

    async def go(self) -> None:
        owner = await self._context.store.accounts.by_name(self._schedule.created_by)
        view = await self._view(owner)
        if view is None:
            is_gone = owner is None or not owner.enabled
            why: NotSent = "owner-gone" if is_gone else "no-report"
            self._missed = dict.fromkeys(self._schedule.recipients, why)
        elif not await self._to_all(view):
            return  # not now: the next pass asks again
        if self._missed:
            await self._tell(owner, view.name if view else "–")
        await self._over()

    async def _view(self, owner: Account | None) -> ReportView | None:
        """The saved report, if its owner, who is still here, may still see it."""
        if owner is None or not owner.enabled:
            return None
        store = self._context.store
        reach = await readers_of(store, await grant_now(store, owner))
        view = await store.kept(REPORT_VIEWS).get(self._schedule.view, reach)
        return view if view is not None and view.archived_at is None else None

    async def _to_all(self, view: ReportView) -> bool:
        """False: the figures have no answer now."""
        making = Making(self._reports, self._schedule, view, self._due, self._now)
        for name in dict.fromkeys(self._schedule.recipients):
            try:
                missed = await self._to(name, making)
            except Refused as refused:
                if refused.kind is Kind.NOT_NOW and self._now - self._due < PATIENCE_S:
                    log.warning("a report waits", schedule=self._schedule.id, why=refused.detail)
                    return False
                missed = "no-answer"
            if missed is None:
                self._sent.append(name)
            else:
                self._missed[name] = missed
        return True

    async def _to(self, name: str, making: Making) -> NotSent | None:
        """By the rights of this moment; why not, or None."""
        store = self._context.store
        account = await store.accounts.by_name(name)
        if account is None or not account.enabled:
            return "gone"
        grant = await grant_now(store, account)
        if not grant.may(READS):
            return "no-right"
        if not account.email:
            return "no-address"
        language: Language = account.language or self._schedule.language
        letter = await making.letter(Caller(grant, self._context, account), language)
        await self._put_down(letter, account, f"{self._key} {name}", is_notice=False)
        return None

    async def _tell(self, owner: Account | None, name: str) -> None:
        """The owner, who sees it in the console anyway."""
        if owner is None or not owner.enabled or not owner.email:
            return
        language: Language = owner.language or self._schedule.language
        subject, text = notice_of(one_line(name), self._missed, language)
        letter = Letter(subject=subject, text=text, language="zh-CN" if language == "zh" else "en")
        await self._put_down(letter, owner, f"{self._key} notice", is_notice=True)

    async def _put_down(self, letter: Letter, to: Account, key: str, *, is_notice: bool) -> None:
        await put_down(
            self._context.store,
            self._context.settings().mail,
            letter,
            Addressed(to.email, to.name),
            kind="notice" if is_notice else "report",
            now=self._now,
            key=key,
        )

    async def _over(self) -> None:
        """From here on this due time is nobody's business any more."""
        run = ReportRun(
            id=self._key,
            version=1,
            created_at=self._now,
            created_by=WHO,
            changed_at=self._now,
            changed_by=WHO,
            schedule=self._schedule.id,
            owner=self._schedule.created_by,
            due_at=self._due,
            late=self._now - self._due > LATE_S,
            sent=tuple(self._sent),
            missed=self._missed,
        )
        after = {"sent": self._sent, "missed": self._missed}
        entry = AuditEntry(
            at=self._now, who=WHO, what="report_run.add", subject=self._schedule.id, after=after
        )
        with contextlib.suppress(TakenError):
            await self._context.store.kept(RUNS).add(run, entry)
