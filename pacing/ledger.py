"""The abandon ledger: what each legal window still allows, and how much risk that makes acceptable.

The budget of a window is limit x answered - abandoned. It must not be negative when the window
closes. Three things hold it there (docs/explanation/pacing.md derives them):

- feedback: the threshold on a call's chance of finding nobody is
  limit x exp(trim + gain x (budget - reserve)): an integral controller in the logarithm, whose sum
  of errors is bounded by its own state whatever the floor does;
- the reserve: what the budget hovers at, about two and a half standard deviations of it;
- the stake (pacing/bounds.py): the calls in progress may overrun the budget only with a chance of
  0.003 % or less; they may overrun it by what a few minutes of one-to-one work earn back only with
  a chance of 5 % even if the answer rate doubles this moment. A spent budget counts as nothing, and
  from BAND reserves below zero only calls with a ready rep of their own are placed: so on every
  path the budget is never further below zero than those reserves and the uncovered calls once in
  progress, and is paid back by every answer after that. Where the close of the window is known, no
  more are uncovered than the rest of it can pay back; in strict mode none beyond the budget,
  whatever happens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pacing.settings import Window

TRIM_RANGE = (-2.0, 1.6)  # the learned offset in ln(threshold)
BELOW = 3.0
RESERVE = 1.2
BAND = 3.0  # reserves below zero down to which a spent budget is earned back by calls of low risk
GATHERED = 3.0  # reserves that a window's answers have earned before its threshold is trimmed
STEP_RANGE = 2.0  # the feedback moves the threshold by at most e^2 up


class Account:
    """One window of one group and its feedback."""

    def __init__(self, window: Window, trim: float = 0.0) -> None:
        self.group = window.group
        self.limit = float(window.limit)
        self.answered = float(window.answered)
        self.abandoned = float(window.abandoned)
        self.closes_at = math.inf if window.closes_at is None else float(window.closes_at)
        self.machine_error = float(window.machine_error)
        self.trim = trim

    @property
    def budget(self) -> float:
        """Abandoned calls the window still allows, were it to close now (negative: over)."""
        return self.limit * self.answered - self.abandoned

    def counts(self, group: str) -> bool:
        return self.group in ("", group)

    def earned(self, reps: int) -> float:
        """What the answers so far allow, in reserves; a window is young below 1."""
        kept = reserve(reps, self.limit)
        return self.limit * self.answered / kept

    def roll(self, now: float) -> None:
        """A window that has closed starts again from nothing, until the caller says otherwise."""
        if now >= self.closes_at:
            self.answered = self.abandoned = 0.0
            self.closes_at = math.inf


def gain(reps: int, limit: float) -> float:
    """Feedback gain per abandoned call: small rooms need quick feedback, large ones smooth; under
    a low limit a day has few abandons to steer by, so each must weigh more."""
    return 0.5 / math.sqrt(max(reps, 1)) / _strictness(limit)


def reserve(reps: int, limit: float) -> float:
    """Abandoned calls the budget hovers at: about two and a half standard deviations of it.

    Under the gain that is sqrt(c / (2 gain)), where abandons come in clusters of c: 1 in small
    rooms, 3 with 100 reps.
    """
    return RESERVE * math.sqrt(max(reps, 1)) * _strictness(limit)


def _strictness(limit: float) -> float:
    """1 at the usual 3 % and above, 0.58 at 1 %, at least a half."""
    return min(1.0, max(0.5, math.sqrt(limit / 0.03)))


class Ledger:
    """All windows of one pacer. Without the caller's: one over every call from the first."""

    def __init__(self, limit: float, trim: float = 0.0) -> None:
        self.own = Account(Window("", limit), trim)
        self.accounts: list[Account] = [self.own]
        self.told = False
        self.vanished = 0  # reps who left without asking while calls were in progress
        self._unsettled: list[float] = []  # until when each of these may still cost a call
        self.by_vanished = 0  # abandoned calls put down to them; counted by law all the same
        self.answered = 0
        self.abandoned = 0

    def tell(self, windows: Sequence[Window]) -> None:
        """Replace the windows; the feedback of a window known before goes on."""
        known = {(a.group, a.limit): a.trim for a in self.accounts}
        default = self.accounts[0].trim if self.accounts else 0.0
        self.told = bool(windows)
        self.accounts = [Account(w, known.get((w.group, w.limit), default)) for w in windows]
        if not windows:
            self.accounts = [self.own]

    def roll(self, now: float) -> None:
        for account in self.accounts:
            account.roll(now)

    def of(self, group: str) -> list[Account]:
        """The windows a call of this group counts in; the pacer's own where none does."""
        found = [a for a in self.accounts if a.counts(group)]
        return found or [self.own]

    def on_answered(self, group: str, reps: int) -> None:
        self.answered += 1
        for account in self._counting(group):
            account.answered += 1.0
            if account.earned(reps) < GATHERED:
                continue  # the reserve is still being gathered: there is nothing to learn yet
            error = account.budget - reserve(reps, account.limit)
            # The slow half of the feedback: a five-hundredth of the fast one per answered call.
            step = 0.002 * gain(reps, account.limit) * max(-5.0, min(5.0, error))
            account.trim = max(TRIM_RANGE[0], min(TRIM_RANGE[1], account.trim + step))

    def on_machine(self, group: str) -> None:
        for account in self._counting(group):
            account.answered += account.machine_error
            account.abandoned += account.machine_error

    def on_vanished(self, until: float) -> None:
        """A rep left unasked with a call in progress that he was there for; settled at `until`."""
        self.vanished += 1
        self._unsettled.append(until)

    def on_abandoned(self, group: str, at: float) -> None:
        self.abandoned += 1
        for account in self._counting(group):
            account.abandoned += 1.0
        self._unsettled = [until for until in self._unsettled if until >= at]
        if self._unsettled:
            self._unsettled.pop()
            self.by_vanished += 1

    def threshold(self, account: Account, reps: int) -> float:
        """The highest acceptable chance that a new call, if answered, finds nobody (0..1).

        With the budget spent it is still above 0: where few people answer, one call for each ready
        rep earns hardly anything back. That stays so down to BAND reserves below zero.
        """
        kept = reserve(reps, account.limit)
        if account.limit <= 0.0 or account.budget < -BAND * kept:
            return 0.0
        error = account.budget - kept
        # Below the reserve the pull of a large room is stronger: that keeps its budget from being
        # spent. In a small one whole calls count, and the chance of overrunning does the same.
        below = 1.0 + BELOW * min(1.0, reps / 50.0)
        pull = account.trim + gain(reps, account.limit) * (error if error > 0.0 else below * error)
        return min(0.5, account.limit * math.exp(min(pull, STEP_RANGE)))

    def trim(self) -> float:
        """What the feedback has learned, to be kept: the mean trim of the windows."""
        return sum(a.trim for a in self.accounts) / len(self.accounts)

    def _counting(self, group: str) -> list[Account]:
        found = [a for a in self.accounts if a.counts(group)]
        return found if self.own in found else [*found, self.own]
