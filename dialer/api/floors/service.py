"""What of a floor is shown."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec.structs import replace

from dialer.api.answers import masked
from dialer.ports.control import Control, FloorView


def summaries(control: Control) -> list[dict[str, Any]]:
    """Each floor in a few figures."""
    views = (control.floor(pool) for pool in control.floors())
    return [_summary(view) for view in views if view is not None]


def _summary(view: FloorView) -> dict[str, Any]:
    return {
        "pool": view.pool,
        "at": view.at,
        "switch_up": view.switch_up,
        "agents": Counter(agent.state for agent in view.agents),
        "calls": Counter(call.phase for call in view.calls),
        "campaigns": [campaign.campaign for campaign in view.campaigns],
    }


def without_numbers(view: FloorView) -> FloorView:
    """The floor with every callee's number masked."""
    return replace(
        view,
        calls=[replace(call, number=masked(call.number)) for call in view.calls],
        last_ended=[replace(ended, number=masked(ended.number)) for ended in view.last_ended],
    )
