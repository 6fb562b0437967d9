"""May this number be called now? Judged on plain facts, read fresh for every batch."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

import structlog
from msgspec import Struct

from dialer.compliance.rules import DAY_S, CallingRules
from dialer.compliance.window import Window, midnights, window_at
from dialer.compliance.zones import E164, zones_of_number
from dialer.compliance.zonewords import place_meant
from dialer.ports.gate import Callee, GateRefusal, Passed
from dialer.ports.store import CallTo, DncEntry, Store
from dialer.words import GateRule
from dialer.zonedata import UnknownZoneError

log = structlog.get_logger(__name__)

# The longest day there is has 25 hours; one more for zones side by side.
LOOK_BACK_S = 26 * 3600 + DAY_S
_ASK_AGAIN_S = 60.0
#: Nobody knows when a call will end: its number is asked for again so often.
IN_CALL_AGAIN_S = 10.0
_WHY: dict[GateRule, str] = {
    "calling_window": "outside calling hours where the callee is",
    "weekday": "not a weekday to call on where the callee is",
    "holiday": "a public holiday where the callee is",
}


class Facts(Struct, frozen=True):
    """What is on record about one number."""

    dnc: DncEntry | None
    calls: Sequence[CallTo]  # those of the last LOOK_BACK_S, as they were placed
    in_call: bool = False  # the person is being rung or talks, or is about to be


WindowAt = Callable[[CallingRules, tuple[str, ...], float], Window]


def judge(
    callee: Callee,
    rules: CallingRules,
    facts: Facts,
    now: float,
    window: WindowAt = window_at,
) -> GateRefusal | None:
    """The first rule that forbids the call; None when none does. What lasts longest comes first."""
    found = weigh(callee, rules, facts, now, window)
    return found if isinstance(found, GateRefusal) else None


def weigh(
    callee: Callee,
    rules: CallingRules,
    facts: Facts,
    now: float,
    window: WindowAt = window_at,
) -> GateRefusal | Passed:
    """As `judge`; what was found where no rule forbids the call."""
    if not E164.fullmatch(callee.number):
        return GateRefusal("invalid_number", "not a number in international form")
    if facts.dnc is not None:
        return GateRefusal("dnc", "on the do-not-call list", facts.dnc.expires_at)
    try:
        zones = zones_of(callee, rules)
    except UnknownZoneError as error:
        return GateRefusal("unknown_timezone", str(error))
    hours = None if rules.always_open else window(rules, zones, now)
    count = _count(zones, facts.calls, now)
    return (
        _closed(hours)
        or _too_often(rules, count)
        or _in_call(facts, now)
        or _called_lately(rules, facts.calls, now)
        or _passed(rules, zones, hours, count, now)
    )


def zones_of(callee: Callee, rules: CallingRules) -> tuple[str, ...]:
    """Where the callee may be: the lead's own zone wins; UTC where the clock does not matter."""
    if callee.timezone:
        return (place_meant(callee.timezone, callee.number),)
    try:
        return zones_of_number(callee.number)
    except UnknownZoneError:
        if rules.always_open:
            return ("UTC",)
        raise


class _Count(Struct, frozen=True):
    """Calls to a number: of the last 24 hours as they were placed, of the callee's day, which ends
    at `day_ends`, and when the last one ended.
    """

    lately: Sequence[float] = ()
    today: int = 0
    day_ends: float = 0.0
    last_ended_at: float | None = None


def _count(zones: tuple[str, ...], calls: Sequence[CallTo], now: float) -> _Count:
    if not calls:
        return _Count()
    start, end = midnights(zones, now)
    return _Count(
        sorted(it.placed_at for it in calls if it.placed_at > now - DAY_S),
        sum(it.placed_at >= start for it in calls),
        end,
        max((it.ended_at for it in calls if it.ended_at), default=None),
    )


def _closed(hours: Window | None) -> GateRefusal | None:
    if hours is None or not hours.rule:
        return None
    if hours.changes_at is None:
        why = "the callee may be in zones that have no calling hour in common"
        return GateRefusal("unknown_timezone", why)
    return GateRefusal(hours.rule, _WHY[hours.rule], hours.changes_at)


def _too_often(rules: CallingRules, count: _Count) -> GateRefusal | None:
    if len(count.lately) >= rules.max_per_24h:
        until = count.lately[-rules.max_per_24h] + DAY_S
        why = f"dialed {len(count.lately)} times in 24 hours; {rules.max_per_24h} allowed"
        return GateRefusal("max_per_24h", why, until)
    if count.today and count.today >= rules.max_per_day:
        why = f"dialed {count.today} times today; {rules.max_per_day} allowed"
        return GateRefusal("max_per_day", why, count.day_ends)
    return None


def _passed(
    rules: CallingRules,
    zones: tuple[str, ...],
    hours: Window | None,
    count: _Count,
    now: float,
) -> Passed:
    return Passed(
        now,
        zones,
        None if hours is None else hours.changes_at,
        hours is None,
        count.today,
        rules.max_per_day,
        len(count.lately),
        rules.max_per_24h,
        count.last_ended_at,
        rules.pause_minutes,
    )


def _in_call(facts: Facts, now: float) -> GateRefusal | None:
    if not facts.in_call and all(it.ended_at is not None for it in facts.calls):
        return None
    why = "in a call with us, or on the way to one"
    return GateRefusal("in_call", why, now + IN_CALL_AGAIN_S)


def _called_lately(rules: CallingRules, calls: Sequence[CallTo], now: float) -> GateRefusal | None:
    ended = max((it.ended_at for it in calls if it.ended_at), default=0.0)
    until = ended + 60.0 * rules.pause_minutes
    if until <= now:
        return None
    ago = max(0.0, now - ended) // 60
    why = f"called {ago:.0f} min ago; {rules.pause_minutes:g} min must pass between two calls"
    return GateRefusal("called_lately", why, until)


class ComplianceGate:
    """The gate over the store. Implements `dialer.ports.gate.Gate`.

    `rules_for` gives a campaign's rules by its id. The do-not-call list and the attempts are read
    from the database for each batch, so a number another process has just added is refused in the
    very next one. `in_use` holds the numbers that this process rings or talks to, or is about to.
    Fails closed: an error refuses, and the call may be asked for again in a minute.
    """

    def __init__(
        self,
        store: Store,
        rules_for: Callable[[str], CallingRules],
        in_use: Container[str] = frozenset(),
    ) -> None:
        self._store = store
        self.rules_for = rules_for
        self._in_use = in_use
        self._windows: dict[tuple[CallingRules, tuple[str, ...]], tuple[float, Window]] = {}

    async def check(self, callee: Callee, now: float) -> GateRefusal | None:
        return (await self.check_many([callee], now))[0]

    async def check_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | None]:
        answers = await self.weigh_many(callees, now)
        return [it if isinstance(it, GateRefusal) else None for it in answers]

    async def weigh_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | Passed]:
        if not callees:
            return []
        try:
            dnc, calls = await self.facts(callees, now)
        except Exception as error:  # whatever it is, nobody is called on a guess
            log.error("gate cannot read its facts", error=repr(error), refused=len(callees))
            return [_error(now) for _ in callees]
        answers: list[GateRefusal | Passed] = []
        for callee in callees:
            answer = self._judge(callee, dnc, calls, now)
            if isinstance(
                answer, Passed
            ):  # the same number again in this batch finds this one on its way
                calls.setdefault(callee.number, []).append(CallTo(now))
            answers.append(answer)
        return answers

    async def facts(
        self, callees: Sequence[Callee], now: float
    ) -> tuple[Mapping[str, DncEntry], dict[str, list[CallTo]]]:
        """Whom the do-not-call list has, and who was called lately, by number."""
        numbers = list(dict.fromkeys(callee.number for callee in callees))
        dnc = await self._store.dnc.check(numbers, now=now)
        found = await self._store.attempts.calls_to(numbers, since=now - LOOK_BACK_S)
        return dnc, {number: list(calls) for number, calls in found.items()}

    def _judge(
        self,
        callee: Callee,
        dnc: Mapping[str, DncEntry],
        calls: Mapping[str, Sequence[CallTo]],
        now: float,
    ) -> GateRefusal | Passed:
        number = callee.number
        in_call = any(it in self._in_use for it in (number, *callee.others))
        facts = Facts(dnc.get(number), calls.get(number, ()), in_call)
        try:
            rules = self.rules_for(callee.campaign_id)
            return weigh(callee, rules, facts, now, self.window)
        except Exception as error:  # a bad rule stops its own campaign, not the others
            log.error("gate failed", lead_id=callee.lead_id, error=repr(error))
            return _error(now)

    def window(self, rules: CallingRules, zones: tuple[str, ...], now: float) -> Window:
        """`window_at`, remembered until it changes: there are few zones and many calls."""
        asked_at, known = self._windows.get((rules, zones), (now, None))
        if known and known.changes_at and asked_at <= now < known.changes_at:
            return known
        if len(self._windows) > 4096:
            self._windows.clear()
        found = window_at(rules, zones, now)
        self._windows[rules, zones] = (now, found)
        return found


def _error(now: float) -> GateRefusal:
    return GateRefusal("gate_error", "the gate could not decide; see the log", now + _ASK_AGAIN_S)
