"""By what figures can be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from figures.facts import FACTS, Fact, Kind
from figures.figure import Words


class Part(StrEnum):
    """What of a local time a bucket holds."""

    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


UNKNOWN = Words("Unknown", "未知")


class Dimension(Struct, frozen=True):
    """A column, or with `part` what of the fact's moment counts. `missing`: what a row is called
    that has no value of it.
    """

    id: str
    name: Words
    column: str = ""
    part: Part | None = None
    missing: Words = UNKNOWN

    @property
    def kind(self) -> Kind:
        """What its values are."""
        if self.part is not None:
            return Kind.WHOLE if self.part in {Part.HOUR, Part.WEEKDAY} else Kind.TEXT
        return next(f.columns[self.column] for f in FACTS.values() if self.column in f.columns)

    def is_of(self, fact: Fact) -> bool:
        """Whether rows of this fact can be told apart by it."""
        return self.part is not None or self.column in fact.columns


DIMENSIONS: Mapping[str, Dimension] = {
    one.id: one
    for one in (
        Dimension("hour", Words("Hour", "小时"), part=Part.HOUR),
        Dimension("weekday", Words("Weekday", "星期"), part=Part.WEEKDAY),
        Dimension("day", Words("Day", "日"), part=Part.DAY),
        Dimension("week", Words("Week", "周"), part=Part.WEEK),
        Dimension("month", Words("Month", "月"), part=Part.MONTH),
        Dimension("quarter", Words("Quarter", "季度"), part=Part.QUARTER),
        Dimension("year", Words("Year", "年"), part=Part.YEAR),
        Dimension("campaign", Words("Campaign", "外呼任务"), "campaign"),
        Dimension("list", Words("List", "名单"), "list", missing=Words("No list", "无名单")),
        Dimension("agent", Words("Rep", "坐席"), "agent", missing=Words("No rep", "未到坐席")),
        Dimension("squad", Words("Squad", "小队"), "squad", missing=Words("No squad", "未分小队")),
        Dimension("team", Words("Team", "团队"), "team", missing=Words("No team", "未分团队")),
        Dimension("trunk", Words("Trunk", "线路"), "trunk"),
        Dimension("caller_id", Words("Number shown", "外显号码"), "caller_id"),
        Dimension("mode", Words("Mode", "拨打方式"), "mode"),
        Dimension("outcome", Words("Outcome", "呼叫结果"), "outcome"),
        Dimension(
            "disposition",
            Words("Result", "通话结果"),
            "disposition",
            missing=Words("No result", "无结果"),
        ),
        Dimension(
            "result_group",
            Words("Kind of result", "结果类别"),
            "result_group",
            missing=Words("No result", "无结果"),
        ),
        Dimension("hangup_by", Words("Hung up by", "挂断方"), "hangup_by"),
        Dimension("pool", Words("Pool", "坐席池"), "pool"),
        Dimension("state", Words("State", "状态"), "state"),
        Dimension(
            "reason", Words("Reason", "原因"), "reason", missing=Words("No reason", "无原因")
        ),
    )
}


def common(facts: Mapping[str, Fact]) -> list[str]:
    """The ids of what rows of all these facts can be told apart by."""
    chosen = facts.values() if facts else FACTS.values()
    return [one.id for one in DIMENSIONS.values() if all(one.is_of(fact) for fact in chosen)]
