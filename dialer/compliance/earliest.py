"""When a number may be called at the earliest, and what it waits for until then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from dialer.compliance.gate import ComplianceGate, Facts, WindowAt, judge, zones_of
from dialer.compliance.rules import CallingRules
from dialer.compliance.window import window_at
from dialer.ports.gate import Callee, GateRefusal
from dialer.ports.outlook import Opening
from dialer.words import WaitsFor
from dialer.zonedata import UnknownZoneError

log = structlog.get_logger(__name__)

#: Rules hand a number on to each other, as the hours to the calls a day; more than this none does.
MOST_RULES = 8
#: Numbers judged in one go: some 5 ms, then calls have their turn.
AT_ONCE = 20
#: A lead was put off to the very end of what refused it.
_SAME_S = 1.0


def earliest(
    callee: Callee,
    rules: CallingRules,
    facts: Facts,
    since: float,
    *,
    now: float,
    window: WindowAt = window_at,
) -> Opening:
    """The first moment from `since` and `now` on at which no rule forbids the call, and the rule
    that held it last. A lead whose own time comes later than every rule's end waits for its turn.
    """
    zones = _zones(callee, rules)
    at, reason = max(since, now), _waited(judge(callee, rules, facts, now, window), since, now)
    for _ in range(MOST_RULES):
        refusal = judge(callee, rules, facts, at, window)
        if refusal is None:
            return Opening(at, reason, zones)
        if refusal.until is None or refusal.until <= at:
            return Opening(None, refusal.rule, zones)
        at, reason = refusal.until, refusal.rule
        # Calls that are up will be over by then, as far as anybody can say.
        ended = [replace(it, ended_at=it.ended_at or now) for it in facts.calls]
        facts = replace(facts, in_call=False, calls=ended)
    return Opening(at, reason, zones)


def _waited(refusal: GateRefusal | None, since: float, now: float) -> WaitsFor | None:
    """What a lead waits for whose own time has not come: often it was put off by a rule."""
    if since <= now:
        return None
    if refusal is not None and refusal.until is not None and refusal.until > since - _SAME_S:
        return refusal.rule
    return "recycle"


def _zones(callee: Callee, rules: CallingRules) -> tuple[str, ...]:
    try:
        return () if rules.always_open else zones_of(callee, rules)
    except UnknownZoneError:
        return ()


class ComplianceForesight:
    """What the gate would say later, by the same facts. Implements `ports.outlook.Foresight`."""

    def __init__(self, gate: ComplianceGate) -> None:
        self._gate = gate

    async def openings(self, asked: Sequence[tuple[Callee, float]], now: float) -> list[Opening]:
        """Raises StoreError."""
        if not asked:
            return []
        dnc, calls = await self._gate.facts([callee for callee, _ in asked], now)
        found: list[Opening] = []
        for place, (callee, since) in enumerate(asked, 1):
            facts = Facts(dnc.get(callee.number), calls.get(callee.number, ()))
            found.append(self._opening(callee, facts, since, now))
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    def _opening(self, callee: Callee, facts: Facts, since: float, now: float) -> Opening:
        try:
            rules = self._gate.rules_for(callee.campaign_id)
            return earliest(callee, rules, facts, since, now=now, window=self._gate.window)
        except Exception as error:
            log.error("no time to call can be told", lead_id=callee.lead_id, error=repr(error))
            return Opening(None, "gate_error")
