"""Which trunk and caller number a call goes out by, and how many more may go out now.

The bookkeeping is by attempt id: taking or returning twice is harmless.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from dialer.engine.plans import CampaignPlan, TrunkPlan


class TrunkBook:
    def __init__(self, trunks: Sequence[TrunkPlan]) -> None:
        self._trunks: dict[str, TrunkPlan] = {}
        self._held: dict[str, set[str]] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[str, deque[float]] = {}
        self._turns: dict[str, int] = {}
        self.replace(trunks)

    def replace(self, trunks: Sequence[TrunkPlan]) -> None:
        """New limits; calls that are up keep their places."""
        self._trunks = {trunk.name: trunk for trunk in trunks}
        for trunk in trunks:
            self._held.setdefault(trunk.name, set())
            self._starts.setdefault(trunk.name, deque())

    def take(self, attempt: str, campaign: CampaignPlan, now: float) -> TrunkPlan | None:
        """A place on the least used of the campaign's trunks, or None when none has room now."""
        open_ = [t for t in self._of_campaign(campaign) if self._opens_at(t, now) <= now]
        if not open_:
            return None
        trunk = min(open_, key=lambda t: len(self._held[t.name]))
        self.hold(attempt, trunk.name)
        self._starts[trunk.name].append(now)
        return trunk

    def opens_at(self, campaign: CampaignPlan, now: float) -> float | None:
        """When one of the campaign's trunks takes a call by its rate; None: no line is free."""
        trunks = [t for t in self._of_campaign(campaign) if self._has_line(t)]
        return min((self._opens_at(t, now) for t in trunks), default=None)

    def hold(self, attempt: str, trunk: str) -> None:
        self.give_back(attempt)
        self._of[attempt] = trunk
        self._held.setdefault(trunk, set()).add(attempt)

    def in_use(self) -> dict[str, int]:
        """Calls that are up, by trunk."""
        return {name: len(held) for name, held in self._held.items()}

    def give_back(self, attempt: str) -> None:
        trunk = self._of.pop(attempt, None)
        if trunk is not None:
            self._held[trunk].discard(attempt)

    def holds(self, attempt: str) -> bool:
        return attempt in self._of

    def caller_id(self, campaign: CampaignPlan, trunk: TrunkPlan) -> str:
        """The campaign's numbers in turn, or else the trunk's."""
        numbers = campaign.caller_ids or trunk.caller_ids
        if not numbers:
            return ""
        turn = self._turns[campaign.name] = self._turns.get(campaign.name, -1) + 1
        return numbers[turn % len(numbers)]

    def usable(self, campaigns: Iterable[CampaignPlan]) -> list[str]:
        """The trunks that these campaigns may use; one that names none may use all."""
        found = [t.name for campaign in campaigns for t in self._of_campaign(campaign)]
        return list(dict.fromkeys(found))

    def lines(self, names: Sequence[str], mine: int) -> int | None:
        """Lines on these trunks for a pacer that knows of `mine` calls there: what is free, and
        those. None: no limit.
        """
        trunks = [self._trunks[name] for name in names if name in self._trunks]
        if not trunks or any(trunk.max_lines is None for trunk in trunks):
            return None
        return mine + sum(max(0, (t.max_lines or 0) - len(self._held[t.name])) for t in trunks)

    def calls_per_second(self, names: Sequence[str]) -> float | None:
        """What these trunks take together; None: no limit."""
        rates = [self._trunks[name].calls_per_second for name in names if name in self._trunks]
        known = [rate for rate in rates if rate is not None]
        return sum(known) if known and len(known) == len(rates) else None

    def _of_campaign(self, campaign: CampaignPlan) -> list[TrunkPlan]:
        names = campaign.trunks or tuple(self._trunks)
        return [self._trunks[name] for name in names if name in self._trunks]

    def _has_line(self, trunk: TrunkPlan) -> bool:
        return trunk.max_lines is None or len(self._held[trunk.name]) < trunk.max_lines

    def _opens_at(self, trunk: TrunkPlan, now: float) -> float:
        """When this trunk takes a call: `now`, when its rate allows one, or never by itself."""
        if not self._has_line(trunk):
            return float("inf")
        if trunk.calls_per_second is None:
            return now
        if trunk.calls_per_second <= 0:
            return float("inf")
        # At least one second is looked at, so that 0.5 a second means one every two.
        span = max(1.0, 1.0 / trunk.calls_per_second)
        starts = self._starts[trunk.name]
        while starts and starts[0] <= now - span:
            starts.popleft()
        room = max(1, int(trunk.calls_per_second * span + 1e-9))
        return now if len(starts) < room else starts[-room] + span
