"""Saved reports as they are kept, sent and shown: the question of `/figures/report`, said once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta

from dialer.ports.records import Record, RecordType
from dialer.ports.scope import Reach
from dialer.words import FigureCompare, ViewPeriod, ViewShare


class ReportView(Record, frozen=True, kw_only=True):
    """A report that somebody saved. It is whose it was made by (`created_by`), and holds a question
    only: whoever opens it sees the answer within their own reach.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    share: ViewShare = "nobody"
    figures: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: ViewPeriod = "last_days"
    last_days: Annotated[int, Meta(ge=1, le=366, description="Of `last_days`, today included.")] = 7
    first: Annotated[date, Meta(description="Of `days`.")] | None = None
    last: Annotated[date, Meta(description="Of `days`; it belongs to the period.")] | None = None
    zone: Annotated[str, Meta(max_length=64, description="Empty: that of the machine.")] = ""
    where: Mapping[str, list[str | int | None]] = {}
    compare: FigureCompare = ""
    across: Annotated[str, Meta(max_length=40, description="The dimension in the columns.")] = ""
    hot: Annotated[bool, Meta(description="As a heat map.")] = False


class Readers(Reach, frozen=True, kw_only=True):
    """Whose saved reports one reads: the own, those shared with everyone, and with a team those of
    `mates`, who belong to it.
    """

    who: str = ""
    mates: frozenset[str] = frozenset()
    every_team: bool = False


class _Views(RecordType[ReportView]):
    def is_seen(self, record: ReportView, scope: Reach) -> bool:
        if not isinstance(scope, Readers):
            return scope.everything
        is_of_team = scope.every_team or record.created_by in scope.mates
        return (
            scope.everything
            or record.created_by == scope.who
            or record.share == "everyone"
            or (record.share == "team" and is_of_team)
        )


REPORT_VIEW = _Views(
    "report_view",
    ReportView,
    search=("name",),
    filters=("created_by", "share"),
    sorts=("name",),
)
