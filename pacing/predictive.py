"""Predictive pacing: a call is placed while the chance that it finds nobody is below a threshold.

For a call that would be answered, D is the chance that no rep is free for it. Placing it is worth
its while as long as D is below a threshold that does not depend on how likely the call is to be
answered at all (the answer chance cancels). The threshold comes from the abandon ledger.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pacing.base import BasePacer
from pacing.book import TALK, WRAP, Floats
from pacing.ledger import Account, gain, reserve
from pacing.reasons import why
from pacing.ring import BINS, HORIZONS, RingLaw
from pacing.service import STEP_S, ServiceLaw, rows_of
from pacing.settings import PacingSettings
from pacing.shortage import EXACT_CALLS, EXACT_REPS, Approximate, Exact, Shortage

REFRESH_S = 1.0  # the laws are learned anew at most so often
OVERRUN = 0.00003  # highest chance that the calls in progress overrun the budget
SURGE_OVERRUN = 0.05  # the same, by more than can be earned back, if the answer rate doubles now
CANCEL_ABOVE = 0.15  # a call's chance of finding nobody above which it is better given up
RECOVERING = 0.3  # of its threshold a pool keeps while one of its campaigns is over the limit
LEAST_PART = 0.1  # a campaign's part of the calls is not taken for less
RECOVERING_SHARE = 0.25  # of the calls in progress such a campaign may have
MOST_AT_ONCE = 500
LAGS = 60  # ring bins ahead in which an answer may already have freed its rep again
MIX_MEMORY = 0.98


class PredictivePacer(BasePacer):
    """The engine of method "predictive"."""

    method = "predictive"
    good_for_s = 1.0  # by time alone chances move by a per cent or two in a second

    def __init__(
        self,
        settings: PacingSettings,
        saved: bytes | None = None,
        ring: RingLaw | None = None,
        service: ServiceLaw | None = None,
    ) -> None:
        """`ring` and `service` replace the learned laws (benchmarks tell the true ones)."""
        super().__init__(settings, saved)
        self.ring_law = ring or RingLaw(settings.ring_timeout)
        self.service_law = service or ServiceLaw()
        self._mix: list[float] = []
        self._refreshed_at = -math.inf
        self._learned_since = True
        self._new_group = False
        self._tables: list[Floats] = []  # by group: see RingLaw.table
        self._pool_table: Floats = np.zeros((BINS, HORIZONS))
        self.horizons: Floats = np.zeros(HORIZONS)
        self._free_again: Floats = np.zeros((LAGS, HORIZONS))
        self._shortage: Shortage | None = None
        self._shortage_at = (-math.inf, -1)
        self._facts: dict[str, Any] = {}
        self._cancel: tuple[tuple[float, int], list[str]] | None = None
        if self.knowledge:
            self._load(self.knowledge)

    # Learning -----------------------------------------------------------------------------

    def on_group(self, index: int, name: str) -> None:
        self.ring_law.add_group(index)
        self._mix[index : index + 1] = [0.0]
        saved = self.knowledge.get("ring", {}).get("groups", {})
        if name in saved:
            self.ring_law.load(index + 1, saved[name])
        if index < len(self._tables):
            self._tables[index] = self._pool_table
        self._new_group = True

    def on_login(self, slot: int) -> None:
        self.service_law.on_login(self.agents, slot)

    def on_stage_over(self, slot: int, at: float, stage: int) -> None:
        self.service_law.on_exit(self.agents, slot, at, stage)
        self._learned_since = True

    def on_call_over(self, group: int, age: float, outcome: str) -> None:
        self.ring_law.on_over(group, age, outcome, self._now)
        self._learned_since = True

    def placed(self, at: float, call: str, group: str = "") -> None:
        super().placed(at, call, group)
        self._mix = [x * MIX_MEMORY for x in self._mix]
        self._mix[self.group_index[group]] += 1.0

    # Deciding -----------------------------------------------------------------------------

    def wanted(self, now: float) -> int:
        shortage = self._outlook(now)
        n, bound, threshold = self._most(shortage)
        self._facts.update(bound=bound, threshold=threshold, chance=shortage.chance(n))
        return n

    def share(self, now: float, group: str) -> int:
        most = super().share(now, group)
        if most == 0 or len(self.ledger.accounts) == 1:
            return most
        if min(a.budget for a in self.ledger.of(group)) >= 0.0 or self._alone(group):
            return most
        # A campaign over its limit yields to the others, but not all: it must earn its way back.
        in_progress = len(self.ringing_calls) + len(self.waiting)
        quota = math.ceil(RECOVERING_SHARE * (in_progress + most))
        return min(most, max(0, quota - self._in_progress(group)))

    def _most(self, shortage: Shortage) -> tuple[int, str, float]:
        """(calls to place, what bound, the threshold)."""
        active = self._active()
        threshold = self._threshold(active)
        # Of what the pool loses a campaign bears about its part of the calls.
        paying = [(a, part) for a, part in active if a.budget >= 0.0] or active
        earned_back = self.settings.overdraft_s * self._earning
        budget = max(0, math.floor(min(a.budget / part for a, part in paying)))
        surge_budget = math.floor(
            min(a.budget / part + a.limit * earned_back for a, part in paying)
        )
        most, covered = self._stake_room([a for a, _ in active]), self._covered
        if shortage.chance(0) >= threshold and self.ready_net <= 0:
            return 0, "risk", threshold

        def bad(n: int) -> str:
            if n > most:
                return "stake"
            if shortage.chance(n - 1) >= threshold:
                return "risk"
            if shortage.beyond(n, budget) > OVERRUN:
                return "budget"
            return "surge" if shortage.surged(n, surge_budget) > SURGE_OVERRUN else ""

        n, reason = _highest(bad, covered)
        return n, reason, threshold

    def _active(self) -> list[tuple[Account, float]]:
        """The windows that calls of late count in, with the part (0..1) of those calls."""
        accounts = self.ledger.accounts
        if len(accounts) == 1 and accounts[0].group == "":
            return [(accounts[0], 1.0)]
        total = sum(self._mix)
        if not accounts or total <= 0.0:
            return [(self.ledger.own, 1.0)]
        parts: dict[Account, float] = {}
        for name, x in zip(self.group_names, self._mix, strict=True):
            for account in self.ledger.of(name):
                parts[account] = parts.get(account, 0.0) + x / total
        return [(a, max(part, LEAST_PART)) for a, part in parts.items() if part > 0.01]

    def _threshold(self, active: list[tuple[Account, float]]) -> float:
        """The highest acceptable chance of finding nobody: the tightest window's.

        In a pool of several campaigns one that is over its limit gets back by calls of low risk;
        as reps are shared, the risk must then be low for all.
        """
        reps = self.agents.staying
        found = [
            self.ledger.threshold(a, max(1, round(reps * part)))
            for a, part in active
            if a.budget >= 0.0
        ]
        over = [part for a, part in active if a.budget < 0.0]
        if not over:
            return min(found)
        if not found or self.settings.strict or max(over) > 0.9:
            return 0.0
        return RECOVERING * min(found)

    @property
    def _covered(self) -> int:
        """Calls that may be placed with a ready rep for each: progressive pacing is always safe."""
        return max(0, self.ready_net - len(self.ringing_calls))

    def _alone(self, group: str) -> bool:
        """Have all calls of late been of this group?"""
        index = self.group_index.get(group)
        rest = sum(x for i, x in enumerate(self._mix) if i != index)
        return rest <= 0.01 * sum(self._mix)

    def _in_progress(self, group: str) -> int:
        """Calls of the group that ring or wait."""
        index = self.group_index.get(group)
        ringing = self._group_calls[index] if index is not None else 0
        return ringing + sum(1 for _, name in self.waiting.values() if name == group)

    def _stake_room(self, accounts: list[Account]) -> int:
        """Calls that may be added before the worst case, every call in progress answered at once,
        costs more than can be paid: with u uncovered (1 - limit) u are to be paid for."""
        room = MOST_AT_ONCE
        in_progress = len(self.ringing_calls) + len(self.waiting)
        ready = self.agents.count[0] - self.agents.ready_leaving
        for account in accounts:
            payable = account.budget + self._overdraft(account)
            if account.limit >= 1.0 or payable == math.inf:
                continue
            uncovered = max(0, math.floor(payable / (1.0 - account.limit) + 1e-9))
            room = min(room, max(0, ready + uncovered - in_progress))
        return max(room, self._covered)

    def _overdraft(self, account: Account) -> float:
        """Abandoned calls that the worst case may cost beyond the budget: none in strict mode,
        else what half of the window's rest earns back, paced one to one."""
        if self.settings.strict:
            return 0.0
        if account.closes_at == math.inf:
            return math.inf
        rest = max(0.0, 0.5 * (account.closes_at - self._now) - 60.0)
        return account.limit * rest * self._earning

    @property
    def _earning(self) -> float:
        """Answered calls per second if paced one to one: a cautious guess."""
        return self.agents.staying * float(self._facts.get("earning", 0.005))

    def _outlook(self, now: float) -> Shortage:
        """The distribution of X at the horizons, as of `now`."""
        key = (now, self._version)
        if self._shortage is not None and self._shortage_at == key:
            return self._shortage
        self._refresh(now)
        n = len(self.ringing_calls)
        rows, pace = rows_of(self.agents, now)
        bins = self.ring_law.bins(now - self.ringing_calls.placed[:n])
        bins = bins + BINS * self.ringing_calls.group[:n]
        new = self._new_call()
        rel_var = self.ring_law.levels[0].rel_var
        free = -np.expm1(pace[:, None] * self._log_busy[rows])
        if self.agents.at_work <= EXACT_REPS and n <= EXACT_CALLS:
            answered = self._answered[bins]
            self._shortage = Exact(self.ready_net, free, answered, new, rel_var)
            load = answered.sum(axis=0)
        else:
            count = np.bincount(bins, minlength=self._answered.shape[0])
            moments = count @ self._answered_moments
            spread = free * (1.0 - free)
            load = moments[0:6]
            mean = self.ready_net + free.sum(axis=0) - load
            third = (spread * (1.0 - 2.0 * free)).sum(axis=0) - moments[12:18]
            var = spread.sum(axis=0) + moments[6:12]
            self._shortage = Approximate((mean, var, third), new, load, rel_var)
        self._shortage_at = key
        self._facts["expected_free"] = float(free.sum(axis=0)[3])
        self._facts["expected_answers"] = float(load[3])
        return self._shortage

    def _new_call(self) -> Floats:
        """Chances of one new call at the horizons, groups mixed as they were lately."""
        total = sum(self._mix)
        if total <= 0.0:
            alone: Floats = self._pool_table[0]
            return alone
        rows = self._answered[::BINS][: len(self._mix)]
        mixed: Floats = np.array(self._mix) @ rows / total
        return mixed

    def _refresh(self, now: float) -> None:
        """Learn from what came since the last time, and build the tables for deciding."""
        first = self._refreshed_at == -math.inf
        waits = not self._learned_since or now < self._refreshed_at + REFRESH_S
        if waits and not first and not self._new_group:
            return
        self._new_group = False
        n = len(self.ringing_calls)
        ages = now - self.ringing_calls.placed[:n]
        changed = self.ring_law.refresh(ages, self.ringing_calls.group[:n])
        quantiles = self.ring_law.delay_quantiles()
        moved = first or float(np.abs(quantiles - self.horizons).max()) > 0.3
        if moved:
            self.horizons = quantiles
        if moved or self.service_law.stale(now):
            self._refresh_service(now)
            changed = list(range(len(self._mix)))
        pool = self.ring_law.table(-1, self.horizons, self._free_again)
        self._pool_table = pool
        self._tables += [pool] * (len(self._mix) - len(self._tables))
        for group in changed:
            self._tables[group] = self.ring_law.table(group, self.horizons, self._free_again)
        self._answered = np.concatenate(self._tables or [pool])
        q = self._answered
        spread = q * (1.0 - q)
        self._answered_moments = np.concatenate([q, spread, spread * (1.0 - 2.0 * q)], axis=1)
        self._facts["answer_rate"] = self.ring_law.answer_rate()
        self._facts["earning"] = self._earning_per_rep()
        self._refreshed_at = now
        self._learned_since = self.ring_law.stale

    def _refresh_service(self, now: float) -> None:
        self.service_law.refresh(self.agents, now)
        spans = self.horizons + self.settings.connect_within
        self._log_busy, talk_free = self.service_law.tables(spans)
        lag = (np.arange(LAGS) + 0.5) * self.ring_law.width
        since = spans[None, :] - lag[:, None]
        again = np.interp(since.ravel(), np.arange(talk_free.size) * STEP_S, talk_free)
        self._free_again = np.where(since > 0.0, again.reshape(since.shape), 0.0)

    def _earning_per_rep(self) -> float:
        """Answered calls per rep and second if paced one to one (below what really comes)."""
        rate = max(self.ring_law.answer_rate(), 0.01)
        laws = self.service_law.laws
        service = 1.0 / laws[TALK].mean_hazard + 1.0 / laws[WRAP].mean_hazard
        return 1.0 / (service + self.settings.ring_timeout / rate)

    # Giving calls up ----------------------------------------------------------------------

    def calls_to_cancel(self, now: float) -> list[str]:
        super().calls_to_cancel(now)
        key = (self._now, self._version)
        if self._cancel is None or self._cancel[0] != key:
            self._cancel = (key, self._hopeless(self._now))
        return list(self._cancel[1])

    def _hopeless(self, now: float) -> list[str]:
        """Calls that rang the minimum and would, if answered, most likely find nobody."""
        calls = self.ringing_calls
        n = len(calls)
        if n == 0:
            return []
        old = np.flatnonzero(now - calls.rang[:n] >= self.settings.ring_minimum)
        if old.size == 0:
            return []
        shortage = self._outlook(now)
        if shortage.soon(0) < CANCEL_ABOVE:
            return []
        order = old[np.argsort(calls.rang[old], kind="stable")]
        return [calls.names[int(i)] for i in order]

    # Telling ------------------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        found = super().figures()
        facts = self._facts
        reps = max(self.agents.staying, 1)
        found["bound_by"] = self.bound_by if self.bound_by != "risk" else facts.get("bound", "risk")
        for name in ("answer_rate", "threshold", "chance", "expected_free", "expected_answers"):
            found[name] = facts.get(name)
        found["horizon_s"] = float(self.horizons[3]) if self._refreshed_at > -math.inf else None
        found["changes_noticed"] = self.ring_law.levels[0].changes
        for told, account in zip(found["windows"], self.ledger.accounts, strict=True):
            overdraft = self._overdraft(account)
            told["overdraft"] = overdraft if overdraft < math.inf else None
            told["threshold"] = self.ledger.threshold(account, reps)
            told["trim"] = account.trim
            told["reserve"] = reserve(reps, account.limit)
            told["gain"] = gain(reps, account.limit)
        return found

    def explain(self) -> dict[str, Any]:
        figures = self.figures()
        figures["why"] = why(figures)
        return figures

    # Keeping ------------------------------------------------------------------------------

    def learned(self) -> dict[str, Any]:
        ring = self.ring_law.save(self.group_names)
        return {"ring": ring, "service": self.service_law.save(), "trim": self.ledger.trim()}

    def _load(self, data: dict[str, Any]) -> None:
        try:
            if math.isclose(data["ring"]["width"], self.ring_law.width):
                self.ring_law.load(0, data["ring"]["pool"])
            self.service_law.load(data["service"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"saved pacing data lacks or garbles a part: {error!r}") from None


def _highest(bad: Any, start: int) -> tuple[int, str]:
    """(the highest n from `start` with bad(n) == "", why n + 1 is bad): gallop, then bisect."""
    low, step = start, 1
    while True:
        reason = bad(low + step)
        if reason:
            break
        low += step
        if low >= MOST_AT_ONCE:
            return low, "stake"
        step *= 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        found = bad(middle)
        if found:
            high, reason = middle, found
        else:
            low = middle
    return low, reason
