"""What holds a campaign back, as one English line for logs, webhooks and the command line.

Screens say it themselves, in the reader's language, from the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dialer.ports.control import CampaignView
from dialer.ports.outlook import HoldBack, LeadOutlook, Sleep
from dialer.words import HoldBackReason, WaitsFor
from dialer.zonedata import local_zone, zone_named

_WHY: Mapping[HoldBackReason, str] = {
    "manual": "its calls are made by hand",
    "switch": "no Asterisk can be reached",
    "switch_fails": "Asterisk itself cannot make calls",
    "clock": "the time is in doubt",
    "store": "the database keeps no records",
    "trunks": "no trunk takes calls",
    "lines": "no line is free",
    "calls_per_second": "the permitted calls per second are used up",
    "nobody_in": "no rep is at work",
    "nobody_ready": "no rep is ready",
    "list_through": "no lead has a call left",
    "lists_stopped": "all lists with leads to call are stopped",
    "asleep": "all its leads wait",
    "held": "its last leads are on their way to reps",
    "pacing": "the pacer holds back",
}
_WAITS: Mapping[WaitsFor, str] = {
    "invalid_number": "have no valid number",
    "dnc": "are on the do-not-call list",
    "unknown_timezone": "are where nobody knows the time",
    "calling_window": "are outside calling hours",
    "weekday": "have no day to call on",
    "holiday": "have a public holiday",
    "max_per_24h": "were called as often as 24 hours allow",
    "max_per_day": "were called as often as a day allows",
    "in_call": "are in a call",
    "called_lately": "were called a moment ago",
    "gate_error": "could not be judged",
    "recycle": "wait for their turn after a call",
    "callback": "have a time agreed on",
}


def in_english(view: CampaignView) -> str:
    """All that holds the campaign back; "" when nothing does."""
    return "; ".join(_line(it, view.outlook) for it in view.waits)


def _line(it: HoldBack, outlook: LeadOutlook | None) -> str:
    said = _WHY[it.reason]
    if it.reason == "asleep" and outlook is not None:
        said += ": " + ", ".join(_sleep(sleep) for sleep in outlook.asleep)
    if it.at is not None:
        said += f"; the next can be called at {_clock(it.at)}"
    return said


def _sleep(sleep: Sleep) -> str:
    where = f" ({', '.join(sleep.zones)})" if sleep.zones else ""
    return f"{sleep.count} {_WAITS[sleep.reason]}{where}"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, zone_named(local_zone())).strftime("%Y-%m-%d %H:%M %Z")
