"""How each trunk does: what became of its calls, and whether it takes any.

Counters for /metrics from the start on, and what operators and alerts look at: the last minutes.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dialer.engine.breaker import Breaker
from dialer.engine.trunks import TrunkBook
from dialer.floor.commands import CloseAttempt, Command
from dialer.ports.observer import NoObserver
from dialer.words import TRUNK_HEALTHS
from figures.windows import ANSWER_RATE_NOW

#: Figures look back so far, in steps of so many seconds.
RECENT_S, STEP_S = 900, 10
#: Whether a trunk fails is judged by the last minute.
FAILING_S = 60
_DELAYS = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0)


class Step(Struct):
    """What ended in ten seconds."""

    at: int
    ended: int = 0
    answered: int = 0
    #: Ends that were the trunk's doing.
    refused: int = 0
    #: Q.850 causes of calls nobody answered.
    causes: Tally[int] = field(default_factory=Tally)
    rang: int = 0
    #: From placing to the first ringing, or the answer; seconds, of those that rang.
    delay: float = 0.0


class TrunkNumbers(Struct, frozen=True, kw_only=True):
    """A trunk's last 15 minutes. Rates are 0 to 1, None where nothing ended."""

    ended: int = 0
    answered: int = 0
    refused: int = 0
    #: Answered (by a person or a machine) per call that ended: the answer-seizure ratio.
    answer_seizure_ratio: float | None = None
    #: Mean seconds from placing to ringing.
    post_dial_delay_s: float | None = None
    causes: Mapping[int, int] = field(default_factory=dict)


class TrunkFigures(NoObserver):
    """An observer of the engine. `clock` gives seconds that do not go back."""

    def __init__(
        self, registry: CollectorRegistry, clock: Callable[[], float], book: TrunkBook, node: str
    ) -> None:
        self._clock, self._recent = clock, dict[str, deque[Step]]()
        self._ended = Counter(
            "dialer_trunk_calls_ended",
            "Calls of a trunk that ended, by Q.850 cause; answered ones as answered.",
            ["trunk", "cause"],
            registry=registry,
        )
        self._delays = Histogram(
            "dialer_post_dial_delay_seconds",
            "From placing a call to ringing.",
            ["trunk"],
            buckets=_DELAYS,
            registry=registry,
        )
        registry.register(_States(self, book, node))

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        for command in commands:
            if type(command) is CloseAttempt and command.trunk:
                self._closed(command)

    def _closed(self, record: CloseAttempt) -> None:
        step = self._step(record.trunk)
        step.ended += 1
        rang_at = record.ringing_at if record.ringing_at is not None else record.answered_at
        if rang_at is not None:
            delay = max(0.0, rang_at - record.placed_at)
            step.rang, step.delay = step.rang + 1, step.delay + delay
            self._delays.labels(record.trunk).observe(delay)
        if record.answered_at is not None:
            step.answered += 1
            self._ended.labels(record.trunk, "answered").inc()
            return
        step.refused += record.blame == "trunk"
        step.causes[record.hangup_cause] += 1
        known = 0 <= record.hangup_cause <= 127  # Q.850 has seven bits
        cause = str(record.hangup_cause) if known else "other"
        self._ended.labels(record.trunk, cause).inc()

    def numbers(self, trunk: str, span_s: float = RECENT_S) -> TrunkNumbers:
        """What ended by this trunk in the last `span_s` seconds, to ten seconds."""
        oldest = (self._clock() - span_s) // STEP_S
        steps = [step for step in self._recent.get(trunk, ()) if step.at > oldest]
        ended = sum(step.ended for step in steps)
        answered, rang = (sum(getattr(s, name) for s in steps) for name in ("answered", "rang"))
        causes: Tally[int] = Tally()
        for step in steps:
            causes.update(step.causes)
        return TrunkNumbers(
            ended=ended,
            answered=answered,
            refused=sum(step.refused for step in steps),
            answer_seizure_ratio=ANSWER_RATE_NOW.figure.value(answered, ended),
            post_dial_delay_s=sum(step.delay for step in steps) / rang if rang else None,
            causes=dict(causes.most_common()),
        )

    def trunks(self) -> list[str]:
        return list(self._recent)

    def _step(self, trunk: str) -> Step:
        steps = self._recent.setdefault(trunk, deque(maxlen=RECENT_S // STEP_S + 1))
        at = int(self._clock() // STEP_S)
        if not steps or steps[-1].at != at:
            steps.append(Step(at))
        return steps[-1]


class _States(Collector):
    """Whether each trunk, and the switch itself, takes calls."""

    def __init__(self, figures: TrunkFigures, book: TrunkBook, node: str) -> None:
        self._figures, self._book, self._node = figures, book, node

    def describe(self) -> Sequence[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        states = GaugeMetricFamily(
            "dialer_trunk_state", "1 for the state a trunk is in.", labels=["trunk", "state"]
        )
        node = GaugeMetricFamily(
            "dialer_node_state", "1 for the state a node is in.", labels=["node", "state"]
        )
        ratio = GaugeMetricFamily(
            "dialer_trunk_answer_seizure_ratio",
            "Answered per call that ended, last 15 minutes, 0 to 1.",
            labels=["trunk"],
        )
        for name, breaker in self._book.breakers().items():
            _add_state(states, name, breaker)
            answered = self._figures.numbers(name).answer_seizure_ratio
            if answered is not None:
                ratio.add_metric([name], answered)
        _add_state(node, self._node, self._book.switch)
        yield from (states, node, ratio)


def _add_state(family: GaugeMetricFamily, name: str, breaker: Breaker) -> None:
    for state in TRUNK_HEALTHS:
        family.add_metric([name, state], float(breaker.state == state))
