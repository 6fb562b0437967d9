"""Whatever is reported in whatever order, what the pacer answers is within every limit."""

from __future__ import annotations

import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from pacing import PacingSettings, Window, open_pacer


class AnyFloor(RuleBasedStateMachine):
    """Whatever a floor reports, the answers are whole numbers within every limit."""

    calls = Bundle("calls")
    answers = Bundle("answers")

    def __init__(self) -> None:
        super().__init__()
        self.pacer = open_pacer(PacingSettings(max_lines=12))
        self.now = 0.0
        self.number = 0
        self.reps: dict[str, str] = {}
        self.open: set[str] = set()

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 7.0, 30.0, 600.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule(
        rep=st.sampled_from(["a", "b", "c"]),
        state=st.sampled_from(["ready", "talking", "wrapup", "paused", "out"]),
    )
    def report(self, rep, state):
        self.pacer.agent(self.now, rep, state)
        self.reps[rep] = state
        if state == "out":
            del self.reps[rep]

    @rule(rep=st.sampled_from(["a", "b", "c"]), what=st.sampled_from(["leaving", "finishing"]))
    def signal(self, rep, what):
        if rep in self.reps:
            getattr(self.pacer, what)(self.now, rep)
        else:
            with pytest.raises(ValueError, match="not logged in"):
                getattr(self.pacer, what)(self.now, rep)

    @rule(target=calls, group=st.sampled_from(["", "x", "y"]))
    def place(self, group):
        self.number += 1
        self.pacer.placed(self.now, f"c{self.number}", group)
        self.open.add(f"c{self.number}")
        return f"c{self.number}"

    @rule(call=calls)
    def ring(self, call):
        if call in self.open:
            self.pacer.ringing(self.now, call)

    @rule(call=consumes(calls), how=st.sampled_from(["no_answer", "busy", "failed", "cancelled"]))
    def end(self, call, how):
        self.pacer.ended(self.now, call, how)
        self.open.discard(call)

    @rule(target=answers, call=consumes(calls))
    def answer(self, call):
        self.pacer.answered(self.now, call, "human")
        self.open.discard(call)
        return call

    @rule(call=consumes(calls))
    def machine(self, call):
        self.pacer.answered(self.now, call, "machine")
        self.open.discard(call)

    @rule(call=consumes(answers), rep=st.sampled_from(["a", "b", "c"]))
    def settle(self, call, rep):
        if rep in self.reps:
            self.pacer.connected(self.now, call, rep)
            self.reps[rep] = "talking"
        else:
            self.pacer.abandoned(self.now, call)

    @rule(answered=st.integers(0, 500), abandoned=st.integers(0, 20), left=st.integers(0, 4000))
    def tell_windows(self, answered, abandoned, left):
        window = Window("x", 0.03, answered, abandoned, self.now + left)
        self.pacer.windows(self.now, [window, Window("", 0.05)])

    @rule(lines=st.none() | st.integers(0, 9), rate=st.none() | st.floats(0, 9))
    def limit(self, lines, rate):
        self.pacer.limits(self.now, lines=lines, calls_per_second=rate)

    @invariant()
    def answers_are_within_limits(self):
        wish = self.pacer.calls_to_place(self.now)
        assert isinstance(wish, int)
        assert 0 <= wish <= 12
        assert self.pacer.calls_to_place(self.now) == wish
        if all(state in ("paused", "out") for state in self.reps.values()):
            assert wish == 0
        assert set(self.pacer.calls_to_cancel(self.now)) <= self.open
        json.dumps(self.pacer.explain(), allow_nan=False)


TestAnyFloor = AnyFloor.TestCase
TestAnyFloor.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
