"""Days, weeks and months of a time zone, as whole numbers, in Python and in SQL alike.

The zone's own rules are read in Python, from the database of zones that the product uses, and
handed on as offsets: an engine with a database of its own might know other rules.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from figures.dimensions import Part
from figures.facts import DAY_MS, QUARTER_MS

_HOUR_MS = 4 * QUARTER_MS
_EPOCH = date(1970, 1, 1)


class Offsets(Struct, frozen=True):
    """How far local time is ahead of UTC: `ahead_ms[i]` until `until_ms[i]`, then the last."""

    until_ms: tuple[int, ...]
    ahead_ms: tuple[int, ...]

    def local(self, at_ms: int) -> int:
        """Milliseconds since the local first of January 1970."""
        return at_ms + self.ahead_ms[bisect_right(self.until_ms, at_ms)]

    def sql(self, column: str) -> str:
        """The same of a column."""
        if not self.until_ms:
            return f"({column} + {self.ahead_ms[0]})"
        steps = zip(self.until_ms, self.ahead_ms, strict=False)
        cases = " ".join(f"WHEN {column} < {until} THEN {ahead}" for until, ahead in steps)
        return f"({column} + CASE {cases} ELSE {self.ahead_ms[-1]} END)"


def offsets(zone: tzinfo, begin_ms: int, end_ms: int) -> Offsets:
    """Those of a zone in a period. Every zone changes at a whole quarter of an hour."""
    until, ahead = [], [_ahead(zone, begin_ms)]
    at = begin_ms
    while at < end_ms:
        following = min(at + DAY_MS, end_ms)
        if _ahead(zone, following) != ahead[-1]:
            until.append(_change(zone, at, following))
            ahead.append(_ahead(zone, following))
        at = following
    return Offsets(tuple(until), tuple(ahead))


def _change(zone: tzinfo, before: int, after: int) -> int:
    """The first quarter of an hour between these at which the offset is another one."""
    first, last = before // QUARTER_MS, -(-after // QUARTER_MS)
    was = _ahead(zone, before)
    while last - first > 1:
        middle = (first + last) // 2
        if _ahead(zone, middle * QUARTER_MS) == was:
            first = middle
        else:
            last = middle
    return last * QUARTER_MS


def _ahead(zone: tzinfo, at_ms: int) -> int:
    offset = datetime.fromtimestamp(at_ms / 1000, zone).utcoffset() or timedelta()
    return round(offset.total_seconds() * 1000)


def starts_ms(day: date, zone: tzinfo) -> int:
    """When a local day begins: unix milliseconds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return round(midnight.timestamp() * 1000)


def bucket(part: Part, local_ms: int) -> str | int:
    """Where a local time counts: an hour (0 to 23), a weekday (1 is Monday), else a name."""
    if part is Part.HOUR:
        return local_ms % DAY_MS // _HOUR_MS
    day = _EPOCH + timedelta(days=local_ms // DAY_MS)
    return day.isoweekday() if part is Part.WEEKDAY else _NAMES[part](day)


def bucket_sql(part: Part, local_ms: str) -> str:
    """The same as an expression."""
    return named_sql(part, key_sql(part, local_ms))


def key_sql(part: Part, local_ms: str) -> str:
    """What stands for a bucket while rows are grouped: its first day, where it has a name. To write
    the name of each row's took longer than all the rest.
    """
    if part is Part.HOUR:
        return f"(({local_ms} % {DAY_MS}) // {_HOUR_MS})"
    day = f"(DATE '1970-01-01' + CAST({local_ms} // {DAY_MS} AS INTEGER))"
    if part is Part.WEEKDAY:
        return f"isodow({day})"
    return day if part is Part.DAY else f"date_trunc('{part.value}', {day})"


def named_sql(part: Part, key: str) -> str:
    """The bucket of a key."""
    return key if part not in _SQL else _SQL[part].format(day=key)


_NAMES: Mapping[Part, Callable[[date], str]] = {
    Part.DAY: date.isoformat,
    Part.WEEK: lambda day: "{}-W{:02}".format(*day.isocalendar()),
    Part.MONTH: lambda day: f"{day.year}-{day.month:02}",
    Part.QUARTER: lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    Part.YEAR: lambda day: f"{day.year}",
}
_SQL: Mapping[Part, str] = {
    Part.DAY: "strftime({day}, '%Y-%m-%d')",
    Part.WEEK: "strftime({day}, '%G-W%V')",
    Part.MONTH: "strftime({day}, '%Y-%m')",
    Part.QUARTER: "(year({day}) || '-Q' || quarter({day}))",
    Part.YEAR: "strftime({day}, '%Y')",
}
