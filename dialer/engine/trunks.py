"""Which trunk and caller number a call goes out by, and how many more may go out now.

The bookkeeping is by attempt id: taking or returning twice is harmless. Every trunk, and the switch
itself, has a [breaker](breaker.py): what refuses all calls is asked now and then and spared else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from dialer.engine.breaker import Breaker
from dialer.engine.plans import CampaignPlan, TrunkPlan
from dialer.words import GaveOut, TrunkHealth

#: Why nothing but probes goes out: no trunk takes calls, or our own switch does not.


class TrunkBook:
    """`on_change` is told the trunk ("": the switch itself) and its state before and now."""

    def __init__(
        self,
        trunks: Sequence[TrunkPlan],
        on_change: Callable[[str, TrunkHealth, TrunkHealth], None] = lambda trunk, before, state: (
            None
        ),
    ) -> None:
        self._trunks: dict[str, TrunkPlan] = {}
        self._held: dict[str, set[str]] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[str, deque[float]] = {}
        self._turns: dict[str, int] = {}
        self._breakers: dict[str, Breaker] = {}
        #: The switch's own: what fails before a call has left this machine. It fails at once, so
        #: nothing has to be proved first.
        self.switch = Breaker(state="well")
        self._on_change = on_change
        self.replace(trunks)

    def replace(self, trunks: Sequence[TrunkPlan]) -> None:
        """New limits; calls that are up keep their places, and breakers what they know."""
        self._trunks = {trunk.name: trunk for trunk in trunks}
        for trunk in trunks:
            self._held.setdefault(trunk.name, set())
            self._starts.setdefault(trunk.name, deque())
            self._breakers.setdefault(trunk.name, Breaker())

    # --- a place for a call -----------------------------------------------------------------------

    def take(
        self, attempt: str, campaign: CampaignPlan, now: float, *, waited_for: bool = False
    ) -> TrunkPlan | None:
        """A place on one of the campaign's trunks, or None when none has room now.

        A trunk that is out and may be probed comes first: whoever waited for the others to fail
        would never learn that it is well again. Then the campaign's order decides. A call that a
        rep waits for is a probe only where no other trunk works.
        """
        if self.switch.opens_at(now) > now:
            return None
        open_ = [t for t in self._of_campaign(campaign) if self._takes(t, now)]
        if not open_:
            return None
        well = [t for t in open_ if self._breakers[t.name].is_well]
        trunk = self._choose(well if waited_for and well else open_, campaign)
        self._go(attempt, trunk, now)
        self._breakers[trunk.name].placed(attempt, now)
        self.switch.placed(attempt, now)
        return trunk

    def take_for_outside(self, leg: str, campaign: CampaignPlan, now: float) -> TrunkPlan | None:
        """For somebody a rep asks into a conversation: never as a probe."""
        well = [t for t in self._of_campaign(campaign) if self._breakers[t.name].is_well]
        open_ = [t for t in well if self._opens_at(t, now) <= now]
        if not open_:
            return None
        trunk = self._choose(open_, campaign)
        self._go(leg, trunk, now)
        return trunk

    def _choose(self, open_: Sequence[TrunkPlan], campaign: CampaignPlan) -> TrunkPlan:
        probe = next((t for t in open_ if not self._breakers[t.name].is_well), None)
        if probe is not None:
            return probe
        if campaign.trunk_order == "least_used":
            return min(open_, key=lambda t: len(self._held[t.name]))
        return open_[0]

    def _takes(self, trunk: TrunkPlan, now: float) -> bool:
        breaker = self._breakers[trunk.name]
        return breaker.opens_at(now) <= now and self._opens_at(trunk, now) <= now

    def _go(self, call: str, trunk: TrunkPlan, now: float) -> None:
        self.hold(call, trunk.name)
        self._starts[trunk.name].append(now)

    def opens_at(self, campaign: CampaignPlan, now: float) -> float | None:
        """When one of the campaign's trunks takes a call by its rate; None: no line is free, or no
        trunk with one is well.
        """
        if not self.switch.is_well:
            return None
        trunks = [
            t
            for t in self._of_campaign(campaign)
            if self._has_line(t) and self._breakers[t.name].is_well
        ]
        opens = (max(self._opens_at(t, now), self._breakers[t.name].opens_at(now)) for t in trunks)
        return min(opens, default=None)

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

    # --- whether they work ------------------------------------------------------------------------

    def breakers(self) -> Mapping[str, Breaker]:
        """Of the trunks that are configured now."""
        return {name: self._breakers[name] for name in self._trunks}

    def is_well(self, trunk: str) -> bool:
        """Calls go by it as they come; so it is of a trunk that is not known any more."""
        breaker = self._breakers.get(trunk)
        return breaker is None or breaker.is_well

    def trunk_of(self, attempt: str) -> str:
        return self._of.get(attempt, "")

    def sign(self, attempt: str, now: float, *, rings: bool = False) -> None:
        """A far end was heard behind the attempt's trunk."""
        self._tell(attempt, lambda b: b.sign(attempt, now, rings=rings))
        self._notice("", self.switch, lambda b: b.sign(attempt, now, rings=rings))

    def refused(self, attempt: str, now: float, *, shared: bool = False) -> None:
        """The trunk, and nobody behind it, ended the attempt; `shared`: or it is the number's."""
        self._tell(attempt, lambda b: b.refused(attempt, now, shared=shared))
        self._notice("", self.switch, lambda b: b.sign(attempt, now))

    def refused_by_switch(self, attempt: str, now: float) -> None:
        """Our own switch could not make the call: its trunk is innocent."""
        self._tell(attempt, lambda b: b.gone(attempt, now))
        self._notice("", self.switch, lambda b: b.refused(attempt, now))

    def silent(self, attempt: str, now: float) -> None:
        """Its time ran out without a word from anybody; from here it went out in order."""
        self._tell(attempt, lambda b: b.silent(attempt, now))
        self._notice("", self.switch, lambda b: b.sign(attempt, now))

    def over(self, attempt: str, now: float) -> None:
        """The attempt is over; what it told of its trunk has been said before, if anything."""
        self._tell(attempt, lambda b: b.gone(attempt, now))
        self._notice("", self.switch, lambda b: b.gone(attempt, now))

    def told(self, trunk: str, reachable: bool, now: float) -> None:
        """What OPTIONS or a registration says of a trunk; of others than ours nothing is kept."""
        breaker = self._breakers.get(trunk)
        if breaker is not None:
            self._notice(trunk, breaker, lambda b: b.told(reachable, now))

    def switch_is_back(self, now: float) -> None:
        """The link is up: whatever failed inside the switch may be over, so it is probed now."""
        if self.switch.state == "out":
            self.switch.probe_at = now

    def _tell(self, attempt: str, what: Callable[[Breaker], None]) -> None:
        trunk = self._of.get(attempt, "")
        breaker = self._breakers.get(trunk)
        if breaker is not None:
            self._notice(trunk, breaker, what)

    def _notice(self, trunk: str, breaker: Breaker, what: Callable[[Breaker], None]) -> None:
        before = breaker.state
        what(breaker)
        if breaker.state != before:
            self._on_change(trunk, before, breaker.state)

    # --- for pacers -------------------------------------------------------------------------------

    def usable(self, campaigns: Iterable[CampaignPlan]) -> list[str]:
        """The trunks that these campaigns may use; one that names none may use all."""
        found = [t.name for campaign in campaigns for t in self._of_campaign(campaign)]
        return list(dict.fromkeys(found))

    def out(self, names: Sequence[str]) -> GaveOut:
        """Why nothing but probes goes out by these trunks; "": calls do."""
        if not self.switch.is_well:
            return "switch"
        known = [self._breakers[name] for name in names if name in self._trunks]
        return "trunks" if known and not any(b.is_well for b in known) else ""

    def lines(self, names: Sequence[str], mine: int, now: float) -> int | None:
        """Lines on these trunks for a pacer that knows of `mine` calls there: what is free, and
        those. Of a trunk that is out only its next probe counts. None: no limit.
        """
        trunks = [self._trunks[name] for name in names if name in self._trunks]
        room = [self._room(trunk, now) for trunk in trunks]
        if not room or (None in room and self.switch.room(now) is None):
            return None
        most = sum(n for n in room if n is not None)
        of_switch = self.switch.room(now)
        if None in room:
            most = of_switch or 0
        return mine + (most if of_switch is None else min(most, of_switch))

    def calls_per_second(self, names: Sequence[str]) -> float | None:
        """What those of these trunks take together that are well, or all if none is; None: no
        limit.
        """
        known = [name for name in names if name in self._trunks]
        well = [name for name in known if self._breakers[name].is_well] or known
        rates = [self._trunks[name].calls_per_second for name in well]
        given = [rate for rate in rates if rate is not None]
        return sum(given) if given and len(given) == len(rates) else None

    def _room(self, trunk: TrunkPlan, now: float) -> int | None:
        """Calls that may be added on this trunk; None: no limit."""
        by_breaker = self._breakers[trunk.name].room(now)
        if trunk.max_lines is None:
            return by_breaker
        free = max(0, trunk.max_lines - len(self._held[trunk.name]))
        return free if by_breaker is None else min(free, by_breaker)

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
