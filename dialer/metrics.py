"""The figures on /metrics: counted as floors give orders, read off the floors at scrape time.

Labels hold only bounded sets, never a rep, a number, a lead or a call. docs/metrics.md lists all.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from dialer.floor import commands as cmd
from dialer.floor.commands import Command
from dialer.ports.control import FloorView
from dialer.words import DIFFERENCE_KINDS, OUTCOMES, PACED_STATES, Phase
from figures.windows import ABANDON_RATE, CONNECT_RATE_NOW

# A second series for each counter and histogram, which no rule reads.
disable_created_metrics()  # type: ignore[no-untyped-call]

PHASES = tuple(phase.value for phase in Phase if phase is not Phase.ENDED)

#: Bridging takes 2 to 3 ms when a rep is free; the law allows 2 s.
_ANSWER_TO_AGENT = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
_RING = (1, 2, 4, 6, 8, 10, 12, 15, 18, 22, 26, 30, 40, 60)
_TALK = (2, 5, 10, 20, 30, 60, 120, 180, 300, 450, 600, 900, 1800, 3600)
_WRAPUP = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
_TURN = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)
_STORE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

#: What a refusal says of the number, and the word for it.
_DECLINED = {"never": "unwanted", "not_today": "blocked"}

#: The connect rate looks back so far, in steps of so many seconds.
RATE_WINDOW_S, _RATE_STEP_S = 900, 10
#: Wrap-up is told after the record is closed; so many closed attempts are remembered for it.
_REMEMBERED = 20_000


class LinkFigures(msgspec.Struct, frozen=True):
    """How a node's links stand; counts since the start. `agi` counts sessions by how they ended."""

    node: str
    is_up: bool
    reconnects: int = 0
    events: int = 0
    agi: Mapping[str, int] = {}
    #: How far its clock is ahead of ours, seconds; None: not measured.
    clock_ahead_s: float | None = None


class RecentRate:
    """Attempts that ended in the last 15 minutes and those of them that a person answered, in steps
    of 10 seconds.
    """

    def __init__(self) -> None:
        self._steps: deque[list[int]] = deque()  # [step, answers, ended]
        self._answers = self._ended = 0

    def ended(self, now: float, *, by_human: bool) -> None:
        step = self._step(now)
        step[1] += by_human
        step[2] += 1
        self._answers += by_human
        self._ended += 1

    def rate(self, now: float) -> float | None:
        """The connect rate, 0 to 1; None when nothing ended."""
        self._forget(now)
        return CONNECT_RATE_NOW.figure.value(self._answers, self._ended)

    def _step(self, now: float) -> list[int]:
        step = int(now) // _RATE_STEP_S
        if not self._steps or self._steps[-1][0] != step:
            self._forget(now)
            self._steps.append([step, 0, 0])
        return self._steps[-1]

    def _forget(self, now: float) -> None:
        oldest = (int(now) - RATE_WINDOW_S) // _RATE_STEP_S
        while self._steps and self._steps[0][0] <= oldest:
            _, answers, ended = self._steps.popleft()
            self._answers -= answers
            self._ended -= ended


class _Campaign:
    """The children of one campaign: looking labels up costs more than counting."""

    def __init__(self, of: Metrics, name: str) -> None:
        self.rate = RecentRate()
        self.connected = of.connected.labels(name)
        self.abandoned = of.abandoned.labels(name)
        self.by = {by: of.answered.labels(name, by) for by in ("human", "machine")}
        self.answer_to_agent = of.answer_to_agent.labels(name)
        self.ring = of.ring.labels(name)
        self.talk = of.talk.labels(name)
        self.wrapup = of.wrapup.labels(name)
        # There from the beginning, at 0: what first shows at 1 has not increased, to Prometheus.
        self.ended = {outcome: of.ended.labels(name, outcome) for outcome in OUTCOMES}


class _Open:
    """What was counted of an attempt that is not closed yet."""

    __slots__ = ("answered", "campaign", "connected")

    def __init__(self, campaign: _Campaign) -> None:
        self.campaign = campaign
        self.answered = False
        self.connected = False


class Metrics:
    """A `dialer.ports.observer.Observer`. Every registry is its own: tests run side by side.

    `views` gives the floors at scrape time; `inboxes` how many events wait, by pool; `links` the
    nodes; `behind` how many records of the journal each consumer has to come; `windows` abandoned
    people and people who answered, by campaign and legal window, as the records have it; `limits`
    the share of abandoned people that a campaign may have.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.registry = CollectorRegistry()
        self.views: Callable[[], Iterable[FloorView]] = tuple
        self.inboxes: Callable[[], Mapping[str, int]] = dict
        self.links: Callable[[], Iterable[LinkFigures]] = tuple
        self.windows: dict[tuple[str, str], tuple[int, int]] = {}
        self.limits: Mapping[str, float] = {}
        self.behind: Mapping[str, int] = {}
        #: Mails that wait, and since when the oldest, unix seconds.
        self.mail: tuple[int, float | None] = (0, None)
        self._clock = clock
        self._campaigns: dict[str, _Campaign] = {}
        self._open: dict[str, _Open] = {}
        self._closed: dict[str, _Campaign] = {}
        self._make_contract()
        self._make_own()
        self.registry.register(_Floors(self))
        self.registry.register(_Links(self))
        self._do: dict[type[Command], Callable[..., None]] = {
            cmd.Place: self._placed,
            cmd.AttemptMoved: self._attempt_moved,
            cmd.CloseAttempt: self._close,
            cmd.ForgetAttempt: self._forget,
            cmd.NoteWrapup: self._note_wrapup,
        }

    def _make_contract(self) -> None:
        self.calls_originated = self._counter(
            "dialer_calls_originated", "Calls sent to a trunk.", "campaign", "trunk"
        )
        self.answered = self._counter(
            "dialer_calls_answered", "Calls answered.", "campaign", "answered_by"
        )
        self.ended = self._counter(
            "dialer_calls_ended", "Attempts that ended, each once.", "campaign", "outcome"
        )
        self.connected = self._counter(
            "dialer_calls_connected", "Callees who reached a rep.", "campaign"
        )
        self.abandoned = self._counter(
            "dialer_calls_abandoned", "People who answered and got no rep.", "campaign"
        )
        self.failed = self._counter(
            "dialer_calls_failed", "Calls the network could not make.", "campaign", "cause"
        )
        self.declined = self._counter(
            "dialer_calls_declined", "By the callee, or for the callee.", "trunk", "reason"
        )
        self.answer_to_agent = self._histogram(
            "dialer_answer_to_agent_seconds", "From answer to both in the bridge.", _ANSWER_TO_AGENT
        )
        self.ring = self._histogram("dialer_ring_seconds", "Ringing.", _RING)
        self.talk = self._histogram("dialer_talk_seconds", "Conversations.", _TALK)
        self.wrapup = self._histogram("dialer_wrapup_seconds", "Wrap-up after a call.", _WRAPUP)
        self.recording_failures = self._counter(
            "dialer_recording_failures", "Recordings that were lost or could not be encoded."
        )
        self.compliance_blocks = self._counter(
            "dialer_compliance_blocks", "Calls the gate refused.", "campaign", "rule"
        )
        self.callbacks = self._counter(
            "dialer_callbacks", "Agreed callbacks that are over.", "campaign", "result"
        )

    def _make_own(self) -> None:
        self.floor_events = self._counter("dialer_floor_events", "Events floors handled.", "pool")
        self.turn_seconds = Histogram(
            "dialer_floor_turn_seconds", "One turn of a floor.", ["pool"],
            buckets=_TURN, registry=self.registry,
        )  # fmt: skip
        self.impossible_events = self._counter(
            "dialer_floor_impossible_events", "Events dropped as impossible.", "state", "event"
        )
        self.loop_lag = Histogram(
            "dialer_loop_lag_seconds", "How late the event loop wakes a timer.",
            buckets=_TURN, registry=self.registry,
        )  # fmt: skip
        self.store_failures = self._counter(
            "dialer_store_failures", "Writes that failed and are tried again.", "operation"
        )
        self.store_seconds = Histogram(
            "dialer_store_seconds", "Time of a store operation.", ["operation"],
            buckets=_STORE, registry=self.registry,
        )  # fmt: skip

        self.differences = Gauge(
            "dialer_reconcile_differences",
            "Open differences between records, the switch's ledger and the recordings on disk.",
            ["kind"], registry=self.registry,
        )  # fmt: skip
        self.show_differences({})

    def show_differences(self, by_kind: Mapping[str, int]) -> None:
        """Zero is shown, too: it is what should stand there."""
        for kind in DIFFERENCE_KINDS:
            self.differences.labels(kind).set(by_kind.get(kind, 0))

    # --- Observer --------------------------------------------------------------------------------

    def commands(self, _pool: str, commands: Sequence[Command]) -> None:
        """What a floor ordered in one turn."""
        for command in commands:
            self.observe(command)

    def observe(self, command: Command) -> None:
        """Count one order of a floor."""
        do = self._do.get(type(command))
        if do is not None:
            do(command)

    def originated(self, campaign: str, trunk: str) -> None:
        self.calls_originated.labels(campaign, trunk).inc()

    def blocked(self, campaign: str, rule: str) -> None:
        self.compliance_blocks.labels(campaign, rule).inc()

    def callback(self, campaign: str, result: str) -> None:
        """An agreed callback is over: "kept", "late" or "dropped"."""
        self.callbacks.labels(campaign, result).inc()

    def impossible(self, _pool: str, state: str, event: str) -> None:
        self.impossible_events.labels(state, event).inc()

    def turn(self, pool: str, events: int, seconds: float) -> None:
        self.floor_events.labels(pool).inc(events)
        self.turn_seconds.labels(pool).observe(seconds)

    def store_failed(self, what: str) -> None:
        self.store_failures.labels(what).inc()

    def store_took(self, what: str, seconds: float) -> None:
        self.store_seconds.labels(what).observe(seconds)

    # --- attempts --------------------------------------------------------------------------------

    def _placed(self, order: cmd.Place) -> None:
        self._open[order.attempt] = _Open(self._campaign(order.campaign))

    def _attempt_moved(self, moved: cmd.AttemptMoved) -> None:
        attempt = self._open.get(moved.attempt)
        if attempt is None:
            return
        # Who waits or talks is a person; machines are known when they are closed.
        if moved.phase in ("waiting", "talking"):
            self._count_answered(attempt, "human")
        if moved.phase == "talking":
            self._count_connected(attempt)

    def _close(self, record: cmd.CloseAttempt) -> None:
        attempt = self._open.pop(record.attempt, None) or _Open(self._campaign(record.campaign))
        campaign = attempt.campaign
        if record.answered_by is not None:
            self._count_answered(attempt, record.answered_by)
        if record.connected_at is not None:
            self._count_connected(attempt)
            self._remember(record.attempt, campaign)
        campaign.ended[record.outcome].inc()
        campaign.rate.ended(self._clock(), by_human=record.answered_by == "human")
        if record.outcome == "abandoned":
            campaign.abandoned.inc()
        if record.outcome == "failed":
            cause = record.hangup_cause
            known = str(cause) if 0 <= cause <= 127 else "other"  # Q.850 has seven bits
            self.failed.labels(record.campaign, known).inc()
        if record.outcome == "refused" and record.number_is is not None:
            self.declined.labels(record.trunk, _DECLINED.get(record.number_is, "declined")).inc()
        _observe_times(campaign, record)

    def _forget(self, order: cmd.ForgetAttempt) -> None:
        self._open.pop(order.attempt, None)

    def _note_wrapup(self, note: cmd.NoteWrapup) -> None:
        campaign = self._closed.pop(note.attempt, None)
        if campaign is not None:
            campaign.wrapup.observe(note.wrapup_seconds)

    def _count_answered(self, attempt: _Open, by: str) -> None:
        if attempt.answered:
            return
        attempt.answered = True
        attempt.campaign.by[by].inc()

    def _count_connected(self, attempt: _Open) -> None:
        if not attempt.connected:
            attempt.connected = True
            attempt.campaign.connected.inc()

    def _remember(self, attempt: str, campaign: _Campaign) -> None:
        self._closed[attempt] = campaign
        if len(self._closed) > _REMEMBERED:
            del self._closed[next(iter(self._closed))]

    def _campaign(self, name: str) -> _Campaign:
        found = self._campaigns.get(name)
        if found is None:
            found = self._campaigns[name] = _Campaign(self, name)
        return found

    # --- scrape ----------------------------------------------------------------------------------

    def page(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def know(self, view: FloorView) -> None:
        """Campaigns have their counters before their first call."""
        for campaign in view.campaigns:
            self._campaign(campaign.campaign)

    def connect_rates(self) -> dict[str, float]:
        """Human answers by attempts, of those that ended in the last 15 minutes, where any did."""
        now = self._clock()
        rates = {name: campaign.rate.rate(now) for name, campaign in self._campaigns.items()}
        return {name: rate for name, rate in rates.items() if rate is not None}

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, buckets: Sequence[float]) -> Histogram:
        return Histogram(name, words, ["campaign"], buckets=buckets, registry=self.registry)


def _observe_times(campaign: _Campaign, record: cmd.CloseAttempt) -> None:
    rang_from = record.placed_at if record.ringing_at is None else record.ringing_at
    rang_until = record.ended_at if record.answered_at is None else record.answered_at
    campaign.ring.observe(max(0.0, rang_until - rang_from))
    if record.connected_at is not None and record.answered_at is not None:
        campaign.answer_to_agent.observe(max(0.0, record.connected_at - record.answered_at))
    if record.talk_seconds is not None and record.connected_at is not None:
        campaign.talk.observe(record.talk_seconds)


class _Floors(Collector):
    """Gauges read off the floors when somebody scrapes."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return _families().values()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = _families()
        for view in self._metrics.views():
            _add_agents(found["dialer_agents"], view)
            _add_campaigns(found, view)
            self._metrics.know(view)
        for (campaign, window), (abandoned, answered) in self._metrics.windows.items():
            share = ABANDON_RATE[window].figure.value(abandoned, answered)
            if share is not None:
                found["dialer_abandon_rate"].add_metric([campaign, window], share)
        for campaign, limit in self._metrics.limits.items():
            found["dialer_abandon_limit"].add_metric([campaign], limit)
        for campaign, rate in self._metrics.connect_rates().items():
            found["dialer_connect_rate"].add_metric([campaign], rate)
        for pool, depth in self._metrics.inboxes().items():
            found["dialer_floor_inbox_depth"].add_metric([pool], depth)
        for consumer, count in self._metrics.behind.items():
            found["dialer_journal_behind"].add_metric([consumer], count)
        count, since = self._metrics.mail
        found["dialer_mail_waiting"].add_metric([], count)
        waited = 0.0 if since is None else max(0.0, time.time() - since)
        found["dialer_mail_oldest_seconds"].add_metric([], waited)
        yield from found.values()


class _Links(Collector):
    """The links to the nodes, as they count themselves."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable[CounterMetricFamily]:
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        up = GaugeMetricFamily(
            "dialer_ami_connected", "1 while the manager link of a node is up.", labels=["node"]
        )
        reconnects = CounterMetricFamily(
            "dialer_ami_reconnects", "Manager links that had to be built anew.", labels=["node"]
        )
        events = CounterMetricFamily("dialer_ami_events", "Manager events read.", labels=["node"])
        agi = CounterMetricFamily(
            "dialer_agi_requests", "FastAGI sessions, by how they went.", labels=["state"]
        )
        ahead = GaugeMetricFamily(
            "dialer_clock_ahead_seconds",
            "How far the clock of a node's Asterisk is ahead of ours.",
            labels=["node"],
        )
        for link in self._metrics.links():
            if link.clock_ahead_s is not None:
                ahead.add_metric([link.node], link.clock_ahead_s)
            up.add_metric([link.node], link.is_up)
            reconnects.add_metric([link.node], link.reconnects)
            events.add_metric([link.node], link.events)
            for state, count in link.agi.items():
                agi.add_metric([state], count)
        yield from (up, reconnects, events, agi, ahead)


_GAUGES = {
    "dialer_agents": ("Reps by state.", ["pool", "state"]),
    "dialer_calls_in_progress": ("Attempts that are not over.", ["campaign", "phase"]),
    "dialer_leads": ("Leads by state.", ["campaign", "state"]),
    "dialer_connect_rate": (
        "People who answered per attempt ended, last 15 minutes, 0 to 1.",
        ["campaign"],
    ),
    "dialer_abandon_rate": ("Abandoned per person who answered, 0 to 1.", ["campaign", "window"]),
    "dialer_abandon_limit": ("The most that dialer_abandon_rate may be, 0 to 1.", ["campaign"]),
    "dialer_floor_inbox_depth": ("Events that wait for a floor.", ["pool"]),
    "dialer_journal_behind": ("Records of the journal that a consumer has to come.", ["consumer"]),
    "dialer_mail_waiting": ("Mails that wait to be sent.", []),
    "dialer_mail_oldest_seconds": ("How long the oldest of them has waited.", []),
}


def _families() -> dict[str, GaugeMetricFamily]:
    return {
        name: GaugeMetricFamily(name, words, labels=labels)
        for name, (words, labels) in _GAUGES.items()
    }


def _add_agents(family: GaugeMetricFamily, view: FloorView) -> None:
    counts: dict[str, int] = dict.fromkeys(PACED_STATES, 0)
    for agent in view.agents:
        counts[agent.state] = counts.get(agent.state, 0) + 1
    for state, count in counts.items():
        family.add_metric([view.pool, state], count)


def _add_campaigns(found: dict[str, GaugeMetricFamily], view: FloorView) -> None:
    for campaign in view.campaigns:
        phases = {**dict.fromkeys(PHASES, 0), **campaign.in_progress}
        for phase, count in phases.items():
            found["dialer_calls_in_progress"].add_metric([campaign.campaign, phase], count)
        for state, count in campaign.leads.items():
            found["dialer_leads"].add_metric([campaign.campaign, state], count)
