"""The place of saved reports in the store: read by whose they are and with whom they are shared."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from dialer.features.report_views.records import REPORT_VIEW, Readers, ReportView
from dialer.features.report_views.tables import report_views
from dialer.kit.records.keeping import KeptRecords
from dialer.memory.records import InMemoryRecords
from dialer.ports.scope import Reach
from dialer.store.records import SqlRecords


class SqlViews(SqlRecords[ReportView]):
    def _seen(self, scope: Reach) -> ColumnElement[bool]:
        if scope.everything or not isinstance(scope, Readers):
            return true() if scope.everything else false()
        columns = report_views.c
        of_team = true() if scope.every_team else columns.created_by.in_(sorted(scope.mates))
        return or_(
            columns.created_by == scope.who,
            columns.share == "everyone",
            and_(columns.share == "team", of_team),
        )


REPORT_VIEWS = KeptRecords(
    REPORT_VIEW,
    report_views,
    over=lambda database: SqlViews(database, REPORT_VIEW, report_views),
    in_memory=lambda log: InMemoryRecords(REPORT_VIEW, log),
)
