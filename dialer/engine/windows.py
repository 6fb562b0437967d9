"""The legal windows of abandoned calls, as the store's records have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from dialer.engine.plans import CampaignPlan
from dialer.floor.events import WindowState
from dialer.ports.store import Attempts


async def day_windows(
    attempts: Attempts, plans: Sequence[CampaignPlan], ids: Mapping[str, str], now: float
) -> list[WindowState]:
    """One window a campaign: the calendar day of this machine's time zone, midnight to midnight."""
    opened, closes = day_of(now)
    windows = []
    for plan in plans:
        tally = await attempts.tally(ids[plan.name], since=opened, until=now)
        windows.append(
            WindowState(
                campaign=plan.name,
                limit=plan.rules.max_abandon_rate,
                answered=tally.answered_human,
                abandoned=tally.by_outcome.get("abandoned", 0),
                closes_at=closes,
            )
        )
    return windows


def day_of(now: float) -> tuple[float, float]:
    """Midnight before and midnight after `now`, unix seconds, in this machine's time zone."""
    local = datetime.fromtimestamp(now, UTC).astimezone()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()
