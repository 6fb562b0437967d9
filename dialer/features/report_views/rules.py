"""Which days a saved report is of, and what one may not be. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dialer.features.figures.public import AskReport
from dialer.features.report_views.records import ReportView
from dialer.kit.faults import Fault
from figures.question import Question, QuestionError

_DAY = timedelta(days=1)
#: The field at which a form shows why a question has no answer.
_FIELD = {
    "unknown-figure": "figures",
    "figures-number": "figures",
    "dimensions-number": "by",
    "period-empty": "last",
    "unknown-zone": "zone",
    "not-a-value": "where",
}


def days_of(view: ReportView, today: date) -> tuple[date, date]:
    """The first and the last day, both of the period. Weeks begin on Monday; what still runs ends
    with the day itself.
    """
    if view.period == "days":
        return view.first or today, view.last or view.first or today
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    meant = {
        "today": (today, today),
        "yesterday": (today - _DAY, today - _DAY),
        "this_week": (monday, today),
        "last_week": (monday - 7 * _DAY, monday - _DAY),
        "this_month": (month, today),
        "last_month": ((month - _DAY).replace(day=1), month - _DAY),
        "last_days": (today - (view.last_days - 1) * _DAY, today),
    }
    return meant[view.period]


def question_of(view: ReportView, today: date) -> AskReport:
    """As `/figures/report` takes it."""
    first, last = days_of(view, today)
    return AskReport(
        figures=list(view.figures),
        by=list(view.by),
        first=first,
        last=last,
        zone=view.zone,
        where=dict(view.where),
        compare=view.compare,
    )


def faults(view: ReportView, today: date) -> Iterator[Fault]:
    """Each at its field."""
    if view.period == "days":
        days = {"first": view.first, "last": view.last}
        yield from (Fault(name, "required") for name, day in days.items() if day is None)
    if view.across and view.across != (view.by or ("",))[-1]:
        detail = "the dimension in the columns must be the last of `by`"
        yield Fault("across", "not-the-last", {}, detail)
    try:
        _question(view, today).checked()
    except QuestionError as error:
        where = _FIELD.get(error.slug, "by")
        yield Fault(where, error.slug, error.facts, str(error))


def _question(view: ReportView, today: date) -> Question:
    first, last = days_of(view, today)
    return Question(
        figures=view.figures,
        by=view.by,
        begin=first,
        end=last + _DAY,
        zone=view.zone or "UTC",
        where={name: tuple(values) for name, values in view.where.items()},
    )
