"""Figures of reps' time: what they did with the hours in which they were logged in."""

from __future__ import annotations

from dialer.words import FigureBetter, FigureUnit
from figures.conditions import EVERY, Condition, Is
from figures.facts import TIMES
from figures.figure import Figure, Words
from figures.measures import How, Measure
from figures.of_calls import CONTACTS, DIALS, SALES

#: On a call, or on the way to one of their own: hold is part of talking.
_ON_CALLS = ("talking", "dialing")
_BUSY = (*_ON_CALLS, "wrapup")
_AT_WORK = (*_BUSY, "ready", "preview")


def _time(where: Condition = EVERY) -> Measure:
    return Measure(TIMES, where, How.SUM, "lasted_ms")


LOGGED_IN = _time()
WAITED = _time(Is("state", ("ready",)))
BUSY = _time(Is("state", _BUSY))
AT_WORK = _time(Is("state", _AT_WORK))

FIGURES = (
    Figure(
        id="logged_in",
        name=Words("Logged in", "登录时长"),
        meaning=Words("Time between log-in and log-out", "从登录到退出的时长"),
        unit=FigureUnit.SECONDS,
        numerator=LOGGED_IN,
    ),
    Figure(
        id="ready_time",
        name=Words("Waiting time", "等待时长"),
        meaning=Words("Time in which reps waited for a call", "坐席空闲等待来话的时长"),
        unit=FigureUnit.SECONDS,
        better=FigureBetter.LESS,
        numerator=WAITED,
    ),
    Figure(
        id="avg_wait",
        name=Words("Average wait", "平均等待"),
        meaning=Words("Waiting time by contacts", "等待时长 ÷ 有效接通"),
        unit=FigureUnit.SECONDS,
        better=FigureBetter.LESS,
        numerator=WAITED,
        denominator=CONTACTS,
    ),
    Figure(
        id="paused",
        name=Words("Paused", "小休时长"),
        meaning=Words("Time paused, for whatever reason", "各种原因的小休时长"),
        unit=FigureUnit.SECONDS,
        numerator=_time(Is("state", ("paused",))),
    ),
    Figure(
        id="occupancy",
        name=Words("Occupancy", "占有率"),
        meaning=Words(
            "Time on calls and in wrap-up, by that time and the time waited",
            "通话与话后时长 ÷（通话、话后与等待时长）",
        ),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=BUSY,
        denominator=AT_WORK,
    ),
    Figure(
        id="utilisation",
        name=Words("Utilisation", "工时利用率"),
        meaning=Words(
            "Time on calls, in wrap-up and waiting, by the time logged in",
            "通话、话后与等待时长 ÷ 登录时长",
        ),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=AT_WORK,
        denominator=LOGGED_IN,
    ),
    Figure(
        id="pause_ratio",
        name=Words("Pause share", "小休占比"),
        meaning=Words("Time paused by the time logged in", "小休时长 ÷ 登录时长"),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=_time(Is("state", ("paused",))),
        denominator=LOGGED_IN,
    ),
    Figure(
        id="dials_per_hour",
        name=Words("Dials per hour", "每小时拨打量"),
        meaning=Words("Dials by hours logged in", "拨打量 ÷ 登录小时数"),
        unit=FigureUnit.PER_HOUR,
        better=FigureBetter.MORE,
        numerator=DIALS,
        denominator=LOGGED_IN,
    ),
    Figure(
        id="contacts_per_hour",
        name=Words("Contacts per hour", "每小时有效接通"),
        meaning=Words("Contacts by hours logged in", "有效接通 ÷ 登录小时数"),
        unit=FigureUnit.PER_HOUR,
        better=FigureBetter.MORE,
        numerator=CONTACTS,
        denominator=LOGGED_IN,
    ),
    Figure(
        id="sales_calls_per_hour",
        name=Words("Sales calls per hour", "每小时成交通话"),
        meaning=Words("Sales calls by hours logged in", "成交通话 ÷ 登录小时数"),
        unit=FigureUnit.PER_HOUR,
        better=FigureBetter.MORE,
        numerator=SALES,
        denominator=LOGGED_IN,
    ),
)
