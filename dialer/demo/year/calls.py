"""The calls of a made-up day, from the simulator's laws and a seed. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialer.demo.year.plan import (
    CAMPAIGNS,
    LISTS,
    OF_DAY,
    TRUNKS,
    ZONE,
    YearPlan,
    campaign_shares,
)
from dialer.ids import ids_at
from dialer.sim.laws import Exponential, Lognormal
from dialer.sim.scenario import CalleeSettings, RepSettings
from dialer.zonedata import zone_named

Floats = NDArray[np.float64]
Columns = Mapping[str, Sequence[Any]]

#: What becomes of calls, before people's hours are looked at.
SHARES: Final = {
    "human": 0.20, "machine": 0.11, "no_answer": 0.41, "busy": 0.13, "refused": 0.02,
    "failed": 0.10, "cancelled": 0.03,
}  # fmt: skip
CAUSES: Final = {"no_answer": 19, "busy": 17, "refused": 21, "failed": 34, "cancelled": 0}
#: In the evening more people are at home.
EVENING_FROM, EVENING = 18, 1.5
ABANDONED = 0.022
RING_TIMEOUT_S, LONGEST_TALK_S = 25.0, 3600.0
#: Of contacts that are no sale: what reps say, how often, and what it counts as.
SAID: Final = (
    ("not_interested", 0.62, "contact"), ("callback", 0.18, "callback"),
    ("wrong_number", 0.08, "no_contact"), ("dnc", 0.04, "dnc"), ("voicemail", 0.08, "no_contact"),
)  # fmt: skip
DIALED_PER_LEAD = 3.3

_scenario, _reps = CalleeSettings(), RepSettings()
RING = Lognormal(_scenario.ring.mean or 0.0, _scenario.ring.sigma or 0.0)
TALK = Lognormal(_reps.talk.mean or 0.0, _reps.talk.sigma or 0.0)
WRAPUP = Exponential(_reps.wrapup.mean or 0.0)


class YearOfCalls:
    """Days in any order: each has a chance of its own, so that any day is the same every time.

    `campaign_ids`: those of plan.CAMPAIGNS in the store.
    """

    def __init__(self, plan: YearPlan, campaign_ids: Sequence[str]) -> None:
        self.plan, self._campaign_ids = plan, campaign_ids
        chance = np.random.default_rng(plan.seed)
        #: How well each rep sells, around 1.
        self._skill = chance.lognormal(0.0, 0.25, len(plan.reps))
        self._leads = max(1, round(plan.calls / DIALED_PER_LEAD / len(CAMPAIGNS) / len(LISTS)))
        self.squads = [plan.squad_of(rep) for rep in range(len(plan.reps))]

    def of(self, day: date, count: int) -> Columns:
        """`count` attempts as columns of the table, in the order in which they were placed."""
        chance = np.random.default_rng((self.plan.seed, day.toordinal()))
        placed, hour = _placed(day, count, chance)
        what = _what(hour, chance)
        campaign = chance.choice(len(CAMPAIGNS), count, p=campaign_shares(day))
        list_ = _list(day, count, chance)
        number = chance.integers(0, self._leads, count)
        drawn = _Drawn(placed, what, chance)
        rep = _reps_of(drawn, len(self.plan.reps), chance)
        said = self._said(campaign, list_, rep, drawn.talks, chance)
        return {
            "id": ids_at((placed * 1000).astype(np.int64).tolist(), chance.bytes(10 * count)),
            **self._whose(campaign, list_, number, day),
            **drawn.times(),
            **self._rep(rep, drawn.talks),
            "disposition": [None if it is None else it[0] for it in said],
            "result_group": [None if it is None else it[1] for it in said],
            "trunk": np.array(TRUNKS, dtype=object)[campaign % len(TRUNKS)].tolist(),
        }

    def _whose(
        self, campaign: NDArray[Any], list_: NDArray[Any], number: NDArray[Any], day: date
    ) -> dict[str, list[Any]]:
        where = (campaign * len(LISTS) + list_) * self._leads + number
        callers = [f"+121255501{n:02}" for n in range(8)]
        return {
            "campaign_id": np.array(self._campaign_ids, dtype=object)[campaign].tolist(),
            "lead_id": [lead_name(it) for it in where.tolist()],
            "list_name": np.array(LISTS, dtype=object)[list_].tolist(),
            "number": [number_of(it) for it in where.tolist()],
            "caller_id": np.array(callers, dtype=object)[(campaign + day.day) % 8].tolist(),
        }

    def _rep(self, rep: NDArray[Any], talks: NDArray[np.bool_]) -> dict[str, list[Any]]:
        codes = np.array(self.plan.reps, dtype=object)[rep]
        squads = np.array(self.squads, dtype=object)[rep]
        return {
            "agent": _where(talks, codes),
            "squad": _where(talks, squads),
        }

    def _said(
        self,
        campaign: NDArray[Any],
        list_: NDArray[Any],
        rep: NDArray[Any],
        talks: NDArray[np.bool_],
        chance: np.random.Generator,
    ) -> list[tuple[str, str] | None]:
        """What the rep said, and its group; one talk in fifty was never worded."""
        rates = np.array(list(CAMPAIGNS.values()))[campaign] * self._skill[rep]
        sale = chance.random(len(talks)) < rates * (1.2 - 0.2 * list_)
        other = chance.choice(len(SAID), len(talks), p=[share for _, share, _ in SAID])
        silent = chance.random(len(talks)) < 0.02
        words = [(slug, group) for slug, _, group in SAID]
        return [
            None if not t or mute else ("sale", "sale") if won else words[at]
            for t, mute, won, at in zip(talks, silent, sale, other, strict=True)
        ]


class _Drawn:
    """When things happened in the calls of a day; NaN: they did not."""

    def __init__(self, placed: Floats, what: NDArray[Any], chance: np.random.Generator) -> None:
        count = len(placed)
        self.placed, self.what = placed, what
        human, machine = what == "human", what == "machine"
        abandoned = human & (chance.random(count) < ABANDONED)
        self.talks = human & ~abandoned
        failed = what == "failed"
        rings = np.where(failed, np.nan, placed + chance.uniform(0.5, 1.5, count))
        ring = np.minimum(_draw(RING, count, chance), RING_TIMEOUT_S)
        ring = np.where(what == "no_answer", RING_TIMEOUT_S, ring)
        self.ringing = np.where((what == "busy") | failed, np.nan, rings)
        after_ring = np.where(np.isnan(rings), placed + chance.uniform(1, 3, count), rings + ring)
        self.answered = np.where(human | machine, after_ring, np.nan)
        bridged = self.answered + chance.uniform(0.02, 1.2, count)
        self.connected = np.where(self.talks, bridged, np.nan)
        self.talk = np.minimum(_draw(TALK, count, chance), LONGEST_TALK_S)
        self.wrapup = chance.exponential(WRAPUP.mean, count)
        stayed = np.where(abandoned, 2.0, chance.uniform(3, 9, count))
        spoken = np.where(self.talks, self.connected + self.talk, self.answered + stayed)
        self.ended = np.where(human | machine, spoken, after_ring)
        self.outcome = np.where(self.talks, "connected", np.where(abandoned, "abandoned", what))
        self.callee_ends = chance.random(count) < 0.5

    def times(self) -> dict[str, list[Any]]:
        unanswered = np.isnan(self.answered)
        causes = [CAUSES.get(it, 16) for it in self.outcome.tolist()]
        by_side = np.where(self.callee_ends, "callee", "agent")
        others = np.where(self.outcome == "abandoned", "dialer", "network")
        by = np.where(self.talks, by_side, others)
        answered_by = np.where(self.what == "machine", "machine", "human").astype(object)
        return {
            "placed_at": _rounded(self.placed),
            "ringing_at": _rounded(self.ringing),
            "answered_at": _rounded(self.answered),
            "connected_at": _rounded(self.connected),
            "ended_at": _rounded(self.ended),
            "outcome": self.outcome.tolist(),
            "answered_by": _where(~unanswered, answered_by),
            "talk_seconds": _rounded(np.where(self.talks, self.talk, np.nan)),
            "wrapup_seconds": _rounded(np.where(self.talks, self.wrapup, np.nan)),
            "hangup_cause": causes,
            "hangup_by": by.tolist(),
        }


def lead_name(which: int) -> str:
    """The id of a lead: it stands where a year's leads stand."""
    return f"0YEAR{which:021}"


def number_of(which: int) -> str:
    """A number that nobody can have: those of fiction have eleven digits, these go on."""
    return f"+1{212 + which // 1_000_000}55501{which % 1_000_000:06}"


def _placed(day: date, count: int, chance: np.random.Generator) -> tuple[Floats, NDArray[Any]]:
    """Unix seconds, ascending, and the local hours."""
    weights = np.array(list(OF_DAY.values()))
    hour = np.sort(chance.choice(list(OF_DAY), count, p=weights / weights.sum()))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_named(ZONE)).timestamp()
    at = np.sort(midnight + 3600.0 * hour + chance.uniform(0, 3600, count))
    return at, ((at - midnight) // 3600).astype(int)


def _what(hour: NDArray[Any], chance: np.random.Generator) -> NDArray[Any]:
    shares = np.array(list(SHARES.values()))
    drawn = chance.choice(np.array(list(SHARES), dtype=object), len(hour), p=shares / shares.sum())
    # In the evening some of those who were not at home are.
    at_home = (drawn == "no_answer") & (hour >= EVENING_FROM)
    won = (EVENING - 1.0) * SHARES["human"] / SHARES["no_answer"]
    return np.where(at_home & (chance.random(len(hour)) < won), "human", drawn)


def _list(day: date, count: int, chance: np.random.Generator) -> NDArray[Any]:
    """Mostly the list whose turn it is."""
    turn = (day.month - 1) // 3
    return np.where(chance.random(count) < 0.7, turn, chance.integers(0, len(LISTS), count))


def _draw(law: Lognormal, count: int, chance: np.random.Generator) -> Floats:
    mu = np.log(law.mean) - 0.5 * law.sigma**2
    return chance.lognormal(mu, law.sigma, count)


def _reps_of(drawn: _Drawn, reps: int, chance: np.random.Generator) -> NDArray[Any]:
    """Who talks: whoever has been free longest, so that nobody talks twice at a time.

    Where all talk, it is whoever is free first: their talk is told as if they had been.
    """
    found = np.zeros(len(drawn.placed), dtype=int)
    # Ascending, so a heap: another order every day.
    free = [(float(at - reps), int(rep)) for at, rep in enumerate(chance.permutation(reps))]
    busy_until = drawn.ended + drawn.wrapup
    for at in np.flatnonzero(drawn.talks).tolist():
        _, rep = heapq.heappop(free)
        found[at] = rep
        heapq.heappush(free, (float(busy_until[at]), rep))
    return found


def _rounded(values: Floats) -> list[float | None]:
    """To the millisecond; NaN is None."""
    rounded = np.round(values, 3)
    return _where(~np.isnan(rounded), rounded)


def _where(there: NDArray[np.bool_], values: NDArray[Any]) -> list[Any]:
    """None where it is not."""
    found = values.astype(object)
    found[~there] = None
    return list(found)
