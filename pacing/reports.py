"""The reports a pacer takes: checked before anything changes, then entered in its books."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import EllipsisType

from pacing.book import AWAY, READY, TALK, TALK_HINT, WRAP, WRAP_HINT, Agents, Ringing
from pacing.ledger import Ledger
from pacing.limits import OUT, Limits, Out
from pacing.protocol import AgentState, AnsweredBy, Unanswered
from pacing.settings import PacingSettings, Window

STAGE_OF = {"ready": READY, "talking": TALK, "wrapup": WRAP, "paused": AWAY, "out": AWAY}
OUTCOMES = ("no_answer", "busy", "failed", "cancelled")
MOST_GROUPS = 256  # beyond, the group longest unused is forgotten


def check_text(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} must be text, not {value!r}")
    return value


class Reports:
    """The floor as reported. `_version` changes with every report that may change a decision."""

    def __init__(self, settings: PacingSettings, trim: float) -> None:
        self.settings = settings
        self._now = -math.inf
        self._version = 0
        self.ringing_calls = Ringing()
        self.waiting: dict[str, tuple[float, str]] = {}
        self.agents = Agents(settings.ring_timeout + settings.connect_within + 5.0)
        self.group_index: dict[str, int] = {}
        self.group_names: list[str] = []
        self._group_calls: list[int] = []  # ringing, by group
        self._group_used: list[float] = []
        self.free_lines = Limits(settings.max_lines)
        self.ledger = Ledger(settings.max_abandon_rate, trim)
        self.placed_total = 0

    # Reports ------------------------------------------------------------------------------

    def agent(self, at: float, agent: str, state: AgentState) -> None:
        when = self._time(at)
        check_text("agent", agent)
        stage = STAGE_OF.get(state) if isinstance(state, str) else None
        if stage is None:
            raise ValueError(f"unknown agent state {state!r}: it is one of {', '.join(STAGE_OF)}")
        slot = self.agents.slot.get(agent)
        if slot is None and state == "out":
            self._seen(when)
            return
        self._seen(when)
        if slot is None:
            slot = self.agents.add(agent, when)
            self.on_login(slot)
        self._enter(slot, stage, when)
        if state == "out":
            self.agents.remove(agent)

    def placed(self, at: float, call: str, group: str = "") -> None:
        when = self._time(at)
        check_text("group", group)
        if check_text("call", call) in self.ringing_calls.slot or call in self.waiting:
            raise ValueError(f"call {call!r} was placed already")
        self._now = when
        index = self._group(group)
        self._group_calls[index] += 1
        self._group_used[index] = when
        self.ringing_calls.add(call, when, index)
        self.free_lines.on_placed(when)
        self.placed_total += 1
        self.on_placed(index)

    def ringing(self, at: float, call: str) -> None:
        when = self._time(at)
        slot = self._ringing_slot(call)
        self._now = when
        if math.isnan(self.ringing_calls.rang[slot]):
            self.ringing_calls.rang[slot] = when

    def ended(self, at: float, call: str, outcome: Unanswered) -> None:
        when = self._time(at)
        if outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {outcome!r}: it is one of {', '.join(OUTCOMES)}")
        self._ringing_slot(call)
        self._seen(when)
        placed, group = self._over(call)
        self.on_call_over(group, when - placed, outcome)

    def answered(self, at: float, call: str, by: AnsweredBy) -> None:
        when = self._time(at)
        if by not in ("human", "machine"):
            raise ValueError(f"unknown answerer {by!r}: it is human or machine")
        self._ringing_slot(call)
        self._seen(when)
        placed, group = self._over(call)
        name = self.group_names[group]
        if by == "human":
            self.waiting[call] = (when, name)
            self.ledger.on_answered(name, max(self.agents.staying, 1))
        else:
            self.ledger.on_machine(name)
        self.on_call_over(group, when - placed, by)

    def connected(self, at: float, call: str, agent: str) -> None:
        when = self._time(at)
        self._waiting_call(call)
        slot = self._agent_slot(agent)
        self._seen(when)
        answered_at, _ = self.waiting.pop(call)
        self.on_waited(when - answered_at, lost=False)
        # A rep already said to be talking is so with this callee, unless he was with another.
        if self.agents.stage[slot] != TALK or self.agents.joined[slot]:
            self._enter(slot, TALK, when, anew=True)
        self.agents.joined[slot] = True

    def abandoned(self, at: float, call: str) -> None:
        when = self._time(at)
        self._waiting_call(call)
        self._seen(when)
        answered_at, group = self.waiting.pop(call)
        self.on_waited(when - answered_at, lost=True)
        self.ledger.on_abandoned(group, when)

    def leaving(self, at: float, agent: str) -> None:
        when = self._time(at)
        slot = self._agent_slot(agent)
        self._seen(when)
        self.agents.leave(slot, when)

    def finishing(self, at: float, agent: str) -> None:
        when = self._time(at)
        slot = self._agent_slot(agent)
        self._seen(when)
        stage = int(self.agents.stage[slot])
        if stage in (TALK, WRAP):
            joined = bool(self.agents.joined[slot])
            self.on_stage_over(slot, when, TALK_HINT if stage == TALK else WRAP_HINT)
            self.agents.move(slot, TALK_HINT if stage == TALK else WRAP_HINT, when)
            self.agents.joined[slot] = joined

    def windows(self, at: float, windows: Sequence[Window]) -> None:
        when = self._time(at)
        if not isinstance(windows, list | tuple):
            raise ValueError(f"windows must be a list of Window, not {windows!r}")
        for window in windows:
            if not isinstance(window, Window):
                raise ValueError(f"windows must be a list of Window, not of {window!r}")
        self._seen(when)
        self.ledger.tell(windows)

    def limits(
        self,
        at: float,
        lines: int | EllipsisType | None = ...,
        calls_per_second: float | EllipsisType | None = ...,
        out: Out = "",
    ) -> None:
        when = self._time(at)
        rate_ok = calls_per_second is ... or calls_per_second is None
        if not rate_ok:
            rate_ok = isinstance(calls_per_second, int | float) and 0.0 <= calls_per_second < 1e9
        if not rate_ok:
            raise ValueError(f"calls_per_second must be at least 0, not {calls_per_second!r}")
        if not (lines is ... or lines is None or (isinstance(lines, int) and lines >= 0)):
            raise ValueError(f"lines must be a whole number of at least 0, not {lines!r}")
        if out not in OUT:
            raise ValueError(f"out must be one of {', '.join(map(repr, OUT))}, not {out!r}")
        self._seen(when)
        if lines is not ...:
            self.free_lines.lines = lines
        if calls_per_second is not ...:
            rate = None if calls_per_second is None else float(calls_per_second)
            self.free_lines.set_rate(when, rate)
        self.free_lines.out = out

    # What a method may add ---------------------------------------------------------------

    def on_placed(self, group: int) -> None:
        """A call of that group was placed."""

    def on_login(self, slot: int) -> None:
        """A rep was seen for the first time since he was out."""

    def on_stage_over(self, slot: int, at: float, stage: int) -> None:
        """The rep in `slot` is about to go from its stage to `stage`."""

    def on_call_over(self, group: int, age: float, outcome: str) -> None:
        """A call of that age was answered ("human", "machine") or ended."""

    def on_waited(self, waited: float, *, lost: bool) -> None:
        """An answered callee was connected, or lost, after so many seconds."""

    def on_group(self, index: int, name: str) -> None:
        """A group was seen for the first time; its index may have been another's."""

    # Entering -----------------------------------------------------------------------------

    def _enter(self, slot: int, stage: int, at: float, *, anew: bool = False) -> None:
        old = int(self.agents.stage[slot])
        same = old == stage or (old, stage) in ((TALK_HINT, TALK), (WRAP_HINT, WRAP))
        if same and not anew:
            if stage == READY:
                self.agents.forget_leaving(slot, at)
            return
        if old == READY and stage == AWAY and not self.agents.leaving[slot]:
            self._note_vanished(at)
        self.on_stage_over(slot, at, stage)
        self.agents.move(slot, stage, at)

    def _note_vanished(self, at: float) -> None:
        in_progress = len(self.ringing_calls) + len(self.waiting)
        if in_progress >= self.agents.count[READY]:
            self.ledger.on_vanished(at + self.settings.ring_timeout + self.settings.connect_within)

    def _over(self, call: str) -> tuple[float, int]:
        placed, group = self.ringing_calls.remove(call)
        self._group_calls[group] -= 1
        return placed, group

    def _group(self, name: str) -> int:
        index = self.group_index.get(name)
        if index is not None:
            return index
        unused = [i for i, n in enumerate(self._group_calls) if n == 0]
        if len(self.group_names) >= MOST_GROUPS and unused:
            index = min(unused, key=self._group_used.__getitem__)
            del self.group_index[self.group_names[index]]
            self.group_names[index] = name
        else:
            index = len(self.group_names)
            self.group_names.append(name)
            self._group_calls.append(0)
            self._group_used.append(self._now)
        self.group_index[name] = index
        self.on_group(index, name)
        return index

    def _time(self, at: object) -> float:
        if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
            raise ValueError(f"the time must be a finite number of seconds, not {at!r}")
        if at < self._now:
            raise ValueError(f"time went back from {self._now!r} to {at!r}: times never go back")
        return float(at)

    def _seen(self, at: float) -> None:
        self._now = at
        self._version += 1

    def _ringing_slot(self, call: object) -> int:
        slot = self.ringing_calls.slot.get(call) if isinstance(call, str) else None
        if slot is None:
            answered = isinstance(call, str) and call in self.waiting
            reason = "was answered already" if answered else "is not in progress"
            raise ValueError(f"call {call!r} {reason}")
        return slot

    def _waiting_call(self, call: object) -> None:
        if not isinstance(call, str) or call not in self.waiting:
            raise ValueError(f"call {call!r} is not an answered call that waits for a rep")

    def _agent_slot(self, agent: object) -> int:
        slot = self.agents.slot.get(agent) if isinstance(agent, str) else None
        if slot is None:
            raise ValueError(f"agent {agent!r} is not logged in: report its state first")
        return slot
