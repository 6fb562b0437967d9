"""Callbacks of some days, each with the hours in which its callee may be called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dialer.compliance.gate import zones_of
from dialer.compliance.rules import CallingRules, calling_rules
from dialer.compliance.window import open_spans
from dialer.features.leads.public import facts
from dialer.ports.desk import CallbackRow
from dialer.ports.gate import Callee
from dialer.settings import Settings
from dialer.settings.campaigns import CampaignSettings, stored_settings
from dialer.zonedata import UnknownZoneError

#: So many callbacks are shown at once.
MOST = 500


class Hours:
    """The calling hours of campaigns and places between two moments, each reckoned once."""

    def __init__(self, settings: Settings, since: float, until: float) -> None:
        self._settings, self._span = settings, (since, until)
        self._rules: dict[str, CallingRules] = {}
        self._places: dict[tuple[str, tuple[str, ...]], int] = {}
        self.found: list[dict[str, Any]] = []

    def of(self, row: CallbackRow) -> int:
        """Which of `found` are those of this callee."""
        campaign = row.campaign
        if campaign not in self._rules:
            described = self._settings.campaign.get(campaign, CampaignSettings())
            self._rules[campaign] = calling_rules(stored_settings(described))
        rules = self._rules[campaign]
        key = campaign, _zones(row, rules)
        if key not in self._places:
            self._places[key] = len(self.found)
            self.found.append(self._hours(campaign, key[1], rules))
        return self._places[key]

    def _hours(self, campaign: str, zones: tuple[str, ...], rules: CallingRules) -> dict[str, Any]:
        spans = open_spans(rules, zones, *self._span) if zones or rules.always_open else []
        open_ = [{"since": since, "until": until} for since, until in spans]
        return {"campaign": campaign, "zones": list(zones), "open": open_}


def _zones(row: CallbackRow, rules: CallingRules) -> tuple[str, ...]:
    asked = Callee(
        campaign_id="", lead_id=row.callback.lead_id, number=row.number, timezone=row.timezone
    )
    try:
        return zones_of(asked, rules)
    except UnknownZoneError:
        return ()


def entries(
    rows: Sequence[CallbackRow],
    hours: Hours,
    show: Callable[[str], str],
    name_of: Callable[[str], str],
    now: float,
) -> list[dict[str, Any]]:
    """Rows of the calendar. `name_of` a rep's code."""
    found = []
    for row in rows:
        callback, place = row.callback, hours.of(row)
        whose = callback.owner or callback.made_by
        open_ = hours.found[place]["open"]
        found.append(
            {
                **facts.callback_row(row, show(row.number), whose, now),
                "agent_name": name_of(whose),
                "hours": place,
                "in_hours": any(it["since"] <= callback.due_at < it["until"] for it in open_),
            }
        )
    return found
