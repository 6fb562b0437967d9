"""A scenario fitted to calls as they were: rates, laws, and who was there when.

Calls that the dialer gave up while they rang tell only that nobody had answered until then. They
count as censored: every other call is weighted by the inverse of the chance not to have been given
up by its age (Kaplan and Meier's estimate), so that giving up more or less does not bias a rate.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from dialer.far_end import far_end
from dialer.sim.records import Record, Span
from dialer.zonedata import zone_named

#: An hour with fewer calls gets the rate of the whole.
LEAST_CALLS = 60
#: An empirical law has at most so many values: more say no more.
MOST_VALUES = 100
#: Patience is guessed from fewer hang-ups than this.
LEAST_HANGUPS = 5
#: A rep without a call for longer than this was away, where nothing better is known.
AWAY_S = 600.0
#: `calling` of a list whose people had passed the gate already: it refuses nobody.
EVERYBODY = {
    "start": "0:00",
    "end": "24:00",
    "max_per_24h": 1000,
    "max_per_day": 1000,
    "pause_minutes": 0,
}

Data = dict[str, Any]
Weight = Callable[[float], float]


def fit_callees(
    records: Sequence[Record], zone: str, patience_limit_s: float, paces: Paces
) -> Data:
    """[callees.NAME] of one campaign. `patience_limit_s`: nobody is seen waiting longer."""
    weight = uncensored(records)
    weights = [weight(_age(record)) for record in records]
    people = [record.answered_by == "human" for record in records]
    found: Data = {
        "answer_rate": _by_hour(records, weights, people, zone_named(zone)),
        "machine_rate": _rate(weights, [r.answered_by == "machine" for r in records]),
        "busy_rate": _rate(weights, [r.outcome == "busy" for r in records]),
        "failed_rate": _rate(weights, [_failed(r) and not _dead(r) for r in records]),
        "dead_rate": _rate(weights, [_dead(r) for r in records]),
        "refused_rate": _rate(weights, [r.outcome == "refused" for r in records]),
    }
    rang = [r for r in records if r.ringing_at is not None]
    _set_law(found, "setup", [(r.ringing_at or 0) - r.placed_at for r in rang])
    answered = [r for r in rang if r.answered_at is not None]
    rings = [(r.answered_at or 0) - (r.ringing_at or 0) for r in answered]
    _set_law(found, "ring", rings, [weight(_age(r)) for r in answered])
    over = [r for r in records if r.outcome in {"busy", "failed", "refused"}]
    _set_law(found, "fails_after", [r.ended_at - r.placed_at for r in over])
    talks_s = [r.talk_seconds / paces.of(r.agent) for r in records if r.talk_seconds is not None]
    _set_law(found, "talk", talks_s)
    patience = _patience(records, patience_limit_s)
    if patience is not None:
        found["patience"] = {"law": "exponential", "mean": round(patience, 2)}
    heard = [r for r in records if r.outcome == "machine" and r.answered_at is not None]
    if heard:
        # What is fitted are the detector's verdicts: they are not to be mistaken once more.
        found.update(machine_missed_rate=0.0, human_missed_rate=0.0)
        _set_law(found, "detection", [r.ended_at - (r.answered_at or 0) for r in heard])
    talks = [r for r in records if r.outcome == "connected"]
    if talks:
        ended = sum(r.hangup_by == "callee" for r in talks)
        found["callee_ends_rate"] = round(ended / len(talks), 3)
    return {name: value for name, value in found.items() if value is not None}


def _age(record: Record) -> float:
    over = record.ended_at if record.answered_at is None else record.answered_at
    return over - record.placed_at


def _failed(record: Record) -> bool:
    return record.outcome == "failed"


def _dead(record: Record) -> bool:
    if not _failed(record):
        return False
    return far_end(record.hangup_cause or 0, record.sip_code).number == "dead"


def uncensored(records: Sequence[Record]) -> Weight:
    """The weight of a call that was decided at an age: one over the chance that calls of that age
    had not been given up before. 0 for the given-up ones is the caller's matter.
    """
    ages = sorted(_age(record) for record in records)
    given_up = Counter(round(_age(r), 3) for r in records if r.outcome == "cancelled")
    times, left, chance = [], [], 1.0
    for age, count in sorted(given_up.items()):
        at_risk = len(ages) - bisect_left(ages, age - 0.0005)
        chance *= 1.0 - count / max(at_risk, count + 1)
        times.append(age)
        left.append(chance)

    def weight(age: float) -> float:
        place = bisect_left(times, age - 0.0005)
        return 1.0 / left[place - 1] if place else 1.0

    return weight


def _rate(weights: Sequence[float], hits: Sequence[bool]) -> float:
    whole = len(weights)
    found = sum(weight for weight, hit in zip(weights, hits, strict=True) if hit)
    return round(min(1.0, found / whole), 4)


def _by_hour(
    records: Sequence[Record], weights: Sequence[float], people: Sequence[bool], zone: tzinfo
) -> Data | float:
    whole = _rate(weights, people)
    hours: dict[int, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        hours[datetime.fromtimestamp(record.placed_at, zone).hour].append(at)
    known = {hour: at for hour, at in sorted(hours.items()) if len(at) >= LEAST_CALLS}
    if len(known) < 2:
        return whole
    return {
        f"{hour}:00": _rate([weights[i] for i in at], [people[i] for i in at])
        for hour, at in known.items()
    }


def _set_law(
    found: Data, name: str, values: Iterable[float], weights: Sequence[float] | None = None
) -> None:
    law = empirical(list(values), weights)
    if law is not None:
        found[name] = law


def empirical(values: Sequence[float], weights: Sequence[float] | None = None) -> Data | None:
    """A law of what was seen: the means of equally likely slices; None of fewer than three."""
    if len(values) < 3:
        return None
    pairs = sorted(zip(values, weights or [1.0] * len(values), strict=True))
    count = min(MOST_VALUES, len(pairs))
    share = sum(weight for _, weight in pairs) / count
    means, at, left = [], 0, pairs[0][1]
    for _ in range(count):
        room, total = share, 0.0
        while room > 1e-12 * share and at < len(pairs):
            taken = min(room, left)
            total, room, left = total + taken * pairs[at][0], room - taken, left - taken
            if left <= 1e-12 * share:
                at += 1
                left = pairs[at][1] if at < len(pairs) else 0.0
        means.append(round(max(0.0, total / max(share - room, 1e-12 * share)), 3))
    return {"law": "empirical", "values": means}


def _patience(records: Sequence[Record], limit_s: float) -> float | None:
    """Mean patience of an exponential law: time waited by all over hang-ups while waiting."""
    waited, hangups = 0.0, 0
    for record in records:
        if record.answered_at is None or record.answered_by != "human":
            continue
        until = record.connected_at if record.connected_at is not None else record.ended_at
        waits = until - record.answered_at
        left = record.outcome == "abandoned" and record.hangup_by == "callee" and waits < limit_s
        waited += min(waits, limit_s)
        hangups += left
    return waited / hangups if hangups >= LEAST_HANGUPS else None


# --- reps -----------------------------------------------------------------------------------------


def fit_reps(records: Sequence[Record], paces: Paces) -> Data:
    """[reps]: wrap-up, and how much reps differ."""
    found: Data = {"login_spread_s": 0}
    wraps = [r.wrapup_seconds / paces.of(r.agent) for r in records if r.wrapup_seconds is not None]
    _set_law(found, "wrapup", wraps)
    if "wrapup" not in found:
        found["wrapup"] = {"law": "constant", "value": 0.0}
    if paces.spread:
        found["pace_spread"] = round(paces.spread, 3)
    return found


@dataclass(frozen=True, slots=True)
class Paces:
    """How much longer each rep takes than the mean rep, and the spread of that (log-deviation)."""

    spread: float
    factors: dict[str, float]

    def of(self, agent: str | None) -> float:
        return self.factors.get(agent or "", 1.0)


def fit_paces(records: Sequence[Record]) -> Paces:
    """Each rep's mean log talk time, shrunk by what few calls leave to chance.

    Laws are fitted to times divided by these: fast reps have more calls, and would make everybody
    fast once more if their calls were pooled as they are.
    """
    by_rep: dict[str, list[float]] = defaultdict(list)
    for record in records:
        if record.agent and record.talk_seconds and record.talk_seconds > 1.0:
            by_rep[record.agent].append(math.log(record.talk_seconds))
    many = {agent: logs for agent, logs in by_rep.items() if len(logs) >= 8}
    if len(many) < 4:
        return Paces(0.0, {})
    within = statistics.fmean(statistics.variance(logs) for logs in many.values())
    means = {agent: statistics.fmean(logs) for agent, logs in many.items()}
    by_chance = statistics.fmean(within / len(logs) for logs in many.values())
    between = statistics.variance(means.values()) - by_chance
    if between <= 0:
        return Paces(0.0, {})
    middle = statistics.fmean(means.values())
    factors = {
        agent: math.exp((mean - middle) * between / (between + within / len(many[agent])))
        for agent, mean in means.items()
    }
    whole = statistics.fmean(factors.values())
    return Paces(math.sqrt(between), {agent: f / whole for agent, f in factors.items()})


def spans_of(records: Sequence[Record]) -> list[Span]:
    """Who was there when, guessed from calls: long gaps count as breaks."""
    busy: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for record in records:
        if record.agent and record.connected_at is not None:
            done = record.ended_at + (record.wrapup_seconds or 0.0)
            busy[record.agent].append((record.connected_at, done))
    spans = []
    for agent, calls in busy.items():
        calls.sort()
        since, until = calls[0]
        for begins, ends in calls[1:]:
            if begins - until > AWAY_S:
                spans += [Span(agent, since, until, False), Span(agent, until, begins, True)]
                since = begins
            until = max(until, ends)
        spans.append(Span(agent, since, until, False))
    return spans


def fit_shifts(spans: Sequence[Span], start: float, end: float, zone: str) -> list[Data]:
    """[[shift]] of each rep of the day from `start` to `end`, equal ones together.

    A rep who was out and came back is on a break in between.
    """
    zone_info = zone_named(zone)
    by_rep: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        if span.until > start and span.since < end:
            by_rep[span.agent].append(span)
    plans: Counter[tuple[float, float, tuple[tuple[float, float], ...]]] = Counter()
    for own in by_rep.values():
        plan = _plan(sorted(own, key=lambda s: s.since), start, end)
        if plan is not None:
            plans[plan] += 1
    return [_shift(plan, count, start, end, zone_info) for plan, count in sorted(plans.items())]


_Plan = tuple[float, float, tuple[tuple[float, float], ...]]


def _plan(spans: Sequence[Span], start: float, end: float) -> _Plan | None:
    working = [span for span in spans if not span.away]
    if not working:
        return None
    begins, ends = max(start, working[0].since), min(end, working[-1].until)
    breaks, at = [], working[0].until
    for span in working[1:]:
        if span.since - at >= 60.0:
            breaks.append((_minute(at), _minute(span.since) - _minute(at)))
        at = max(at, span.until)
    return _minute(begins), _minute(ends) + 60.0, tuple(b for b in breaks if b[1] > 0)


def _minute(at: float) -> float:
    return at - at % 60


def _shift(plan: _Plan, count: int, start: float, end: float, zone: tzinfo) -> Data:
    begins, ends, breaks = plan
    shift: Data = {"reps": count}
    if begins > start + 60:
        shift["start"] = _clock(begins, zone)
    if ends < end - 60:
        shift["end"] = _clock(ends, zone)
    if breaks:
        shift["breaks"] = [
            {"at": _clock(at, zone), "minutes": round(long / 60, 1), "spread_minutes": 0.0}
            for at, long in breaks
        ]
    return shift


def _clock(at: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%H:%M}"


# --- the whole ------------------------------------------------------------------------------------


def busiest_day(records: Sequence[Record], zone: str) -> list[Record]:
    """The calls of the day with the most of them."""
    days: dict[Any, list[Record]] = defaultdict(list)
    for record in records:
        days[datetime.fromtimestamp(record.placed_at, zone_named(zone)).date()].append(record)
    return max(days.values(), key=len)


def fit_scenario(
    records: Sequence[Record],
    zone: str,
    *,
    title: str = "",
    spans: Sequence[Span] | None = None,
    campaigns: dict[str, Data] | None = None,
    pool: Data | None = None,
) -> Data:
    """The data of a scenario file. `campaigns` and `pool`: settings as dialer.toml has them.

    Rates and laws are those of all the records, the plan of the reps that of the busiest day,
    unless `spans` say who was there.
    """
    day = list(records) if spans is not None else busiest_day(records, zone)
    there = spans_of(day) if spans is None else list(spans)
    start = min((s.since for s in there), default=min(r.placed_at for r in day))
    end = max((s.until for s in there), default=max(r.ended_at for r in day))
    settings = campaigns or _guessed_settings(records)
    callees, paces = {}, fit_paces(records)
    for name, campaign in settings.items():
        own = [record for record in records if record.campaign == name]
        if own:
            limit_s = float(campaign.get("connect_within", 2.0))
            callees[name] = fit_callees(own, zone, limit_s, paces)
    local = datetime.fromtimestamp(start, zone_named(zone))
    return {
        "scenario": {
            "title": title,
            "start": f"{local:%Y-%m-%dT%H:%M:%S}",
            "timezone": zone,
            "hours": round(max(0.01, (end - start) / 3600), 4),
        },
        "pool": pool or {},
        "campaign": settings,
        "callees": callees,
        "reps": fit_reps(records, paces),
        "shift": fit_shifts(there, start, end, zone),
    }


def _guessed_settings(records: Sequence[Record]) -> dict[str, Data]:
    """What records tell of a campaign's settings: how long it let phones ring."""
    found: dict[str, Data] = {}
    for name in dict.fromkeys(record.campaign for record in records):
        own = [r for r in records if r.campaign == name]
        ages = [r.ended_at - r.placed_at for r in own if r.outcome == "no_answer"]
        timeout = statistics.median(ages) if len(ages) >= LEAST_HANGUPS else 25.0
        detects = any(r.outcome == "machine" for r in own)
        calling = dict(EVERYBODY)
        found[name] = {"ring_timeout": round(min(120.0, max(5.0, timeout)), 1), "calling": calling}
        if detects:
            found[name]["amd"] = True
    return found
