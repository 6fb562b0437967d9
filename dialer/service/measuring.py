"""What alerts look at, measured on the live floors once a second."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from dialer.engine.breaker import Breaker
from dialer.engine.engine import Engine
from dialer.floor import AgentState, Floor
from dialer.floor.commands import CloseAttempt, Command
from dialer.ports.observer import NoObserver
from dialer.ports.store import CampaignState
from dialer.service.trunk_figures import FAILING_S, TrunkFigures, TrunkNumbers
from dialer.service.watchkeeper import Measured
from dialer.settings import Settings
from dialer.settings.clock_notes import in_words

#: Fewer people who answered say little about a rate.
LEAST_ANSWERS = 30
LEAST_CALLS = 20
#: Of fewer calls in a minute one refusal says too much.
LEAST_ENDED = 10
SPEED_S, FAILURES_S = 900.0, 300.0

Windows = Mapping[tuple[str, str], tuple[int, int]]
Leads = Mapping[str, Mapping[str, int]]


class Measuring(NoObserver):
    """An observer of the engine; `measure` reads the rest."""

    def __init__(
        self,
        engine: Engine,
        settings: Callable[[], Settings],
        *,
        windows: Callable[[], Windows],
        leads: Callable[[], Leads],
        failures: Callable[[], float],
        node: str,
        trunks: TrunkFigures,
    ) -> None:
        self._trunk_figures = trunks
        self._engine, self._settings, self._node = engine, settings, node
        self._windows, self._leads, self._failures = windows, leads, failures
        self._speeds: dict[str, deque[tuple[float, float]]] = {}
        self._failed: deque[tuple[float, float]] = deque()
        self._idle_since: dict[str, float] = {}
        self._placed: set[str] = set()
        self._down_since: float | None = None

    # --- Observer ---------------------------------------------------------------------------------

    def originated(self, campaign: str, trunk: str) -> None:
        self._placed.add(campaign)

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, CloseAttempt) and command.connected_at is not None:
                took = command.connected_at - (command.answered_at or command.connected_at)
                speeds = self._speeds.setdefault(pool, deque(maxlen=5000))
                speeds.append((self._engine.clock.steady(), took))

    # --- measuring --------------------------------------------------------------------------------

    def measure(self, now: float) -> list[Measured]:
        found = [*self._abandoned(), *self._trunks(), *self._breakers(now)]
        found += self._recordings(now)
        for pool, runner in self._engine.runners.items():
            found += self._speed(pool, now)
            found += self._reps(pool, runner.floor, now)
            found += self._dialing(pool, runner.floor, now)
        found += [*self._switch(now), *self._clocks()]
        self._placed.clear()
        return found

    def _abandoned(self) -> Iterator[Measured]:
        campaigns = self._settings().campaign
        for (name, kind), (abandoned, answered) in self._windows().items():
            campaign = campaigns.get(name)
            if campaign is None or answered < LEAST_ANSWERS or campaign.max_abandon_rate <= 0:
                continue
            rate = abandoned / answered
            words = f"{name}: {100 * rate:.2f} % abandoned ({kind}), "
            words += f"limit {100 * campaign.max_abandon_rate:g} %"
            share = rate / campaign.max_abandon_rate
            subject = f"campaign/{name}/{kind}"
            yield Measured("abandon_share", subject, share, words, campaign.pool)

    def _trunks(self) -> Iterator[Measured]:
        in_use = self._engine.trunks.in_use()
        for trunk in self._settings().trunk:
            if trunk.max_lines:
                used = in_use.get(trunk.name, 0)
                words = f"{trunk.name}: {used} of {trunk.max_lines} lines in use"
                subject = f"trunk/{trunk.name}"
                yield Measured("trunk_use", subject, used / trunk.max_lines, words)

    def _breakers(self, now: float) -> Iterator[Measured]:
        book = self._engine.trunks
        for name, breaker in book.breakers().items():
            subject, lately = f"trunk/{name}", self._trunk_figures.numbers(name, FAILING_S)
            down = 0.0 if breaker.is_well else now - breaker.since
            words = f"{name}: takes no calls for {down:.0f} s{_why_out(breaker, lately)}"
            yield Measured("trunk_down", subject, down, words)
            if breaker.is_well and lately.ended >= LEAST_ENDED:
                share = lately.refused / lately.ended
                words = f"{name}: refused {lately.refused} of {lately.ended} calls in a minute"
                words += _causes(lately)
                yield Measured("trunk_failing", subject, share, words)
        down = 0.0 if book.switch.is_well else now - book.switch.since
        words = f"{self._node}: Asterisk cannot make calls for {down:.0f} s: look at its media "
        words += "ports, its limit of open files and its log"
        yield Measured("switch_failing", f"node/{self._node}", down, words)

    def _recordings(self, now: float) -> Iterator[Measured]:
        self._failed.append((now, self._failures()))
        while self._failed[0][0] < now - FAILURES_S:
            self._failed.popleft()
        lost = self._failed[-1][1] - self._failed[0][1]
        words = f"{lost:g} recordings lost in 5 minutes: look at the disk and the log"
        yield Measured("recording_failures", "recordings", lost, words)

    def _speed(self, pool: str, now: float) -> Iterator[Measured]:
        speeds = self._speeds.get(pool, deque())
        while speeds and speeds[0][0] < now - SPEED_S:
            speeds.popleft()
        if len(speeds) >= LEAST_CALLS:
            took = sorted(took for _, took in speeds)
            p95 = took[math.ceil(0.95 * len(took)) - 1]
            words = f"{pool}: 95 of 100 callees waited up to {p95:.1f} s for a rep"
            yield Measured("answer_to_agent_p95", f"pool/{pool}", p95, words, pool)

    def _reps(self, pool: str, floor: Floor, now: float) -> Iterator[Measured]:
        for metric, state in (("paused", AgentState.PAUSED), ("ready", AgentState.READY)):
            those = [agent for agent in floor.agents.values() if agent.state is state]
            if those:
                longest = min(those, key=lambda agent: agent.since)
                seconds = max(0.0, now - longest.since)
                reason = f" ({longest.reason})" if longest.reason else ""
                words = f"{longest.agent} is {metric}{reason} for {seconds / 60:.0f} min"
                yield Measured(metric, f"pool/{pool}", seconds, words, pool)

    def _dialing(self, pool: str, floor: Floor, now: float) -> Iterator[Measured]:
        running, leads = self._running(pool), self._leads()
        counted = {name: _dialable(leads[name]) for name in running if name in leads}
        for name, count in counted.items():
            words = f"{name} runs and has nobody to call"
            yield Measured("no_leads", f"campaign/{name}", float(count == 0), words, pool)
        works = any(agent.state is AgentState.READY for agent in floor.agents.values())
        could = works and any(counted.values()) and self._is_paced(running)
        # A call that still rings is for somebody; it ends within the ring timeout.
        if not could or floor.unsettled or self._placed & set(running):
            self._idle_since.pop(pool, None)
            return
        seconds = now - self._idle_since.setdefault(pool, now)
        why = _why(floor)
        words = f"{pool}: reps are ready, leads are there, nothing is dialed: {why}".rstrip(": ")
        yield Measured("not_dialing", f"pool/{pool}", seconds, words, pool)

    def _running(self, pool: str) -> list[str]:
        states = self._engine.campaign_states
        return [
            name
            for name in self._settings().campaigns_of(pool)
            if states.get(name) == CampaignState.RUNNING.value
        ]

    def _is_paced(self, running: Sequence[str]) -> bool:
        return any(self._settings().campaign[name].mode == "auto" for name in running)

    def _switch(self, now: float) -> Iterator[Measured]:
        if any(runner.floor.switch_up for runner in self._engine.runners.values()):
            self._down_since = None
            down = 0.0
        else:
            self._down_since = now if self._down_since is None else self._down_since
            down = now - self._down_since
        words = f"{self._node}: no link to Asterisk for {down:.0f} s: is it running?"
        yield Measured("ami_down", f"node/{self._node}", down, words)

    def _clocks(self) -> Iterator[Measured]:
        ahead_s = self._engine.switch.ahead_s
        if ahead_s is not None:
            words = (
                f"{self._node}: Asterisk's clock is {ahead_s:+.1f} s from ours: synchronise both"
            )
            yield Measured("clock_off", f"node/{self._node}", abs(ahead_s), words)
        last = {jump.kind: jump for jump in self._engine.timekeeper.recent()}
        for kind, jump in last.items():
            words = in_words(kind, jump.seconds)
            yield Measured("clock_off", f"clock/{kind}", abs(jump.seconds), words)


def _why(floor: Floor) -> str:
    """The pacer's last reason, in words."""
    said = floor.pacer.explain().get("why", "")
    words = said.get("en", "") if isinstance(said, Mapping) else str(said)
    return f"{floor.not_now}; {words}" if floor.not_now else words


def _why_out(breaker: Breaker, lately: TrunkNumbers) -> str:
    if breaker.reachable is False:
        return ": it does not answer OPTIONS, or our registration is lost"
    return _causes(lately)


def _causes(lately: TrunkNumbers) -> str:
    """The commonest ends of late, as Q.850 causes."""
    return f" (Q.850 {', '.join(map(str, list(lately.causes)[:3]))})" if lately.causes else ""


def _dialable(states: Mapping[str, int]) -> int:
    return states.get("new", 0) + states.get("retry", 0)
