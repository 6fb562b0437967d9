"""The Markov twin: a floor small enough for the best possible policy to be computed exactly.

Talk and ring times are exponential, nobody waits, and the dialer sees (idle reps i, ringing calls
r). The controller may start any number of calls after any event. Relative value iteration on the
uniformised chain maximises handled - price x abandoned; a search over the price gives the best
utilisation at a given abandon rate, mixing the two neighbouring policies.
`python -m bench.pacing.twin` compares the engine's share of it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np
import numpy.typing as npt
from rich.console import Console

from bench.pacing.room import Group, Room, Scenario
from bench.tables import Report
from pacing import PacingSettings, open_pacer

SERVICE_S, RING_S = 110.0, 12.0
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Long-run figures of one policy."""

    utilisation: float
    abandon_rate: float


class Twin:
    """`reps` reps, answer rate `p`; at most `most` calls ring."""

    def __init__(self, reps: int, p: float) -> None:
        self.reps, self.p = reps, p
        self.most = int(3 * reps / p * RING_S / SERVICE_S + 8 / p)
        mu, nu = 1 / SERVICE_S, 1 / RING_S
        self.scale = reps * mu + self.most * nu
        idle = np.arange(reps + 1)[:, None]
        ringing = np.arange(self.most + 1)[None, :]
        self.freed = np.broadcast_to((reps - idle) * mu / self.scale, (reps + 1, self.most + 1))
        self.rang = np.broadcast_to(ringing * nu / self.scale, (reps + 1, self.most + 1))

    def after(self, value: Floats) -> tuple[Floats, Floats, Floats]:
        """Value at the state reached: rep freed, call answered, call unanswered."""
        freed = np.vstack([value[1:], value[-1:]])
        fewer = np.hstack([value[:, :1], value[:, :-1]])
        answered = np.vstack([fewer[:1], fewer[:-1]])
        return freed, answered, fewer

    def step(self, value: Floats, price: float) -> Floats:
        """One step of value iteration before the choice of how many to start."""
        freed, answered, fewer = self.after(value)
        gain = np.full_like(value, 1.0)
        gain[0] = -price
        stay = 1.0 - self.freed - self.rang
        return (
            self.freed * freed
            + self.rang * (self.p * (gain + answered) + (1 - self.p) * fewer)
            + stay * value
        )

    def policy(self, price: float, value: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
        """(calls to ring in each state, the value function) at this price of an abandoned call."""
        for step in range(60_000):
            new = self.step(value, price)
            new = np.maximum.accumulate(new[:, ::-1], axis=1)[:, ::-1]
            new -= new[0, 0]
            if step % 50 == 0 and np.abs(new - value).max() < 1e-7:
                break
            value = new
        ahead = self.step(value, price)
        best = np.empty_like(ahead, dtype=np.int64)
        at = np.full(self.reps + 1, self.most)
        for r in range(self.most, -1, -1):
            better = ahead[:, r] >= ahead[np.arange(self.reps + 1), at]
            at = np.where(better, r, at)
            best[:, r] = at
        return best, value

    def figures(self, best: npt.NDArray[np.int64]) -> Point:
        """Stationary figures of a policy, by power iteration."""
        n, m = self.reps + 1, self.most + 1
        state = np.zeros((n, m))
        state[n - 1, 0] = 1.0
        flat = (np.arange(n)[:, None] * m + best).ravel()
        for step in range(200_000):
            acted = np.bincount(flat, weights=state.ravel(), minlength=n * m).reshape(n, m)
            new = acted * (1.0 - self.freed - self.rang)
            new[1:] += (acted * self.freed)[:-1]
            rang = acted * self.rang
            new[:, :-1] += (1 - self.p) * rang[:, 1:]
            new[:-1, :-1] += self.p * rang[1:, 1:]
            new[0, :-1] += self.p * rang[0, 1:]
            if step % 200 == 0 and np.abs(new - state).sum() < 1e-8:
                break
            state = new
        acted = np.bincount(flat, weights=state.ravel(), minlength=n * m).reshape(n, m)
        busy = float((acted.sum(axis=1) * (self.reps - np.arange(n))).sum()) / self.reps
        rang = acted * self.rang
        return Point(busy, float(rang[0].sum() / max(rang.sum(), 1e-12)))

    def best_at(self, limits: list[float]) -> list[float]:
        """Highest utilisation at each abandon rate, from the policies of a grid of prices."""
        value = np.zeros((self.reps + 1, self.most + 1))
        points = []
        for price in np.geomspace(60.0, 0.2, 40):
            best, value = self.policy(float(price), value)
            points.append(self.figures(best))
        points.sort(key=lambda point: point.abandon_rate)
        # Mixing two policies in time mixes handled and abandoned calls, so interpolate those.
        handled = np.array([q.utilisation for q in points])
        lost = np.array([q.utilisation * q.abandon_rate / (1 - q.abandon_rate) for q in points])
        found = []
        for limit in limits:
            along = np.linspace(0, len(points) - 1, 20_001)
            h = np.interp(along, np.arange(len(points)), handled)
            x = np.interp(along, np.arange(len(points)), lost)
            within = x <= limit * (h + x)
            found.append(float(h[within].max()))
        return found


def scenario(reps: int, p: float, hours: float) -> Scenario:
    return Scenario(
        f"twin {reps} {p}",
        reps,
        hours,
        groups=(Group(human=lambda _t: p),),
        talk=lambda rng, _t: rng.expovariate(1 / SERVICE_S),
        wrap=lambda _rng: 0.0,
        ring_timeout=60.0,
        ring_exp_s=RING_S,
    )


def one(task: tuple[int, float, float, int]) -> tuple[float, float]:
    reps, p, hours, seed = task
    floor = scenario(reps, p, hours)
    pacer = open_pacer(PacingSettings(connect_within=0.0, ring_timeout=60.0))
    day = Room(floor, pacer, seed, connect_within=0.0).run()
    return day.utilisation, day.abandon_rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    cases = (
        [(5, 0.3), (10, 0.3)]
        if args.quick
        else [(5, 0.15), (5, 0.3), (5, 0.5), (10, 0.3), (20, 0.3), (50, 0.3)]
    )
    seeds, report = (2 if args.quick else 4), Report("pacing-twin")
    with Pool(2) as pool:
        for reps, p in cases:
            hours = (8.0 if args.quick else 24.0) if reps < 50 else 8.0
            days = pool.map(one, [(reps, p, hours, seed) for seed in range(seeds)], chunksize=1)
            use = sum(u for u, _ in days) / seeds
            lost = sum(a for _, a in days) / seeds
            optimum, same = Twin(reps, p).best_at([0.03, lost])
            report.row(
                "The Markov twin",
                {
                    "reps": reps,
                    "answer rate": p,
                    "optimum at 3 %": f"{100 * optimum:.2f}",
                    "engine": f"{100 * use:.2f}",
                    "abandoned %": f"{100 * lost:.2f}",
                    "share %": f"{100 * use / optimum:.1f}",
                    "share of the optimum at its own abandon rate %": f"{100 * use / same:.1f}",
                },
            )
    report.show(Console())
    report.keep()


if __name__ == "__main__":
    main()
