"""The legal windows of abandoned calls: what each campaign's rules count, at any moment.

The store is read once, in spans: whole days, and the hours since yesterday's midnight. After that
calls are counted as they end, and those in progress as the floor has them. So a window costs no
look into the store, and never lags behind what the pacer saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dialer.engine.plans import CampaignPlan
from dialer.floor.commands import CloseAttempt
from dialer.floor.events import WindowState
from dialer.floor.state import Floor
from dialer.ports.store import Attempts
from dialer.words import WindowKind
from dialer.zonedata import local_time

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
#: Nothing older counts in any window; 31 days and one for the hour a clock may be put forward.
OLDEST_S = 32 * DAY_S


@dataclass(slots=True)
class Span:
    """What ended in [start, end)."""

    start: float
    end: float
    answered: int = 0
    abandoned: int = 0


class WindowBook:
    def __init__(self) -> None:
        self._spans: dict[str, list[Span]] = {}

    def knows(self, campaign: str) -> bool:
        return campaign in self._spans

    async def read(
        self, attempts: Attempts, plan: CampaignPlan, campaign_id: str, now: float
    ) -> None:
        """What the store has of this campaign, as far back as its windows reach."""
        found = []
        for start, end in _cuts(plan.abandon_windows, now):
            tally = await attempts.tally(campaign_id, since=start, until=min(end, now), paced=True)
            abandoned = tally.by_outcome.get("abandoned", 0)
            found.append(Span(start, end, tally.answered_human, abandoned))
        self._spans[plan.name] = found

    def closed(self, record: CloseAttempt, now: float) -> None:
        """One more call has ended."""
        if record.answered_by != "human" or record.campaign not in self._spans:
            return
        if record.bound and record.outcome != "abandoned":
            # Placed for one rep who was kept for it: it makes no rate look better.
            return
        span = self._span_of(record.campaign, now)
        span.answered += 1
        span.abandoned += record.outcome == "abandoned"

    def states(self, plans: Sequence[CampaignPlan], floor: Floor, now: float) -> list[WindowState]:
        """Every window of these campaigns, with the calls that are up."""
        live = _in_progress(floor)
        return [
            self._state(plan, kind, live.get(plan.name, (0, 0)), now)
            for plan in plans
            for kind in plan.abandon_windows
        ]

    def _state(
        self, plan: CampaignPlan, kind: WindowKind, live: tuple[int, int], now: float
    ) -> WindowState:
        start, closes_at = bounds(kind, now)
        counted = [span for span in self._spans.get(plan.name, ()) if span.end > start]
        return WindowState(
            campaign=plan.name,
            limit=plan.rules.max_abandon_rate,
            answered=live[0] + sum(span.answered for span in counted),
            abandoned=live[1] + sum(span.abandoned for span in counted),
            closes_at=closes_at,
        )

    def _span_of(self, campaign: str, now: float) -> Span:
        spans, ahead = self._spans[campaign], Span(now, now)
        while spans and spans[-1].start > now:
            # The wall was put back: what ended in hours to come ended just now.
            wrong = spans.pop()
            ahead.answered += wrong.answered
            ahead.abandoned += wrong.abandoned
        if not spans or spans[-1].end <= now:
            midnight = day_of(now)[0]
            start = midnight + (now - midnight) // HOUR_S * HOUR_S
            spans.append(Span(start, start + HOUR_S))
            while spans[0].end < now - OLDEST_S:
                spans.pop(0)
        spans[-1].answered += ahead.answered
        spans[-1].abandoned += ahead.abandoned
        return spans[-1]


def bounds(kind: WindowKind, now: float) -> tuple[float, float | None]:
    """(start, end) of the window that holds `now`; a rolling one does not end.

    Days and months are those of this machine's time zone. Rolling windows begin on the hour at
    which they are cut, so they hold up to an hour more than their name says, 30 days up to a day.
    """
    if kind == "24h":
        return now - DAY_S, None
    if kind == "30d":
        return now - 30 * DAY_S, None
    return day_of(now) if kind == "day" else month_of(now)


def day_of(now: float) -> tuple[float, float]:
    """Midnight before and midnight after `now`, unix seconds, in this machine's time zone."""
    first = local_time(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return first.timestamp(), (first + timedelta(days=1)).timestamp()


def month_of(now: float) -> tuple[float, float]:
    """The first midnight of this month and of the next."""
    first = local_time(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return first.timestamp(), following.timestamp()


def _cuts(kinds: Sequence[WindowKind], now: float) -> Iterator[tuple[float, float]]:
    """Days from the earliest start to yesterday's midnight, from there hours, up to now."""
    if not kinds:
        return
    start = day_of(min(bounds(kind, now)[0] for kind in kinds))[0]
    yesterday = day_of(day_of(now)[0] - 1.0)[0]
    while start < now:
        end = day_of(start + 1.0)[1] if start < yesterday else start + HOUR_S
        yield start, end
        start = end


def _in_progress(floor: Floor) -> dict[str, tuple[int, int]]:
    """(answered, abandoned) of calls that are up, by campaign, as the pacer has been told."""
    found: dict[str, tuple[int, int]] = {}
    for attempt in floor.attempts.values():
        if attempt.answered_by == "human" and attempt.bound is None:
            answered, abandoned = found.get(attempt.campaign, (0, 0))
            lost = attempt.told == "settled" and attempt.connected_at is None
            found[attempt.campaign] = answered + 1, abandoned + lost
    return found
