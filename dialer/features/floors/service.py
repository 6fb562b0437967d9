"""What of a floor is shown."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec.structs import replace

from dialer.kit.answers import announced_only, masked
from dialer.kit.scope import OfAgent, OfCall, OfPool, Reach, is_seen, seen
from dialer.ports.control import Control, FloorView


def summaries(control: Control, reach: Reach) -> list[dict[str, Any]]:
    """Each floor that is seen, in a few figures."""
    views = (floor_of(control, pool, reach) for pool in control.floors())
    return [_summary(view) for view in views if view is not None]


def floor_of(control: Control, pool: str, reach: Reach) -> FloorView | None:
    """A floor with what of it is seen; None: there is no such floor for who asks."""
    view = control.floor(pool)
    return within(reach, view) if view is not None and is_seen(OfPool(pool), reach) else None


def _summary(view: FloorView) -> dict[str, Any]:
    return {
        "pool": view.pool,
        "at": view.at,
        "switch_up": view.switch_up,
        "agents": Counter(agent.state for agent in view.agents),
        "calls": Counter(call.phase for call in view.calls),
        "campaigns": [campaign.campaign for campaign in view.campaigns],
    }


def within(reach: Reach, view: FloorView) -> FloorView:
    """The floor without the reps and calls of other teams."""
    if reach.everything:
        return view
    return replace(
        view,
        agents=seen(view.agents, reach, lambda it: OfAgent(it.agent)),
        calls=seen(view.calls, reach, lambda it: OfCall(view.pool, it.agent)),
        last_ended=seen(view.last_ended, reach, lambda it: OfCall(view.pool, it.agent)),
    )


def without_watchers(view: FloorView) -> FloorView:
    """The floor without listeners of whom reps are not told."""
    return replace(view, agents=[announced_only(agent) for agent in view.agents])


def without_numbers(view: FloorView) -> FloorView:
    """The floor with every callee's number masked."""
    return replace(
        view,
        calls=[replace(call, number=masked(call.number)) for call in view.calls],
        last_ended=[replace(ended, number=masked(ended.number)) for ended in view.last_ended],
    )
