"""Which trunk and caller number a call goes out by, and how many more may go out now.

The bookkeeping is by attempt id: taking or returning twice is harmless.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from dialer.engine.plans import CampaignPlan, TrunkPlan


class TrunkBook:
    def __init__(self, trunks: Sequence[TrunkPlan]) -> None:
        self._trunks = {trunk.name: trunk for trunk in trunks}
        self._held: dict[str, set[str]] = {trunk.name: set() for trunk in trunks}
        self._of: dict[str, str] = {}
        self._starts: dict[str, deque[float]] = {trunk.name: deque() for trunk in trunks}
        self._turns: dict[str, int] = {}

    def replace(self, trunks: Sequence[TrunkPlan]) -> None:
        """New limits; calls that are up keep their places."""
        self._trunks = {trunk.name: trunk for trunk in trunks}
        for trunk in trunks:
            self._held.setdefault(trunk.name, set())
            self._starts.setdefault(trunk.name, deque())

    def take(self, attempt: str, campaign: CampaignPlan, now: float) -> TrunkPlan | None:
        """A place on the least used of the campaign's trunks, or None when all are full."""
        names = campaign.trunks or tuple(self._trunks)
        open_ = [self._trunks[n] for n in names if n in self._trunks and self._has_room(n, now)]
        if not open_:
            return None
        trunk = min(open_, key=lambda t: len(self._held[t.name]))
        self.hold(attempt, trunk.name)
        self._starts[trunk.name].append(now)
        return trunk

    def hold(self, attempt: str, trunk: str) -> None:
        self._of[attempt] = trunk
        self._held.setdefault(trunk, set()).add(attempt)

    def give_back(self, attempt: str) -> None:
        trunk = self._of.pop(attempt, None)
        if trunk is not None:
            self._held[trunk].discard(attempt)

    def caller_id(self, campaign: CampaignPlan, trunk: TrunkPlan) -> str:
        """The campaign's numbers in turn, or else the trunk's."""
        numbers = campaign.caller_ids or trunk.caller_ids
        if not numbers:
            return ""
        turn = self._turns[campaign.name] = self._turns.get(campaign.name, -1) + 1
        return numbers[turn % len(numbers)]

    def lines(self, names: Sequence[str], mine: int) -> int | None:
        """Lines a floor may use that holds `mine` now: what is free, and what it has. None: no
        limit.
        """
        limits = [self._trunks[n].max_lines for n in names or self._trunks if n in self._trunks]
        known = [limit for limit in limits if limit is not None]
        if len(known) < len(limits) or not limits:
            return None
        used = sum(len(self._held[n]) for n in (names or self._trunks) if n in self._trunks)
        return max(0, sum(known) - used) + mine

    def calls_per_second(self, names: Sequence[str]) -> float | None:
        rates = [
            self._trunks[n].calls_per_second for n in names or self._trunks if n in self._trunks
        ]
        known = [rate for rate in rates if rate is not None]
        return sum(known) if known and len(known) == len(rates) else None

    def _has_room(self, name: str, now: float) -> bool:
        trunk = self._trunks[name]
        if trunk.max_lines is not None and len(self._held[name]) >= trunk.max_lines:
            return False
        if trunk.calls_per_second is None:
            return True
        starts = self._starts[name]
        # At least one second is looked at, so that 0.5 a second means one every two.
        span = max(1.0, 1.0 / trunk.calls_per_second)
        while starts and starts[0] <= now - span:
            starts.popleft()
        return len(starts) < max(1.0, trunk.calls_per_second * span)
