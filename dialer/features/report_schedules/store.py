"""The place of schedules and runs in the store: read by whose they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true

from dialer.features.report_schedules.records import RUN, SCHEDULE, ReportRun, ReportSchedule
from dialer.features.report_schedules.tables import report_runs, report_schedules
from dialer.features.report_views.public import Readers
from dialer.kit.records.keeping import KeptRecords
from dialer.memory.records import InMemoryRecords
from dialer.ports.scope import Reach
from dialer.store.records import SqlRecords


class SqlSchedules(SqlRecords[ReportSchedule]):
    def _seen(self, scope: Reach) -> ColumnElement[bool]:
        return _is(report_schedules.c.created_by, scope)


class SqlRuns(SqlRecords[ReportRun]):
    def _seen(self, scope: Reach) -> ColumnElement[bool]:
        return _is(report_runs.c.owner, scope)


def _is(owner: ColumnElement[Any], scope: Reach) -> ColumnElement[bool]:
    if scope.everything or not isinstance(scope, Readers):
        return true() if scope.everything else false()
    return true() if scope.every_team else owner == scope.who


SCHEDULES = KeptRecords(
    SCHEDULE,
    report_schedules,
    over=lambda database: SqlSchedules(database, SCHEDULE, report_schedules),
    in_memory=lambda log: InMemoryRecords(SCHEDULE, log),
)
RUNS = KeptRecords(
    RUN,
    report_runs,
    over=lambda database: SqlRuns(database, RUN, report_runs),
    in_memory=lambda log: InMemoryRecords(RUN, log),
)
