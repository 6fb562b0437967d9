"""What alerts look at, measured on the live floors once a second."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from dialer.engine.breaker import Breaker
from dialer.engine.engine import Engine
from dialer.engine.seen import campaigns_seen
from dialer.features.alerts.saying import in_english
from dialer.features.alerts.watchkeeper import Measured
from dialer.features.operations.public import FAILING_S, TrunkFigures, TrunkNumbers
from dialer.floor import AgentState, Floor
from dialer.floor.commands import CloseAttempt, Command
from dialer.ports.control import CampaignView
from dialer.ports.observer import NoObserver
from dialer.settings import Settings
from dialer.settings.clock_notes import in_words
from dialer.words import CampaignState
from figures.windows import ABANDON_RATE

#: Fewer people who answered say little about a rate.
LEAST_ANSWERS = 30
LEAST_CALLS = 20
#: Of fewer calls in a minute one refusal says too much.
LEAST_ENDED = 10
SPEED_S, FAILURES_S = 900.0, 300.0
_RUNNING = CampaignState.RUNNING.value

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
        differences: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._differences = differences
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
        found += [*self._switch(now), *self._clocks(), self._reconciled()]
        self._placed.clear()
        return found

    def _abandoned(self) -> Iterator[Measured]:
        campaigns = self._settings().campaign
        for (name, kind), (abandoned, answered) in self._windows().items():
            campaign = campaigns.get(name)
            if campaign is None or answered < LEAST_ANSWERS or campaign.max_abandon_rate <= 0:
                continue
            rate = ABANDON_RATE[kind].figure.value(abandoned, answered)
            if rate is None:
                continue
            words = f"{name}: {100 * rate:.2f} % abandoned ({kind}), "
            words += f"limit {100 * campaign.max_abandon_rate:g} %"
            share = rate / campaign.max_abandon_rate
            subject = f"campaign/{name}/{kind}"
            facts = {"campaign": name, "rate": rate, "window": kind}
            facts["limit"] = campaign.max_abandon_rate
            yield Measured("abandon_share", subject, share, words, campaign.pool, facts)

    def _trunks(self) -> Iterator[Measured]:
        in_use = self._engine.trunks.in_use()
        for trunk in self._settings().trunk:
            if trunk.max_lines:
                used = in_use.get(trunk.name, 0)
                words = f"{trunk.name}: {used} of {trunk.max_lines} lines in use"
                subject = f"trunk/{trunk.name}"
                facts = {"trunk": trunk.name, "used": used, "lines": trunk.max_lines}
                yield Measured("trunk_use", subject, used / trunk.max_lines, words, facts=facts)

    def _breakers(self, now: float) -> Iterator[Measured]:
        book = self._engine.trunks
        for name, breaker in book.breakers().items():
            subject, lately = f"trunk/{name}", self._trunk_figures.numbers(name, FAILING_S)
            down = 0.0 if breaker.is_well else now - breaker.since
            words = f"{name}: takes no calls for {down:.0f} s{_why_out(breaker, lately)}"
            facts = {
                "trunk": name,
                "seconds": down,
                "silent": breaker.reachable is False,
                "causes": list(lately.causes)[:3],
            }
            yield Measured("trunk_down", subject, down, words, facts=facts)
            if breaker.is_well and lately.ended >= LEAST_ENDED:
                share = lately.refused / lately.ended
                words = f"{name}: refused {lately.refused} of {lately.ended} calls in a minute"
                words += _causes(lately)
                causes = list(lately.causes)[:3]
                facts = {"trunk": name, "refused": lately.refused, "ended": lately.ended}
                facts |= {"causes": causes}
                yield Measured("trunk_failing", subject, share, words, facts=facts)
        down = 0.0 if book.switch.is_well else now - book.switch.since
        words = f"{self._node}: Asterisk cannot make calls for {down:.0f} s: look at its media "
        words += "ports, its limit of open files and its log"
        facts = {"node": self._node, "seconds": down}
        yield Measured("switch_failing", f"node/{self._node}", down, words, facts=facts)

    def _recordings(self, now: float) -> Iterator[Measured]:
        self._failed.append((now, self._failures()))
        while self._failed[0][0] < now - FAILURES_S:
            self._failed.popleft()
        lost = self._failed[-1][1] - self._failed[0][1]
        words = f"{lost:g} recordings lost in 5 minutes: look at the disk and the log"
        yield Measured("recording_failures", "recordings", lost, words, facts={"count": lost})

    def _speed(self, pool: str, now: float) -> Iterator[Measured]:
        speeds = self._speeds.get(pool, deque())
        while speeds and speeds[0][0] < now - SPEED_S:
            speeds.popleft()
        if len(speeds) >= LEAST_CALLS:
            took = sorted(took for _, took in speeds)
            p95 = took[math.ceil(0.95 * len(took)) - 1]
            words = f"{pool}: 95 of 100 callees waited up to {p95:.1f} s for a rep"
            facts = {"pool": pool, "seconds": p95}
            yield Measured("answer_to_agent_p95", f"pool/{pool}", p95, words, pool, facts)

    def _reps(self, pool: str, floor: Floor, now: float) -> Iterator[Measured]:
        for metric, state in (("paused", AgentState.PAUSED), ("ready", AgentState.READY)):
            those = [agent for agent in floor.agents.values() if agent.state is state]
            if those:
                longest = min(those, key=lambda agent: agent.since)
                seconds = max(0.0, now - longest.since)
                reason = f" ({longest.reason})" if longest.reason else ""
                words = f"{longest.agent} is {metric}{reason} for {seconds / 60:.0f} min"
                facts = {"rep": longest.agent, "reason": longest.reason, "seconds": seconds}
                yield Measured(metric, f"pool/{pool}", seconds, words, pool, facts)

    def _dialing(self, pool: str, floor: Floor, now: float) -> Iterator[Measured]:
        running, leads = self._running(pool), self._leads()
        counted = {name: _left(leads[name]) for name in running if name in leads}
        for name, count in counted.items():
            words = f"{name} runs and has nobody to call"
            subject, facts = f"campaign/{name}", {"campaign": name}
            yield Measured("no_leads", subject, float(count == 0), words, pool, facts)
        views = campaigns_seen(self._engine, pool, dict.fromkeys(running, _RUNNING), leads)
        works = any(agent.state is AgentState.READY for agent in floor.agents.values())
        yield from _asleep(views, pool, works)
        could = works and any(map(_can_call, views)) and self._is_paced(running)
        # A call that still rings is for somebody; it ends within the ring timeout.
        if not could or floor.unsettled or self._placed & set(running):
            self._idle_since.pop(pool, None)
            return
        seconds = now - self._idle_since.setdefault(pool, now)
        why = _why(floor, views)
        words = f"{pool}: reps are ready, leads are there, nothing is dialed: {why}".rstrip(": ")
        held, pacing = [_held(it) for it in views if it.waits], dict(_pacing(floor))
        told: dict[str, Any] = {"pool": pool, "held": held, "pacing": pacing}
        yield Measured("not_dialing", f"pool/{pool}", seconds, words, pool, told)

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
        facts = {"node": self._node, "seconds": down}
        yield Measured("ami_down", f"node/{self._node}", down, words, facts=facts)

    def _reconciled(self) -> Measured:
        count = sum(self._differences().values())
        words = f"records differ from the switch or the disk in {count} places: "
        words += "'dialer reconcile' tells each"
        return Measured("differences", "reconcile", float(count), words, facts={"count": count})

    def _clocks(self) -> Iterator[Measured]:
        ahead_s = self._engine.switch.ahead_s
        if ahead_s is not None:
            words = (
                f"{self._node}: Asterisk's clock is {ahead_s:+.1f} s from ours: synchronise both"
            )
            facts = {"kind": "asterisk", "node": self._node, "seconds": ahead_s}
            yield Measured("clock_off", f"node/{self._node}", abs(ahead_s), words, facts=facts)
        last = {jump.kind: jump for jump in self._engine.timekeeper.recent()}
        for kind, jump in last.items():
            words = in_words(kind, jump.seconds)
            facts = {"kind": kind, "node": self._node, "seconds": jump.seconds}
            yield Measured("clock_off", f"clock/{kind}", abs(jump.seconds), words, facts=facts)


def _asleep(views: Sequence[CampaignView], pool: str, works: bool) -> Iterator[Measured]:
    """Campaigns all of whose leads wait while a rep does."""
    for view in views:
        sleeps = works and any(it.reason == "asleep" for it in view.waits)
        words = f"{view.campaign}: {in_english(view)}"
        subject = f"campaign/{view.campaign}"
        yield Measured("no_dialable_leads", subject, float(sleeps), words, pool, _held(view))


def _can_call(view: CampaignView) -> bool:
    """Not looked yet: by its counts."""
    return bool(_left(view.leads)) if view.outlook is None else view.outlook.now > 0


def _why(floor: Floor, views: Sequence[CampaignView]) -> str:
    """What holds the campaigns back, or the pacer's last reason, in words."""
    held = {it.reason for view in views for it in view.waits} - {"pacing"}
    if held:
        return "; ".join(f"{view.campaign}: {in_english(view)}" for view in views if view.waits)
    return _pacing(floor).get("en", "")


def _pacing(floor: Floor) -> Mapping[str, str]:
    """The pacer's last reason, by language."""
    said = floor.pacer.explain().get("why", "")
    return said if isinstance(said, Mapping) else {"en": str(said), "zh": str(said)}


def _held(view: CampaignView) -> dict[str, Any]:
    asleep = [] if view.outlook is None else view.outlook.asleep
    return {
        "campaign": view.campaign,
        "waits": [to_builtins(it) for it in view.waits],
        "asleep": [to_builtins(it) for it in asleep],
        "until": None if view.outlook is None else view.outlook.next_at,
    }


def _why_out(breaker: Breaker, lately: TrunkNumbers) -> str:
    if breaker.reachable is False:
        return ": it does not answer OPTIONS, or our registration is lost"
    return _causes(lately)


def _causes(lately: TrunkNumbers) -> str:
    """The commonest ends of late, as Q.850 causes."""
    return f" (Q.850 {', '.join(map(str, list(lately.causes)[:3]))})" if lately.causes else ""


def _left(states: Mapping[str, int]) -> int:
    return states.get("new", 0) + states.get("retry", 0)
