"""What of a floor is shown."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec.structs import replace

from dialer.accounts.reach import Reach
from dialer.api.answers import announced_only, masked
from dialer.ports.control import Control, FloorView


def summaries(control: Control, reach: Reach) -> list[dict[str, Any]]:
    """Each floor that is seen, in a few figures."""
    views = (control.floor(pool) for pool in control.floors())
    seen = (view for view in views if view is not None and reach.sees_pool(view.pool))
    return [_summary(within(reach, view)) for view in seen]


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
        agents=[agent for agent in view.agents if reach.sees_agent(agent.agent)],
        calls=[call for call in view.calls if reach.sees_call(view.pool, call.agent)],
        last_ended=[it for it in view.last_ended if reach.sees_call(view.pool, it.agent)],
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
