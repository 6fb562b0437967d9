"""The pictures of docs/explanation/pacing.md, from real runs: `python -m bench.pacing.pictures`

Two come from a day of 20 reps in the benchmark's room on which the answer rate doubles; the third
from the days that `python -m bench.pacing` has kept.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from bench.pacing.room import Room
from bench.pacing.scenarios import H, surge, team
from bench.tables import OUT
from pacing import PacingSettings
from pacing.predictive import PredictivePacer

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "pictures"
SURGE_H = (2.0, 3.0)
DAY = team(20, 0.2, 4, "20 reps, answers double", human=surge(0.2, 2.0, *SURGE_H))
BLUE, RED, GREY, GREEN = "#2a6fbb", "#c0392b", "#8a8f98", "#3a8a5f"


class Watched(PredictivePacer):
    """Notes what it sees once every half minute."""

    def __init__(self, settings: PacingSettings) -> None:
        super().__init__(settings)
        self.notes: list[dict[str, Any]] = []

    def wanted(self, now: float) -> int:
        n = super().wanted(now)
        if not self.notes or now >= self.notes[-1]["at"] + 30.0:
            self.notes.append({**self.figures(), "at": now})
        return n


def watched_day() -> Watched:
    pacer = Watched(PacingSettings())
    Room(DAY, pacer, seed=1).run()
    return pacer


def draw_day(pacer: Watched) -> Figure:
    """The ledger of one day: budget and reserve, the threshold, the running abandon rate."""
    hours = np.array([note["at"] for note in pacer.notes]) / H
    window = [note["windows"][0] for note in pacer.notes]
    figure = Figure(figsize=(7.2, 5.6), dpi=90, layout="constrained")
    budget, threshold, rate = figure.subplots(3, 1, sharex=True)
    budget.plot(hours, [w["budget"] for w in window], color=BLUE, label="budget")
    budget.axhline(window[-1]["reserve"], color=GREY, ls="--", label="reserve")
    budget.set_ylabel("abandoned calls\nstill allowed")
    threshold.plot(hours, [100 * w["threshold"] for w in window], color=GREEN)
    threshold.set_ylabel("threshold, %")
    rates = [100 * n["abandoned"] / max(1, n["answered"]) for n in pacer.notes]
    rate.plot(hours, rates, color=RED, label="abandoned so far")
    rate.axhline(3.0, color="black", lw=1, label="limit")
    rate.set_ylim(0, 3.6)
    rate.set_ylabel("abandoned, %")
    rate.set_xlabel("hours into the shift")
    for axes in (budget, threshold, rate):
        axes.axvspan(*SURGE_H, color="#f3e3c3", zorder=0)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (budget, rate):
        axes.legend(frameon=False, loc="lower right")
    budget.set_title("20 reps; in the shaded hour twice as many people answer", loc="left")
    return figure


def draw_decision(pacer: Watched) -> Figure:
    """One question: what ringing calls will do, and the risk of each call more."""
    now = pacer._now
    figure = Figure(figsize=(7.2, 2.9), dpi=90, layout="constrained")
    left, right = figure.subplots(1, 2)
    law = pacer.outlook.ring_law
    ages = np.arange(law.forecasts[0].human.size) * law.width
    until = ages < pacer.settings.ring_timeout
    left.plot(ages[until], 100 * law.forecasts[0].human[until] / law.width, color=BLUE)
    left.set_xlabel("seconds rung")
    left.set_ylabel("answered in the next second, %")
    left.set_title("Learned: when people answer", loc="left")
    shortage = pacer.outlook.forecast(now, 3)
    counts = np.arange(0, 21)
    threshold = 100 * pacer.ledger.threshold(pacer.ledger.accounts[0], 20)
    chances = np.array([100 * shortage.chance(int(n)) for n in counts])
    colours = [GREEN if c < threshold else GREY for c in chances]
    right.bar(counts + 1, chances, color=colours)
    right.axhline(threshold, color=RED, lw=1.2)
    right.text(1, threshold, " threshold", color=RED, va="bottom")
    right.set_ylim(0, min(100.0, 4 * threshold))
    right.set_xlabel("the next call, and those after it")
    right.set_ylabel("would find nobody, %")
    right.set_title("The green ones are placed", loc="left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_floors(path: Path) -> Figure:
    """Idle time by floor: the engine, the tuned ratio, and the level's stock settings."""
    days = json.loads(path.read_bytes())
    idle: dict[str, dict[str, float]] = {}
    for name, label, found in days:
        mean = 100 - 100 * sum(day["utilisation"] for day in found) / len(found)
        idle.setdefault(name, {})[label] = mean
    names = sorted(idle, key=lambda name: idle[name]["engine"])
    figure = Figure(figsize=(7.2, 6.2), dpi=90, layout="constrained")
    axes = figure.subplots()
    rows = np.arange(len(names))
    for label, shown, colour, marker in (
        ("peer stock, 2 s", "level, stock settings", GREY, "s"),
        ("tuned ratio", "ratio, tuned for the floor", RED, "D"),
        ("engine", "predictive", BLUE, "o"),
    ):
        axes.plot([idle[n][label] for n in names], rows, marker, color=colour, label=shown, ms=5)
    axes.set_yticks(rows, names, fontsize=8)
    axes.set_xlim(left=0)
    axes.set_xlabel("reps' idle time, % of their time at work, at most 3 % abandoned")
    axes.grid(axis="x", color="#e5e5e5")
    axes.set_axisbelow(True)
    axes.legend(frameon=False, loc="center right")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _save(figure: Figure, path: Path) -> None:
    """With few colours: a third of the size."""
    whole = io.BytesIO()
    figure.savefig(whole, format="png")
    few = Image.open(whole).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
    few.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=DOCS)
    parser.add_argument("--days", type=Path, default=OUT / "pacing-days.json")
    args = parser.parse_args()
    mpl.use("agg")
    args.to.mkdir(parents=True, exist_ok=True)
    pacer = watched_day()
    drawn = {"budget": draw_day(pacer), "decision": draw_decision(pacer)}
    if args.days.exists():
        drawn["floors"] = draw_floors(args.days)
    for name, figure in drawn.items():
        path = args.to / f"pacing-{name}.png"
        _save(figure, path)
        print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
