"""When alerts begin and end: pure, over measured values, with a wait before and a gap after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from dialer.settings.alerts import AlertSettings
from dialer.words import Severity


class Measured(Struct, frozen=True):
    """One value of one thing. `subject`: pool/NAME, campaign/NAME, trunk/NAME, node/NAME …"""

    metric: str
    subject: str
    value: float
    words: str
    pool: str = ""
    #: What the words speak of, for screens that say it in their reader's language.
    facts: Mapping[str, Any] = {}


class Event(Struct, frozen=True):
    """An alert began, or ended."""

    name: str
    subject: str
    began: bool
    severity: Severity
    value: float | None
    words: str
    pool: str
    facts: Mapping[str, Any]


class _State(Struct):
    since: float
    firing: bool = False
    last: Measured | None = None


Key = tuple[str, str]


class Watchkeeper:
    """Remembers what is above its limit since when, and what fires."""

    def __init__(self) -> None:
        self._states: dict[Key, _State] = {}

    def adopt(self, name: str, subject: str, now: float) -> None:
        """It fired before a restart."""
        self._states[name, subject] = _State(now, firing=True)

    def step(
        self, rules: Mapping[str, AlertSettings], measured: Sequence[Measured], now: float
    ) -> list[Event]:
        """What begins and ends by what is measured now; what is not measured is over."""
        events: list[Event] = []
        seen: set[Key] = set()
        for name, rule in rules.items():
            for value in measured:
                if value.metric == rule.metric:
                    key = (name, value.subject)
                    seen.add(key)
                    events += self._look(key, rule, value, now)
        for key in [key for key in self._states if key not in seen]:
            events += self._end(key, rules.get(key[0]), None)
        return events

    def _look(self, key: Key, rule: AlertSettings, value: Measured, now: float) -> list[Event]:
        state = self._states.get(key)
        if state is not None and state.firing:
            state.last = value
            return self._end(key, rule, value) if value.value <= rule.clears_at else []
        if value.value <= (rule.above or 0.0):
            self._states.pop(key, None)
            return []
        if state is None:
            state = self._states[key] = _State(now)
        if now - state.since < (rule.for_s or 0.0):
            return []
        state.firing, state.last = True, value
        return [_event(key, rule, value, began=True)]

    def _end(self, key: Key, rule: AlertSettings | None, value: Measured | None) -> list[Event]:
        state = self._states.pop(key)
        if not state.firing:
            return []
        return [_event(key, rule, value or state.last, began=False)]


def _event(key: Key, rule: AlertSettings | None, value: Measured | None, *, began: bool) -> Event:
    return Event(
        name=key[0],
        subject=key[1],
        began=began,
        severity=(rule.severity if rule is not None else None) or "warning",
        value=value.value if value is not None else None,
        words=value.words if value is not None else "",
        pool=value.pool if value is not None else "",
        facts={"metric": value.metric, **value.facts} if value is not None else {},
    )
