"""Is it a time to call, in every zone the callee may be in? Pure, over IANA zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

from dialer.compliance.calendars import is_holiday
from dialer.compliance.rules import CallingRules
from dialer.words import GateRule
from dialer.zonedata import zone_named

# A festival week and a weekend on both sides of it; what is closed longer has no end in sight.
_DAYS_AHEAD = 21


class Window(Struct, frozen=True):
    """Open or closed at one moment. `rule` says why closed.

    `changes_at`: open: when it closes; closed: when it opens next, None if that is not in sight.
    """

    is_open: bool
    rule: GateRule | Literal[""]
    changes_at: float | None


def window_at(rules: CallingRules, zones: tuple[str, ...], now: float) -> Window:
    """The window at `now`: open only when it is open in each of `zones`."""
    infos = [zone_named(zone) for zone in zones]
    closed = [rule for rule in (_closed_by(rules, zone, now) for zone in infos) if rule]
    if not closed:
        return Window(True, "", min(_closes_at(rules, zone, now) for zone in infos))
    return Window(False, closed[0], _opens_at(rules, infos, now))


def open_spans(
    rules: CallingRules, zones: tuple[str, ...], since: float, until: float
) -> list[tuple[float, float]]:
    """When it is a time to call between two moments: from and to, in order."""
    if rules.always_open:
        return [(since, until)]
    spans: list[tuple[float, float]] = []
    at = since
    while at < until:
        found = window_at(rules, zones, at)
        ends = until if found.changes_at is None else min(found.changes_at, until)
        if found.is_open and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], ends)
        elif found.is_open:
            spans.append((at, ends))
        at = max(ends, at + 1.0)
    return spans


def midnights(zones: tuple[str, ...], now: float) -> tuple[float, float]:
    """When the callee's calendar day began at the earliest, and ends at the latest."""
    days = [(zone, _local(zone, now).date()) for zone in map(zone_named, zones)]
    starts = [_at(zone, day, 0) for zone, day in days]
    ends = [_at(zone, day + timedelta(days=1), 0) for zone, day in days]
    return min(starts), max(ends)


def _closed_by(rules: CallingRules, zone: tzinfo, now: float) -> GateRule | Literal[""]:
    """The rule that closes this zone now; empty when open."""
    local = _local(zone, now)
    if day_rule := _day_closed_by(rules, local.date()):
        return day_rule
    start, end = rules.window_s
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return "" if start <= seconds < end else "calling_window"


def _day_closed_by(rules: CallingRules, day: date) -> GateRule | Literal[""]:
    if day.isoweekday() not in rules.weekdays:
        return "weekday"
    return "holiday" if rules.holidays is not None and is_holiday(rules.holidays, day) else ""


def _closes_at(rules: CallingRules, zone: tzinfo, now: float) -> float:
    """When the window that is open now ends. Where the clock jumps, the next full look decides."""
    end = _at(zone, _local(zone, now).date(), rules.window_s[1])
    return end if end > now else now + 60


def _opens_at(rules: CallingRules, zones: list[tzinfo], now: float) -> float | None:
    """The first moment after `now` that is open in every zone."""
    openings = sorted({at for zone in zones for at in _openings(rules, zone, now)})
    return next(
        (at for at in openings if not any(_closed_by(rules, zone, at) for zone in zones)), None
    )


def _openings(rules: CallingRules, zone: tzinfo, now: float) -> list[float]:
    first = _local(zone, now).date()
    days = (first + timedelta(days=n) for n in range(_DAYS_AHEAD))
    openings = [_at(zone, day, rules.window_s[0]) for day in days if not _day_closed_by(rules, day)]
    return [at for at in openings if at > now]


def _local(zone: tzinfo, at: float) -> datetime:
    return datetime.fromtimestamp(at, zone)


def _at(zone: tzinfo, day: date, seconds: int) -> float:
    """Unix time of a wall-clock time of a day in a zone."""
    whole_days, seconds = divmod(seconds, 86_400)
    day += timedelta(days=whole_days)
    wall = datetime(day.year, day.month, day.day, seconds // 3600, seconds % 3600 // 60)  # noqa: DTZ001
    return wall.replace(tzinfo=zone).astimezone(UTC).timestamp()
