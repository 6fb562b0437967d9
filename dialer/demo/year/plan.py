"""What a made-up year consists of: who works, for which campaigns, on which days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from dialer.compliance.calendars import is_holiday

ZONE: Final = "Asia/Shanghai"
#: By campaign: its name, and the share of contacts that end in a sale.
CAMPAIGNS: Final[dict[str, float]] = {
    "broadband-renewal": 0.16, "broadband-new": 0.07, "mobile-upgrade": 0.11, "family-plan": 0.09,
    "insurance-health": 0.05, "insurance-car": 0.08, "green-power": 0.12, "loan-review": 0.04,
    "english-course": 0.06, "summer-camp": 0.10, "loyalty-card": 0.18, "win-back": 0.03,
}  # fmt: skip
SQUADS: Final = ("squad-1", "squad-2", "squad-3", "squad-4", "squad-5", "squad-6")
TRUNKS: Final = ("carrier-1", "carrier-2", "carrier-3")
#: Lists of a campaign, one after the other through its time; the later, the staler.
LISTS: Final = ("spring", "partner", "web", "archive")
#: How busy a day is, from Monday on; on public holidays nobody is called.
OF_WEEK: Final = (1.05, 1.1, 1.05, 1.0, 0.9, 0.4, 0.0)
#: From nine in the morning to eight in the evening: fewer calls while people eat.
OF_DAY: Final = {
    9: 0.9, 10: 1.1, 11: 1.0, 12: 0.4, 13: 0.6, 14: 1.0, 15: 1.1, 16: 1.1, 17: 0.9, 18: 0.7,
    19: 0.6,
}  # fmt: skip


class YearPlan(Struct, frozen=True, kw_only=True):
    """`reps`: their codes. `last`: the last day, which is over. `calls`: about so many in all.

    `country`: whose public holidays are kept; "" for none.
    """

    reps: Sequence[str]
    last: date
    calls: int = 500_000
    days: int = 365
    seed: int = 1
    country: str = "CN"

    def all_days(self) -> list[date]:
        return [self.last - timedelta(days=back) for back in range(self.days - 1, -1, -1)]

    def squad_of(self, rep: int) -> str:
        return SQUADS[rep * len(SQUADS) // len(self.reps)]


def calls_by_day(plan: YearPlan) -> dict[date, int]:
    """How many calls each day has: by weekday, holidays and the season."""
    weights = {day: _weight(plan, day) for day in plan.all_days()}
    whole = sum(weights.values()) or 1.0
    return {day: round(plan.calls * weight / whole) for day, weight in weights.items()}


def _weight(plan: YearPlan, day: date) -> float:
    if plan.country and is_holiday(plan.country, day):
        return 0.0
    season = 1.0 + 0.15 * ((day.month * 7) % 12 - 5.5) / 5.5
    return OF_WEEK[day.weekday()] * season


def campaign_shares(day: date) -> list[float]:
    """How the day's calls fall to campaigns: each is busy in months of its own."""
    busy = [1.0 + ((3 * n + day.month) % 12) / 4 for n in range(len(CAMPAIGNS))]
    return [it / sum(busy) for it in busy]
