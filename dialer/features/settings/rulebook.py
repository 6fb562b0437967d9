"""The calling and recycling rules of each campaign, as gate and hopper ask for them: by id."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from dialer.compliance.rules import CallingRules, calling_rules
from dialer.leads.recycle import RecycleRules, recycle_rules
from dialer.settings import Settings
from dialer.settings.campaigns import stored_settings

Rules = tuple[CallingRules, RecycleRules]


def rules_of(settings: Settings) -> dict[str, Rules]:
    """By campaign's name. Raises ValueError that names campaign and key."""
    found = {}
    for name, campaign in settings.campaign.items():
        stored = stored_settings(campaign)
        try:
            found[name] = calling_rules(stored), recycle_rules(stored)
        except ValueError as error:
            raise ValueError(f"campaign {name}: {error}") from None
    return found


class Rulebook:
    """The rules in force. A campaign that is not in it may call nobody."""

    def __init__(self) -> None:
        self._rules: dict[str, Rules] = {}

    def replace(self, rules: Mapping[str, Rules], ids: Mapping[str, str]) -> None:
        """`rules` by name, `ids` of campaigns by name; both at once or not at all."""
        self._rules = {ids[name]: rule for name, rule in rules.items() if name in ids}

    @contextlib.contextmanager
    def trying(self, rules: Mapping[str, Rules], ids: Mapping[str, str]) -> Iterator[None]:
        """As `replace`; when what is tried fails, everything is as before."""
        before = self._rules
        self.replace(rules, ids)
        try:
            yield
        except BaseException:
            self._rules = before
            raise

    def calling(self, campaign_id: str) -> CallingRules:
        """Raises KeyError, at which the gate refuses."""
        return self._rules[campaign_id][0]

    def recycle(self, campaign_id: str) -> RecycleRules:
        """A campaign that was taken out of the settings ends its calls by the usual rules."""
        rules = self._rules.get(campaign_id)
        return rules[1] if rules is not None else RecycleRules()
