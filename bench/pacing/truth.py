"""The yardstick: the engine's own rule and ledger, with the true laws of the room told to it."""

from __future__ import annotations

import random

import numpy as np

from bench.pacing.room import Group, Room, Scenario, lognormal
from pacing.book import TALK, TALK_HINT, WRAP, Agents, Floats, Ints
from pacing.outlook import Outlook
from pacing.patience import Patience
from pacing.predictive import PredictivePacer
from pacing.ring import BINS, Forecast, RingLaw
from pacing.service import CELLS, EDGES, ServiceLaw
from pacing.settings import PacingSettings

DRAWS = 100_000


class TrueRing(RingLaw):
    """Ring hazards computed from the scenario's own laws, at the time asked."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.now = 0.0
        self.names: list[str] = []  # of the groups, by index; the pacer's own list
        super().__init__(scenario.ring_timeout)
        self.delays = [self._delay_share(g) for g in scenario.groups]
        self.levels[0].rel_var = 0.0

    def _delay_share(self, group: Group) -> Floats:
        """Share of answers by bin of the delay."""
        rng = random.Random("delay")
        s = self.scenario
        found: list[float] = []
        while len(found) < DRAWS:
            if s.ring_exp_s:
                found.append(rng.expovariate(1 / s.ring_exp_s))
                continue
            delay = lognormal(rng, group.ring_mean_s, group.ring_sigma)
            if rng.uniform(0.5, 1.5) < delay < s.ring_timeout:
                found.append(delay + group.detection_s)
        return np.bincount(self.bins(np.array(found)), minlength=BINS)[:BINS] / DRAWS

    def _truth(self, group: Group, delays: Floats) -> Forecast:
        p, machine = group.human(self.now), group.machine
        others = np.zeros(BINS)
        if self.scenario.ring_exp_s:
            others += (1 - p) * delays
        else:
            low, high = int(1 / self.width), int(3 / self.width)
            others[low:high] += group.failed / (high - low)
            others += (1 - group.failed) * machine / (1 - group.failed) * delays
            others[50] += 1 - group.failed - p - machine
        human = p * delays
        left = 1.0 - np.concatenate([[0.0], np.cumsum(human + others)[:-1]])
        left = np.maximum(left, 1e-12)
        hazard = np.clip(human / left, 0, 1)
        return Forecast(hazard, np.clip(others / left, 0, 1 - hazard))

    def refresh(self, ages: Floats, groups: Ints) -> list[int]:
        if not hasattr(self, "delays"):
            return super().refresh(ages, groups)
        truths = [self._truth(g, d) for g, d in zip(self.scenario.groups, self.delays, strict=True)]
        weights = np.array([g.weight for g in self.scenario.groups])
        best = truths[int(np.argmax(weights))]
        self.forecasts[0] = best
        by_name = {g.name: t for g, t in zip(self.scenario.groups, truths, strict=True)}
        for index, name in enumerate(self.names):
            self.forecasts[index + 1] = by_name[name]
        return list(range(len(self.names)))


class TrueService(ServiceLaw):
    """Time-to-free from the scenario's own laws; each rep's own pace is known."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        rng = random.Random("service")
        samples = {
            TALK: np.array([scenario.talk(rng, 0.0) for _ in range(DRAWS)]),
            WRAP: np.array([scenario.wrap(rng) for _ in range(DRAWS)]),
        }
        self.signals = scenario.hints
        if scenario.hints:
            # Of the talks so many are signalled 3 to 15 s before their end.
            ahead = np.array([rng.uniform(3, 15) for _ in range(DRAWS)])
            told = np.array([rng.random() < scenario.hints for _ in range(DRAWS)])
            samples[TALK_HINT] = np.minimum(ahead, samples[TALK])[told]
            samples[TALK] = samples[TALK] - np.where(told, np.minimum(ahead, samples[TALK]), 0.0)
        for stage, sample in samples.items():
            alive = 1.0 - np.searchsorted(np.sort(sample), EDGES) / (sample.size + 1)
            law = self.laws[stage]
            law.cumulative = -np.log(np.maximum(alive, 1e-9))
            law.cumulative += np.arange(CELLS + 1) * 1e-6
            law.hint_share = np.full(CELLS, self.signals if stage == TALK else 0.0)
            law.mean_hazard = 1.0 / float(sample.mean())
        self.no_wrap = [float((samples[WRAP] <= 0).mean()), 1.0]
        self.away = [0.0, 1.0]
        self.room: Room | None = None

    def on_exit(self, agents: Agents, slot: int, at: float, stage: int) -> None:
        pass

    def on_login(self, agents: Agents, slot: int) -> None:
        if self.room is not None:
            agents.pace[:, slot] = 1.0 / self.room.pace[agents.names[slot]]

    def refresh(self, agents: Agents, now: float) -> None:
        pass

    def stale(self, now: float) -> bool:
        return False


class TruePatience(Patience):
    true_rate = 0.0

    @property
    def rate(self) -> float:
        return self.true_rate


class TrueOutlook(Outlook):
    """An outlook whose laws are told the time before they are asked."""

    def refresh(self, now: float) -> None:
        self.ring_law.now = now  # type: ignore[attr-defined]
        self.ring_law.levels[0].rel_var = 0.0
        super().refresh(now)


class Yardstick(PredictivePacer):
    """The predictive engine with nothing to learn but the threshold's trim."""

    def __init__(self, settings: PacingSettings, scenario: Scenario) -> None:
        super().__init__(settings)
        ring, service = TrueRing(scenario), TrueService(scenario)
        self.outlook = TrueOutlook(settings, self.ringing_calls, self.agents, ring, service)
        self.outlook.patience = TruePatience(settings.connect_within)
        self.outlook.patience.true_rate = 1.0 / scenario.patience_s if scenario.patience_s else 1e-9
        ring.names = self.group_names
        ring.levels[0].refresh = lambda *_: None  # type: ignore[method-assign]

    def attach(self, room: Room) -> None:
        self.outlook.service_law.room = room  # type: ignore[attr-defined]
