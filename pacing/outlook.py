"""What is to be expected: the learned laws, and from them the distribution of reps less answers.

Tables by ring age and by a rep's stage and elapsed time are built when there is something new to
learn from; a forecast for one moment is then a look-up for every call and every rep.
"""

from __future__ import annotations

import math

import numpy as np

from pacing.book import TALK, WRAP, Agents, AnyFloats, Floats, Ints, Ringing
from pacing.patience import Patience
from pacing.ring import BINS, HORIZONS, RingLaw
from pacing.service import STEP_S, ServiceLaw, rows_of
from pacing.settings import PacingSettings
from pacing.shortage import EXACT_ANSWERS, EXACT_REPS, Approximate, Exact, Shortage

REFRESH_S = 1.0  # the laws are learned anew at most so often
ANSWERS_SPAN_S = 1800.0  # over so long it is told how many answers there are
MANY_CALLS = 150  # for which it is worth its while to find those that are alike
LAGS = 60  # ring bins ahead in which an answer may already have freed its rep again
MIX_MEMORY = 0.98
MOVED_S = 0.3  # horizons are kept until a quantile of the answer delay has moved by so much
HALFWAY = 3  # the horizon that explanations tell


class Outlook:
    """The forecasts of one floor, whose calls and reps are `calls` and `agents`."""

    def __init__(
        self,
        settings: PacingSettings,
        calls: Ringing,
        agents: Agents,
        ring: RingLaw | None = None,
        service: ServiceLaw | None = None,
    ) -> None:
        """`ring` and `service` replace the learned laws (benchmarks tell the true ones)."""
        self.settings, self.calls, self.agents = settings, calls, agents
        self.ring_law = ring or RingLaw(settings.ring_timeout)
        self.service_law = service or ServiceLaw()
        self.patience = Patience(settings.connect_within)
        self.mix: list[float] = []  # calls of late by group, with forgetting
        self.horizons: Floats = np.zeros(HORIZONS)
        self._answers, self._answers_at = 0.0, math.nan  # of late, with forgetting
        self._began_at = math.nan
        self.earning = 0.005  # answered calls per rep and second if paced one to one
        self.expected_free = self.expected_answers = 0.0
        self.refreshed_at = -math.inf
        self._learned_since = True
        self._new_group = False
        self._tables: list[Floats] = []  # by group: see RingLaw.table
        self._pool_table: Floats = np.zeros((BINS, HORIZONS))
        self._free_again: Floats = np.zeros((LAGS, HORIZONS))

    # Learning -----------------------------------------------------------------------------

    def on_group(self, index: int, saved: dict[str, list[float]] | None) -> None:
        self.ring_law.add_group(index)
        self.mix[index : index + 1] = [0.0]
        if saved is not None:
            self.ring_law.load(index + 1, saved)
        if index < len(self._tables):
            self._tables[index] = self._pool_table
        self._new_group = True

    def on_placed(self, group: int) -> None:
        self.mix = [x * MIX_MEMORY for x in self.mix]
        self.mix[group] += 1.0

    def _kept(self, at: float) -> float:
        if math.isnan(self._answers_at):
            self._answers_at = self._began_at = at
        return math.exp((self._answers_at - at) / ANSWERS_SPAN_S)

    def answers_per_s(self, now: float) -> float:
        """How many people answered of late, a second; nothing until the first has."""
        if math.isnan(self._answers_at):
            return 0.0
        seen = 1.0 - math.exp((self._began_at - now - 60.0) / ANSWERS_SPAN_S)
        return self._answers * self._kept(now) / (ANSWERS_SPAN_S * seen)

    def on_stage_over(self, slot: int, at: float, stage: int) -> None:
        self.service_law.on_exit(self.agents, slot, at, stage)
        self._learned_since = True

    def on_call_over(self, group: int, age: float, outcome: str, at: float) -> None:
        self.ring_law.on_over(group, age, outcome, at)
        if outcome == "human":
            self._answers = self._answers * self._kept(at) + 1.0
            self._answers_at = at
        self._learned_since = True

    def refresh(self, now: float) -> None:
        """Learn from what came since the last time, and build the tables for deciding."""
        first = self.refreshed_at == -math.inf
        waits = not self._learned_since or now < self.refreshed_at + REFRESH_S
        if waits and not first and not self._new_group:
            return
        self._new_group = False
        n = len(self.calls)
        ages = now - self.calls.placed[:n]
        changed = self.ring_law.refresh(ages, self.calls.group[:n])
        quantiles = self.ring_law.delay_quantiles()
        moved = first or float(np.abs(quantiles - self.horizons).max()) > MOVED_S
        if moved:
            self.horizons = quantiles
        if moved or self.service_law.stale(now):
            self._refresh_service(now)
            changed = list(range(len(self.mix)))
        self._build_tables(changed)
        self.earning = self._earning_per_rep()
        self.refreshed_at = now
        self._learned_since = self.ring_law.stale

    def _build_tables(self, changed: list[int]) -> None:
        groups = len(self.mix)
        if not groups or len(self._tables) < groups:
            # A new group is known as all are, until it is its turn.
            pool = self._pool_table = self.ring_law.table(-1, self.horizons, self._free_again)
            self._tables = self._tables[:groups] + [pool] * max(1, groups - len(self._tables))
        for group in changed:
            self._tables[group] = self.ring_law.table(group, self.horizons, self._free_again)
        self._answered = np.concatenate(self._tables)
        q = self._answered
        spread = q * (1.0 - q)
        self._moments = np.concatenate([q, spread, spread * (1.0 - 2.0 * q)], axis=1)

    def _refresh_service(self, now: float) -> None:
        self.service_law.refresh(self.agents, now)
        spans = self.horizons + self.patience.waits()
        self._log_busy, talk_free = self.service_law.tables(spans)
        lag = (np.arange(LAGS) + 0.5) * self.ring_law.width
        since = spans[None, :] - lag[:, None]
        again = np.interp(since.ravel(), np.arange(talk_free.size) * STEP_S, talk_free)
        self._free_again = np.where(since > 0.0, again.reshape(since.shape), 0.0)

    def _earning_per_rep(self) -> float:
        """Answered calls per rep and second if paced one to one (below what really comes)."""
        rate = max(self.ring_law.answer_rate(), 0.01)
        laws = self.service_law.laws
        service = 1.0 / laws[TALK].mean_hazard + 1.0 / laws[WRAP].mean_hazard
        return 1.0 / (service + self.settings.ring_timeout / rate)

    # Forecasting --------------------------------------------------------------------------

    def forecast(self, now: float, net: int, without: Ints | None = None) -> Shortage:
        """The distribution of X at the horizons as of `now`; net: ready reps less waiting callees.

        `without`: indices of calls that are thought away.
        """
        self.refresh(now)
        n = len(self.calls)
        bins = self.ring_law.bins(now - self.calls.placed[:n]) + BINS * self.calls.group[:n]
        if without is not None:
            bins = np.delete(bins, without)
        rows, pace = rows_of(self.agents, now)
        free = -np.expm1(pace[:, None] * self._log_busy[rows])
        rel_var = self.ring_law.levels[0].rel_var
        mean_free, load, found = self._exact(net, free, bins, rel_var)
        if found is None:
            mean_free, moments = self._moments_of(net, free, bins)
            load = net + mean_free - moments[0]
            found = Approximate(moments, self._new_call(), load, rel_var)
        if without is None:
            self.expected_free = float(mean_free[HALFWAY])
            self.expected_answers = float(load[HALFWAY])
        return found

    def _exact(
        self, net: int, free: Floats, bins: Ints, rel_var: float
    ) -> tuple[Floats, Floats, Shortage | None]:
        """(expected reps who come free, expected answers, X exactly), where reps are few."""
        if self.agents.at_work > EXACT_REPS:
            return free, free, None
        alike: Ints | None = None
        if bins.size > MANY_CALLS:
            # Those of one group that rang equally long are alike.
            bins, alike = np.unique(bins, return_counts=True)
        answered = self._answered[bins]
        load = answered.sum(axis=0) if alike is None else alike @ answered
        if load.max(initial=0.0) > EXACT_ANSWERS:
            return free, load, None
        new = self._new_call()
        return free.sum(axis=0), load, Exact(net, free, answered, new, rel_var, alike=alike)

    def _moments_of(
        self, net: int, free: AnyFloats, bins: Ints
    ) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
        """(expected reps who come free; mean, variance and third central moment of X)."""
        calls = np.bincount(bins, minlength=self._answered.shape[0]) @ self._moments
        squares = free * free
        first, second = np.add.reduce(free), np.add.reduce(squares)
        third = np.add.reduce(squares * free)
        # Of a Bernoulli variable: f - f^2, and f - 3 f^2 + 2 f^3.
        mean = net + first - calls[:HORIZONS]
        var = first - second + calls[HORIZONS : 2 * HORIZONS]
        skew = first - 3.0 * second + 2.0 * third - calls[2 * HORIZONS :]
        return first, (mean, var, skew)

    def _new_call(self) -> Floats:
        """Chances of one new call at the horizons, groups mixed as they were lately."""
        total = sum(self.mix)
        if total <= 0.0:
            alone: Floats = self._pool_table[0]
            return alone
        if len(self.mix) == 1:
            only: Floats = self._answered[0]
            return only
        rows = self._answered[::BINS][: len(self.mix)]
        mixed: Floats = np.array(self.mix) @ rows / total
        return mixed

    # Keeping ------------------------------------------------------------------------------

    def load(self, data: dict[str, dict[str, object]]) -> None:
        """Take over what `RingLaw.save` and `ServiceLaw.save` gave. Raises ValueError."""
        try:
            ring: dict[str, object] = data["ring"]
            if math.isclose(ring["width"], self.ring_law.width):  # type: ignore[arg-type]
                self.ring_law.load(0, ring["pool"])  # type: ignore[arg-type]
            self.service_law.load(data["service"])
            if "patience" in data:  # what was saved before patience was learned has none
                self.patience.load(data["patience"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"saved pacing data lacks or garbles a part: {error!r}") from None
