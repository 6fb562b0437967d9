"""When a saved report is sent to whom, and what became of each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from dialer.features.report_views.public import Readers
from dialer.ports.records import Moment, Record, RecordType
from dialer.ports.scope import Reach
from dialer.words import Language, NotSent, SendEvery, SendFormat

_Hour = Annotated[int, Meta(ge=0, le=23)]


class ReportSchedule(Record, frozen=True, kw_only=True):
    """A saved report, sent at its time; it is whose it was made by."""

    view: Annotated[str, Meta(min_length=1, max_length=40, description="Id of the saved report.")]
    on: bool = True
    every: SendEvery = "day"
    weekdays: Annotated[tuple[int, ...], Meta(description="Of `week`: 1 Monday to 7.")] = (1,)
    month_day: Annotated[int, Meta(ge=1, le=31, description="Of `month`; else its last.")] = 1
    hour: _Hour = 8
    zone: Annotated[str, Meta(max_length=64, description="Empty: that of the machine.")] = ""
    format: SendFormat = "xlsx"
    language: Annotated[
        Language, Meta(description="For recipients who have chosen none of their own.")
    ] = "en"
    recipients: Annotated[tuple[str, ...], Meta(description="Names of accounts.")]


class ReportRun(Record, frozen=True, kw_only=True):
    """What became of one due time. `missed`: who got nothing, by name, and why."""

    schedule: Annotated[str, Meta(max_length=40)]
    owner: Annotated[str, Meta(max_length=64)]
    due_at: Moment
    late: bool
    sent: tuple[str, ...]
    missed: Mapping[str, NotSent]


class _Schedules(RecordType[ReportSchedule]):
    def is_seen(self, record: ReportSchedule, scope: Reach) -> bool:
        return seen_by(record.created_by, scope)


class _Runs(RecordType[ReportRun]):
    def is_seen(self, record: ReportRun, scope: Reach) -> bool:
        return seen_by(record.owner, scope)


def seen_by(owner: str, scope: Reach) -> bool:
    """One's own; all of them by whoever rules over all teams' reports."""
    if scope.everything or not isinstance(scope, Readers):
        return scope.everything
    return scope.every_team or owner == scope.who


SCHEDULE = _Schedules("report_schedule", ReportSchedule, filters=("view", "created_by"))
RUN = _Runs("report_run", ReportRun, filters=("schedule", "owner"))
