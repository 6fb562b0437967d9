"""When calls may go by a way out that refuses them: a circuit breaker over plain data.

`now` is seconds on any one clock that does not go back. A call is *dark* until a far end is heard
behind the trunk (it rings, answers, is busy, or the network knows the number): the first such sign
of a call proves that the trunk works. A row of refusals without a sign between them shuts it; then
one probe call at a time asks, after pauses that double. A carrier may say that it rings before it
refuses (its announcement is early media), so calls that rang and were refused are a row as well:
only a call that came to more than ringing breaks it.

    untried ──sign──> well ──row of refusals, or unreachable──> out ──pause over──> probing
       └────────────────────────────────────────────────────────^  ^──refused──────┤
                          well <──sign───────────────────────────────────────────────┘

Nothing here waits for somebody to put it right: whatever happens, a probe goes out again after
`LONGEST_PAUSE_S` at the latest.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from dialer.words import TrunkHealth

#: Refusals in a row that are no chance: with one call in five refused it happens once in 3,000.
ROW = 5.0
#: What one number deserves as well as a trunk (forbidden, no such number) counts so little: twenty
#: such answers in a row, and nothing else, are the trunk's.
SHARED_WEIGHT = 1.0 / 4.0
#: A call of which nothing at all was heard counts as a refusal where the trunk is known to tell of
#: ringing; so little while it has given no sign at all; and else as nothing, as some carriers tell
#: of nothing but the answer.
SILENT_WEIGHT = 1.0 / 4.0
#: While it is not known whether a trunk works, so many calls go out in so many seconds.
DARK_CALLS, DARK_S = 20, 20.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
#: Signs in a row after which the pauses begin small again.
PROVEN = 10
#: A probe of which nothing is heard for so long is no reason to wait for the next one.
PROBE_S = 40.0
#: A trunk that comes back, by its answer to OPTIONS or a registration, is probed so soon.
BACK_S = 0.5


@dataclass(slots=True)
class Breaker:
    """One trunk, or one switch of our own."""

    state: TrunkHealth = "untried"
    since: float = 0.0
    #: Refusals since the last sign.
    row: float = 0.0
    #: Refusals of calls that had rung, since one that came to more.
    rung_row: float = 0.0
    #: What OPTIONS or the registration says; None: nothing is known.
    reachable: bool | None = None
    #: Nothing is tried before this time, while out.
    probe_at: float = 0.0
    pause_s: float = 0.0
    #: It has given a sign, and told of ringing.
    proved: bool = False
    rings: bool = False
    _good: int = 0
    _probe: str | None = None
    _probe_since: float = 0.0
    #: Calls of which nothing has been heard yet.
    _dark: set[str] = field(default_factory=set)
    #: Calls that rang, and of which nothing more has been heard.
    _rung: set[str] = field(default_factory=set)
    #: When calls were placed since the last sign: the latest of them.
    _placed: deque[float] = field(default_factory=lambda: deque(maxlen=DARK_CALLS))

    @property
    def is_well(self) -> bool:
        """Calls go by it as they come."""
        return self.state in {"well", "untried"}

    @property
    def _is_doubted(self) -> bool:
        """Not proved yet, or one refusal before it is shut: fewer happen all day on a large floor,
        which must not be held back by each.
        """
        return self.state == "untried" or max(self.row, self.rung_row) >= ROW - 1.0

    def opens_at(self, now: float) -> float:
        """When the next call may go: `now`, or later. It never says never."""
        if self.state == "out":
            return max(now, self.probe_at)
        if self.state == "probing":
            return max(now, self._probe_since + PROBE_S)
        if self._is_doubted and len(self._placed) == DARK_CALLS:
            return max(now, self._placed[0] + DARK_S)
        return now

    def room(self, now: float) -> int | None:
        """Calls that may go now; None: as many as there are."""
        if not self.is_well:
            return 1 if self.opens_at(now) <= now else 0
        if not self._is_doubted:
            return None
        return DARK_CALLS - sum(at > now - DARK_S for at in self._placed)

    def placed(self, call: str, now: float) -> None:
        """A call goes by it; ask `opens_at` before."""
        self._dark.add(call)
        self._placed.append(now)
        if not self.is_well:
            self._probe, self._probe_since = call, now
            self._move("probing", now)

    def sign(self, call: str, now: float, *, rings: bool = False) -> None:
        """Something was heard from beyond the trunk. `rings`: it may yet be refused."""
        self.rings = self.rings or rings
        if rings and self.rung_row >= ROW:
            return  # so it begins with all its calls
        is_known = call in self._dark or call in self._rung
        if is_known and not rings:
            self.rung_row = 0.0
            self._rung.discard(call)
        if call not in self._dark:
            return
        self._dark.discard(call)
        if rings:
            self._rung.add(call)
        self.proved = True
        self._goes_well(now)

    def _goes_well(self, now: float) -> None:
        self.row = 0.0
        self._placed.clear()
        self._good += 1
        if self._good >= PROVEN:
            self.pause_s = 0.0
        if self.state != "well":
            self._probe = None
            # Whatever OPTIONS says, calls get through.
            self._move("well", now)

    def refused(self, call: str, now: float, *, shared: bool = False) -> None:
        """The trunk did not take this call; `shared`: or the number is at fault."""
        self._dark.discard(call)
        self._good = 0
        weight = SHARED_WEIGHT if shared else 1.0
        if call in self._rung:
            self._rung.discard(call)
            self.rung_row += weight
        else:
            self.row += weight
        if self.state == "probing" and call != self._probe:
            return  # a straggler of before tells nothing new
        if self.state == "probing" or (self.is_well and max(self.row, self.rung_row) >= ROW):
            self._shut(now)

    def silent(self, call: str, now: float) -> None:
        """It ended, and nothing was heard of it all the time."""
        if call not in self._dark:
            return
        self._dark.discard(call)
        is_probe = self.state == "probing" and call == self._probe
        if self.proved and not self.rings:
            # It was not refused, and more is not to be had of such a carrier.
            if is_probe:
                self._goes_well(now)
            return
        self.row += 1.0 if self.rings else SILENT_WEIGHT
        if is_probe or (self.is_well and self.row >= ROW):
            self._shut(now)

    def gone(self, call: str, now: float) -> None:
        """It is over for a reason that says nothing of the trunk; harmless for one that is known
        to be over.
        """
        self._dark.discard(call)
        self._rung.discard(call)
        if call == self._probe and self.state == "probing":
            self._probe = None
            self._pause(now, self.pause_s)

    def told(self, reachable: bool, now: float) -> None:
        """What OPTIONS or the registration says from now on."""
        before, self.reachable = self.reachable, reachable
        if not reachable and before is not False and self.is_well:
            self._shut(now)
        elif reachable and before is False and self.state == "out":
            # At once, but not at every flicker: the pause grows on until calls get through.
            self.probe_at = min(self.probe_at, now + max(BACK_S, self.pause_s / 4.0))

    def _shut(self, now: float) -> None:
        self._probe = None
        self.pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2.0 * self.pause_s))
        self._pause(now, self.pause_s)

    def _pause(self, now: float, seconds: float) -> None:
        self.probe_at = now + seconds
        self._move("out", now)

    def _move(self, state: TrunkHealth, now: float) -> None:
        # A probe that fails does not make the outage a new one.
        if self.is_well or state in {"well", "untried"}:
            self.since = now
        self.state = state
