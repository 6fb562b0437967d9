"""The rep for one callee, by the campaign's routing."""

from __future__ import annotations

from dialer.floor.state import Attempt, Campaign, Floor
from routing import STRATEGIES, Caller, choose


def choose_agent(floor: Floor, attempt: Attempt, without: str = "") -> str | None:
    """A free rep for this callee, or None; never `without`."""
    rules = floor.rules_of(attempt)
    strategy = STRATEGIES[rules.routing]
    caller = Caller(
        attempt=attempt.attempt,
        campaign=attempt.campaign,
        waiting_since=attempt.asked_at,
        needs={**rules.needs, **attempt.needs} if rules.needs else attempt.needs,
        sticky=attempt.sticky,
    )
    free = floor.free
    if without in free:
        free = {name: candidate for name, candidate in free.items() if name != without}
    sticky = free.get(attempt.sticky) if attempt.sticky else None
    return choose(strategy, free.values(), caller, sticky)


def may_take(floor: Floor, campaign: Campaign, needs: dict[str, int], agent: str) -> bool:
    """Whether this free rep may take a call of this campaign that needs these skills."""
    caller = Caller(attempt="", campaign=campaign.campaign, waiting_since=0.0, needs=needs)
    return choose(STRATEGIES[campaign.rules.routing], [floor.free[agent]], caller) is not None
