"""Predictive pacing: a call is placed while the chance that it finds nobody is below a threshold.

For a call that would be answered, D is the chance that no rep is free for it. Placing it is worth
its while as long as D is below a threshold that does not depend on how likely the call is to be
answered at all (the answer chance cancels). The threshold comes from the abandon ledger.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pacing.bounds import MOSTLY, BoundedPacer, Parts
from pacing.ledger import Account, gain, reserve
from pacing.outlook import HALFWAY, Outlook
from pacing.reasons import why
from pacing.ring import RingLaw
from pacing.service import ServiceLaw
from pacing.settings import PacingSettings
from pacing.shortage import Shortage

CANCEL_ABOVE = 6.0  # thresholds: a call's chance of finding nobody above which it is given up
LEAST_THRESHOLD = 0.01  # for this: with the budget spent the threshold is next to 0
RECOVERING = 0.3  # of its threshold a pool keeps while one of its campaigns is over the limit
LEAST_PART = 0.1  # a campaign's part of the calls is not taken for less
RECOVERING_SHARE = 0.25  # of the calls in progress such a campaign may have


class PredictivePacer(BoundedPacer):
    """The engine of method "predictive"."""

    method = "predictive"
    stands_s = 1.0  # by time alone chances move by a per cent or two in a second

    def __init__(
        self,
        settings: PacingSettings,
        saved: bytes | None = None,
        ring: RingLaw | None = None,
        service: ServiceLaw | None = None,
    ) -> None:
        """`ring` and `service` replace the learned laws (benchmarks tell the true ones)."""
        super().__init__(settings, saved)
        self.outlook = Outlook(settings, self.ringing_calls, self.agents, ring, service)
        self._shortage: Shortage | None = None
        self._shortage_at = (-math.inf, -1)
        self._placed_since = 0  # calls placed since that forecast
        self._facts: dict[str, Any] = {}
        if self.knowledge:
            self.outlook.load(self.knowledge)

    # Learning -----------------------------------------------------------------------------

    def on_group(self, index: int, name: str) -> None:
        self.outlook.on_group(index, self.knowledge.get("ring", {}).get("groups", {}).get(name))

    def on_login(self, slot: int) -> None:
        self.outlook.service_law.on_login(self.agents, slot)

    def on_stage_over(self, slot: int, at: float, stage: int) -> None:
        self.outlook.on_stage_over(slot, at, stage)

    def on_call_over(self, group: int, age: float, outcome: str) -> None:
        self.outlook.on_call_over(group, age, outcome, self._now)

    def on_waited(self, waited: float, *, lost: bool) -> None:
        self.outlook.patience.on_waited(waited, lost=lost)

    def on_placed(self, group: int) -> None:
        super().on_placed(group)
        self.outlook.on_placed(group)
        self._placed_since += 1

    # Deciding -----------------------------------------------------------------------------

    def wanted(self, now: float) -> int:
        shortage, active = self._forecast(now), self._active()
        threshold = self._threshold(active)
        n, bound = self.most_allowed(shortage, active, threshold)
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

    def _active(self) -> Parts:
        """The windows that calls of late count in, with the part (0..1) of those calls."""
        accounts = self.ledger.accounts
        if len(accounts) == 1 and accounts[0].group == "":
            return [(accounts[0], 1.0)]
        total = sum(self.outlook.mix)
        if not accounts or total <= 0.0:
            return [(self.ledger.own, 1.0)]
        parts: dict[Account, float] = {}
        for name, x in zip(self.group_names, self.outlook.mix, strict=True):
            for account in self.ledger.of(name):
                parts[account] = parts.get(account, 0.0) + x / total
        return [(a, max(part, LEAST_PART)) for a, part in parts.items() if part > 0.01]

    def _threshold(self, active: Parts) -> float:
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
        if self.settings.strict:
            return 0.0
        if not found or max(over) > MOSTLY:
            return min(
                self.ledger.threshold(a, max(1, round(reps * part)))
                for a, part in active
                if a.budget < 0.0
            )
        return RECOVERING * min(found)

    def _alone(self, group: str) -> bool:
        """Have all calls of late been of this group?"""
        index = self.group_index.get(group)
        rest = sum(x for i, x in enumerate(self.outlook.mix) if i != index)
        return rest <= 0.01 * sum(self.outlook.mix)

    def _in_progress(self, group: str) -> int:
        """Calls of the group that ring or wait."""
        index = self.group_index.get(group)
        ringing = self._group_calls[index] if index is not None else 0
        return ringing + sum(1 for _, name in self.waiting.values() if name == group)

    def _forecast(self, now: float) -> Shortage:
        """The distribution of X at the horizons, as of `now`, calls placed since not counted."""
        key = (now, self._version)
        if self._shortage is None or self._shortage_at != key:
            self._shortage = self.outlook.forecast(now, self.ready_net)
            self._shortage_at, self._placed_since = key, 0
        return self._shortage

    # Giving calls up ----------------------------------------------------------------------

    def calls_to_cancel(self, now: float) -> list[str]:
        super().calls_to_cancel(now)
        return self._hopeless(self._now)

    def _hopeless(self, now: float) -> list[str]:
        """Calls that rang the minimum, if too many of those that ring would find nobody.

        A call is worth its ringing on as one is worth placing: while its chance of finding nobody
        is below the threshold. Giving it up also loses what is left of an attempt at a person, so
        that it takes several thresholds.
        """
        self._facts["given_up"] = 0
        calls = self.ringing_calls
        n = len(calls)
        if n == 0:
            return []
        uncovered = n + self._placed_since - max(0, self.ready_net)
        if uncovered <= 0:
            return []
        old = np.flatnonzero(now - calls.rang[:n] >= self.settings.ring_minimum)
        if old.size == 0:
            return []
        mark = CANCEL_ABOVE * max(self._threshold(self._active()), LEAST_THRESHOLD)
        if self._forecast(now).soon(self._placed_since) < mark:
            return []
        # That is the chance for one more call. For one of these it is the chance without it.
        oldest = old[np.argsort(calls.rang[old], kind="stable")]
        others = self.outlook.forecast(now, self.ready_net, without=oldest[:1])
        chance = others.soon(self._placed_since)
        if chance < mark:
            return []
        offered = oldest[:uncovered]
        self._facts.update(given_up=int(offered.size), given_up_chance=chance)
        return [calls.names[int(i)] for i in offered]

    # Telling ------------------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        found = super().figures()
        facts, outlook = self._facts, self.outlook
        known = outlook.refreshed_at > -math.inf
        reps = max(self.agents.staying, 1)
        found["bound_by"] = self.bound_by if self.bound_by != "risk" else facts.get("bound", "risk")
        found["answer_rate"] = outlook.ring_law.answer_rate() if known else None
        found["threshold"], found["chance"] = facts.get("threshold"), facts.get("chance")
        found["expected_free"] = outlook.expected_free if known else None
        found["expected_answers"] = outlook.expected_answers if known else None
        found["horizon_s"] = float(outlook.horizons[HALFWAY]) if known else None
        found["given_up"] = facts.get("given_up", 0)
        found["given_up_chance"] = facts.get("given_up_chance")
        found["patience_s"] = 1.0 / outlook.patience.rate
        found["changes_noticed"] = outlook.ring_law.levels[0].changes
        for told, account in zip(found["windows"], self.ledger.accounts, strict=True):
            overdraft = self.overdraft(account)
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
        ring = self.outlook.ring_law.save(self.group_names)
        service = self.outlook.service_law.save()
        patience = self.outlook.patience.save()
        return {
            "ring": ring,
            "service": service,
            "patience": patience,
            "trim": self.ledger.trim(),
        }
