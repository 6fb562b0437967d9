"""What bounds a decision besides its risk: budget, surge, worst case, and too little known."""

from __future__ import annotations

import math
from collections.abc import Callable

from pacing.base import BasePacer
from pacing.ledger import Account
from pacing.outlook import Outlook
from pacing.shortage import Shortage

# What the calls in progress may overrun the budget with: a chance that keeps the window over its
# limit for so small a share of all time, as an answer earns little back where few people answer.
OVER_SHARE = 0.003
OVERRUN = 0.00003  # and no higher chance than this
# While a window is young an overrun is a call or two, and there is more time to pay it back.
# Waiting for the first 34 answers to earn one costs a small room half an hour.
YOUNG = 10.0
SURGE_OVERRUN = 0.05  # the same, by more than can be earned back, if the answer rate doubles now
MOSTLY = 0.9  # with so large a part of the calls a campaign yields to no other
MOST_AT_ONCE = 500
KNOWN = 1500  # calls after which it is known what calls do
Parts = list[tuple[Account, float]]  # windows, with their part (0..1) of the calls of late


class BoundedPacer(BasePacer):
    """Says how many calls a threshold and all bounds allow; the threshold is given."""

    outlook: Outlook

    def most_allowed(self, shortage: Shortage, active: Parts, threshold: float) -> tuple[int, str]:
        """(calls to place, what bound)."""
        covered = self._covered
        if self.agents.staying == 1:
            # While a lone rep is ready a second call wins next to nothing and may cost weeks.
            return covered, "risk"
        if shortage.chance(0) >= threshold and self.ready_net <= 0:
            return 0, "risk"
        stake = self._stake_room([a for a, _ in active])
        most = min(stake, self._learning_room())
        n = _highest(lambda n: shortage.chance(n - 1) < threshold, covered, most)
        bound = "risk" if n < most else "stake" if n == stake else "learning"
        for name, allows in self._checks(shortage, active):
            # What the risk allows the budget mostly allows, too: that is asked first.
            if n > covered and not allows(n):
                n, bound = _highest(allows, covered, n - 1), name
        return n, bound

    def _checks(
        self, shortage: Shortage, active: Parts
    ) -> tuple[tuple[str, Callable[[int], bool]], ...]:
        """What must be allowed of a number of calls, by its name."""
        # Of what the pool loses a campaign bears about its part of the calls.
        paying = [(a, part) for a, part in active if a.budget >= 0.0 or part > MOSTLY] or active
        earned_back = self.settings.overdraft_s * self._earning
        budget = max(0, math.floor(min(a.budget / part for a, part in paying)))
        surge = min(a.budget / part + a.limit * earned_back for a, part in paying)
        surge_budget = max(0, math.floor(surge))
        overrun = self._overrun(paying)
        return (
            ("budget", lambda n: shortage.beyond(n, budget) <= overrun),
            ("surge", lambda n: shortage.surged(n, surge_budget) <= SURGE_OVERRUN),
        )

    def _overrun(self, paying: Parts) -> float:
        """The highest chance that the calls in progress overrun the budget.

        With it once in the life of a call, a call too many is paid back after 1 / limit answers.
        """
        limit = min(a.limit for a, _ in paying)
        answers = self.outlook.answers_per_s(self._now) * self.settings.ring_timeout
        overrun = min(OVERRUN, OVER_SHARE * limit * answers)
        young = all(a.earned(max(1, round(self.agents.staying * p))) < 1.0 for a, p in paying)
        return overrun * YOUNG if young and not self.settings.strict else overrun

    @property
    def _covered(self) -> int:
        """Calls that may be placed with a ready rep for each: progressive pacing is always safe."""
        return max(0, self.ready_net - len(self.ringing_calls))

    def _stake_room(self, accounts: list[Account]) -> int:
        """Calls that may be added before the worst case, every call in progress answered at once,
        costs more than can be paid: with u uncovered (1 - limit) u are to be paid for."""
        room = MOST_AT_ONCE
        in_progress = len(self.ringing_calls) + len(self.waiting)
        ready = self.agents.count[0] - self.agents.ready_leaving
        for account in accounts:
            # An answer pays for a call once: those who wait have paid already.
            paid = account.limit * sum(account.counts(name) for _, name in self.waiting.values())
            payable = account.budget - paid + self.overdraft(account)
            if account.limit >= 1.0 or payable == math.inf:
                continue
            uncovered = max(0, math.floor(payable / (1.0 - account.limit) + 1e-9))
            room = min(room, max(0, ready + uncovered - in_progress))
        return max(room, self._covered)

    def _learning_room(self) -> int:
        """Calls that may be added before more ring than it is known of how they end.

        Calls that have not yet rung as long as people take to answer look as if nobody would.
        """
        known = self.outlook.ring_law.known
        if known >= KNOWN:
            return MOST_AT_ONCE
        in_progress = len(self.ringing_calls) + len(self.waiting)
        room = self.agents.count[0] - self.agents.ready_leaving + int(known) - in_progress
        return min(MOST_AT_ONCE, max(room, self._covered))

    def overdraft(self, account: Account) -> float:
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
        return self.agents.staying * self.outlook.earning


def _highest(allows: Callable[[int], bool], low: int, high: int) -> int:
    """The highest n from `low` to `high` that is `low` or allowed: gallop, then bisect.

    What is allowed at n is allowed below.
    """
    step = 1
    while low < high:
        n = min(low + step, high)
        if not allows(n):
            high = n - 1
            break
        low = n
        step *= 2
    while low < high:
        n = (low + high + 1) // 2
        low, high = (n, high) if allows(n) else (low, n - 1)
    return low
