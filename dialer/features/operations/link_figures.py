"""The counts that the link to an Asterisk keeps of itself."""

from __future__ import annotations

from dialer.asterisk.switch import AsteriskSwitch
from dialer.metrics import LinkFigures


def link_figures(switch: AsteriskSwitch) -> LinkFigures:
    """The link's own counts, for /metrics."""
    agi, ami = switch.agi.counters, switch.ami.counters
    return LinkFigures(
        node=switch.node,
        is_up=switch.is_up,
        reconnects=ami.reconnects,
        events=ami.events,
        clock_ahead_s=switch.ahead_s,
        agi={
            "requests": agi.requests,
            "hangups": agi.hangups,
            "timeouts": agi.timeouts,
            "garbage": agi.garbage,
            "over_limit": agi.over_limit,
        },
    )
