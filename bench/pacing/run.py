"""How good is the pacing? `python -m bench.pacing [--quick] [--seeds N] [--only NAME ...]`

Every scenario is a day of a floor; each is run with several seeds under
- progressive pacing;
- a ratio of calls to ready reps, the ratio tuned for the very scenario so as to stay under 3 %;
- the field's adaptive level: stock settings, and the best of its menu for the very scenario
  (within 3 % on average over its seeds), with its drop wait at 2 s and at 5 s;
- the engine, at 3 % and at 1 %, and at 3 % where an abandoned callee is one who waited 5 s;
- the yardstick: the engine's rule and ledger, told the true laws and each rep's own pace.
The two worlds (2 s and 5 s drop wait) differ in when a waiting callee counts as abandoned; each is
compared within itself.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.pacing.room import Room, Scenario
from bench.pacing.scenarios import SCENARIOS
from bench.pacing.speed import add_to
from bench.pacing.truth import Yardstick
from bench.tables import OUT, Report, quantile
from pacing import AdaptiveSettings, Pacer, PacingSettings, open_pacer

LIMIT = 0.03
RATIOS = (
    *(1.0, 1.15, 1.3, 1.5, 1.7, 1.9, 2.1, 2.35, 2.6, 2.9, 3.2),
    *(3.6, 4.0, 4.5, 5.0, 5.7, 6.5, 7.5, 9.0, 11.0, 13.0),
)
COSTLY = ("predictive", "yardstick")
Task = tuple[str, str, int, float, float, dict[str, Any]]
Choice = tuple[str, dict[str, Any]]  # method, settings
Kind = tuple[str, str, float, dict[str, Any]]  # label, method, drop wait (s), settings
_BY_NAME: dict[str, Scenario] = {}


def adaptive_menu(reps: int) -> list[AdaptiveSettings]:
    """The knobs of the peer that matter, over the ranges its menus allow."""
    quick: dict[str, Any] = {"loop_s": 1.0, "calls_per_second": 40}
    found = [
        AdaptiveSettings(idle_target=-target, intensity=intensity, **more)
        for target, intensity, more in product(
            (0, max(1, round(0.1 * reps)), max(2, round(0.2 * reps))),
            (0, -40),
            ({"max_level": 3.0, **quick}, {"max_level": 10.0, "available_only": True, **quick}),
        )
    ]
    found.append(AdaptiveSettings(mode="TAPERED"))
    # The menu of constant levels ends at 4.
    levels = (
        (False, (1.2, 1.35, 1.5, 1.65, 1.8, 2.0, 2.2, 2.6, 3.0)),
        (True, (1.5, 2.0, 2.5, 3.0, 3.5, 4.0)),
    )
    for only, choice in levels:
        found += [
            AdaptiveSettings(mode="RATIO", level=x, available_only=only, **quick) for x in choice
        ]
    return found


def pacer_of(kind: str, scenario: Scenario, wait: float, knobs: dict[str, Any]) -> Pacer:
    base = PacingSettings(
        max_abandon_rate=LIMIT, connect_within=wait, ring_timeout=scenario.ring_timeout
    )
    if kind == "yardstick":
        return Yardstick(base, scenario)
    settings: dict[str, Any] = {"method": kind, **knobs}
    return open_pacer(replace(base, **settings))


def one_day(task: Task) -> dict[str, float]:
    name, kind, seed, wait, hours, knobs = task
    scenario = replace(_BY_NAME[name], hours=hours)
    pacer = pacer_of(kind, scenario, wait, knobs)
    room = Room(scenario, pacer, seed, wait, limit=knobs.get("max_abandon_rate", LIMIT))
    if isinstance(pacer, Yardstick):
        pacer.attach(room)
    day = room.run()
    waits = sorted(day.waits)
    return {
        "utilisation": day.utilisation,
        "wait": sum(waits) / max(1, len(waits)),
        "wait_p90": quantile(waits, 0.9),
        "abandon_rate": day.abandon_rate,
        "worst_hour": day.worst_hour(),
        "over": float(
            any(b > LIMIT * a for a, b in day.by_group.values())
            or day.abandoned > LIMIT * day.answered
        ),
        "over_1": float(day.abandoned > 0.01 * day.answered),
        "per_connected": day.placed / max(1, day.connected),
    }


def mean(days: Iterable[dict[str, float]], key: str) -> float:
    found = [day[key] for day in days]
    return sum(found) / max(1, len(found))


class Bench:
    """All runs of one benchmark."""

    def __init__(self, scenarios: list[Scenario], seeds: int, sweep_seeds: int, jobs: int) -> None:
        self.scenarios, self.seeds, self.sweep_seeds, self.jobs = (
            scenarios,
            seeds,
            sweep_seeds,
            jobs,
        )
        _BY_NAME.update({s.name: s for s in scenarios})

    def run(
        self,
        pool: Any,
        kinds: list[Kind],
        seeds: int,
        only: Scenario | None = None,
    ) -> dict[tuple[str, str], list[Any]]:
        """kinds: (label, method, drop wait, settings); the days by (scenario, label)."""
        tasks: list[tuple[str, Task]] = []
        for scenario in [only] if only else self.scenarios:
            for label, kind, wait, knobs in kinds:
                # Half as many days show what a third of the limit costs.
                days = seeds if label != "engine at 1 %" else (seeds + 1) // 2
                for seed in range(days):
                    task = (scenario.name, kind, seed, wait, scenario.hours, knobs)
                    tasks.append((label, task))
        found: dict[tuple[str, str], list[Any]] = {(t[0], label): [] for label, t in tasks}
        # The long ones first, so that the processes end together.
        tasks.sort(key=lambda task: task[1][1] not in COSTLY)
        days_of = pool.imap(one_day, [task for _, task in tasks], chunksize=1)
        for (label, task), day in zip(tasks, days_of, strict=True):
            found[task[0], label].append(day)
        return found

    def best(
        self, pool: Any, scenario: Scenario, menus: dict[str, tuple[float, list[Choice]]]
    ) -> list[Kind]:
        """Of each menu (drop wait, settings) those with the highest utilisation within the limit
        on average; the first, where none keeps it."""
        kinds = [
            (f"{label}/{i}", kind, wait, knobs)
            for label, (wait, choice) in menus.items()
            for i, (kind, knobs) in enumerate(choice)
        ]
        found = self.run(pool, kinds, self.sweep_seeds, scenario)
        chosen = []
        for label, (wait, choice) in menus.items():
            rated = [
                (mean(days, "utilisation"), i)
                for i in range(len(choice))
                if mean(days := found[scenario.name, f"{label}/{i}"], "abandon_rate") <= LIMIT
            ]
            kind, knobs = choice[max(rated)[1] if rated else 0]
            chosen.append((label, kind, wait, knobs))
        return chosen


def swept(bench: Bench, pool: Any, scenario: Scenario) -> list[Kind]:
    ratios: list[Choice] = [("ratio", {"ratio": r}) for r in RATIOS]
    menu: list[Choice] = [("adaptive", {"adaptive": a}) for a in adaptive_menu(scenario.reps)]
    menus = {
        "tuned ratio": (2.0, ratios),
        "peer best, 2 s": (2.0, menu),
        "peer best, 5 s": (5.0, menu),
    }
    return bench.best(pool, scenario, menus)


ALWAYS: list[Kind] = [
    ("progressive", "progressive", 2.0, {}),
    ("peer stock, 2 s", "adaptive", 2.0, {}),
    ("peer stock, 5 s", "adaptive", 5.0, {}),
    ("engine", "predictive", 2.0, {}),
    ("engine, 5 s", "predictive", 5.0, {}),
    ("engine at 1 %", "predictive", 2.0, {"max_abandon_rate": 0.01}),
    ("yardstick", "yardstick", 2.0, {}),
]


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def table(report: Report, days: dict[tuple[str, str], list[Any]], scenario: str) -> None:
    for (name, label), found in days.items():
        if name != scenario:
            continue
        report.row(
            f"Pacing: {scenario}",
            {
                "pacer": label,
                "utilisation %": percent(mean(found, "utilisation")),
                "wait s": f"{mean(found, 'wait'):.1f}",
                "p90 s": f"{mean(found, 'wait_p90'):.1f}",
                "abandoned %": percent(mean(found, "abandon_rate")),
                "worst hour %": percent(max(d["worst_hour"] for d in found)),
                "days over": f"{sum(d['over'] for d in found):.0f}/{len(found)}",
                "calls per connected": f"{mean(found, 'per_connected'):.2f}",
            },
        )


def summary(report: Report, bench: Bench, days: dict[tuple[str, str], list[Any]]) -> None:
    """The targets, and how the engine stands to them."""
    names = [s.name for s in bench.scenarios]

    def use(label: str, key: str = "utilisation") -> list[float]:
        return [mean(days[name, label], key) for name in names]

    def row(what: str, goal: str, value: str) -> None:
        report.row("Targets", {"what": what, "goal": goal, "reached": value})

    def average(values: list[float]) -> float:
        return sum(values) / len(values)

    def idle(label: str, of: list[str] = names) -> float:
        return average([1.0 - mean(days[name, label], "utilisation") for name in of])

    share = [e / y for e, y in zip(use("engine"), use("yardstick"), strict=True)]
    row("share of the yardstick, average", ">= 99 %", f"{100 * average(share):.1f} %")
    worst = min(range(len(share)), key=share.__getitem__)
    row("share of the yardstick, worst", ">= 97 %", f"{100 * share[worst]:.1f} % ({names[worst]})")
    for label, key in (
        ("engine", "over"),
        ("engine, 5 s", "over"),
        ("yardstick", "over"),
        ("engine at 1 %", "over_1"),
    ):
        found = [d for name in names for d in days[name, label]]
        over, limit = sum(d[key] for d in found), "1 %" if key == "over_1" else "3 %"
        row(f"days over {limit}, {label}", "0", f"{over:.0f} of {len(found)}")
    large = [s.name for s in bench.scenarios if s.reps > 20]
    if large:
        hour = max(d["worst_hour"] for name in large for d in days[name, "engine"])
        row("worst clock hour, teams over 20", "< 5 %", f"{100 * hour:.1f} %")
    for label in ("engine", "yardstick", "engine, 5 s"):
        row(f"idle, {label}", "", f"{100 * idle(label):.1f} %")
    grown = [s.name for s in bench.scenarios if s.reps > 10]
    for label, engine, goal in (
        ("peer stock, 2 s", "engine", 1 / 3),
        ("peer stock, 5 s", "engine, 5 s", 1 / 3),
        ("peer best, 2 s", "engine", 0.65),
        ("peer best, 5 s", "engine, 5 s", 0.65),
    ):
        for what, of in (("", names), (", teams over 10", grown)):
            if of and (names[0], label) in days:
                row(
                    f"idle against {label}{what} ({100 * idle(label, of):.1f} %)",
                    f"<= {goal:.2f}",
                    f"{idle(engine, of) / idle(label, of):.3f}",
                )
    if (names[0], "tuned ratio") in days:
        gap = average(use("engine at 1 %")) - average(use("tuned ratio"))
        row("utilisation at 1 %, less the tuned ratio's at 3 %", ">= 0", f"{100 * gap:+.1f} points")


def run(report: Report, quick: bool = False) -> None:
    """Measure into `report`, as the command line does; what each scenario gave is shown at once."""
    _measure(report, _arguments(["--quick"] if quick else []), Console(width=110))


def _keep(days: dict[tuple[str, str], list[Any]], path: Path) -> None:
    """Every day so far, so that a long run may be broken off and resumed."""
    path.parent.mkdir(exist_ok=True)
    flat = [[name, label, found] for (name, label), found in days.items()]
    path.write_text(json.dumps(flat), encoding="utf-8")


def _done(path: Path) -> dict[tuple[str, str], list[Any]]:
    if not path.exists():
        return {}
    return {(name, label): found for name, label, found in json.loads(path.read_bytes())}


def main(arguments: list[str] | None = None) -> int:
    console, report = Console(width=110), Report("pacing")
    _measure(report, _arguments(arguments), console)
    last = Report("pacing")
    last.rows = {title: report.rows[title] for title in ("Targets", "Speed of a decision")}
    last.show(console)
    console.print(f"kept: {report.keep()}")
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer scenarios, seeds and hours")
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--only", nargs="*", default=[], help="names of scenarios")
    parser.add_argument("--days", type=Path, default=OUT / "pacing-days.json", help="kept days")
    parser.add_argument("--resume", action="store_true", help="do not repeat the days kept there")
    parser.add_argument("--no-sweep", action="store_true", help="leave out the tuned baselines")
    return parser.parse_args(arguments)


def _measure(report: Report, args: argparse.Namespace, console: Console) -> None:
    scenarios = [s for s in SCENARIOS if not args.only or s.name in args.only]
    if args.quick:
        few = ("5 reps, 30%", "20 reps, 30%", "50 reps, 30%", "halved")
        scenarios = [
            replace(s, hours=min(s.hours, 2.0)) for s in scenarios if args.only or s.name in few
        ]
    bench = Bench(scenarios, args.seeds or (2 if args.quick else 8), 1, args.jobs)
    days = _done(args.days) if args.resume else {}
    finished = {name for name, _ in days}
    with Pool(args.jobs, os.nice, (10,)) as pool:
        for scenario in scenarios:
            if scenario.name in finished:
                table(report, days, scenario.name)
                continue
            kinds = list(ALWAYS)
            if not args.no_sweep:
                kinds[1:1] = swept(bench, pool, scenario)
            days.update(bench.run(pool, kinds, bench.seeds, scenario))
            _keep(days, args.days)
            mine = Report("pacing")
            table(mine, days, scenario.name)
            table(report, days, scenario.name)
            mine.show(console)
    summary(report, bench, days)
    add_to(report, 500 if args.quick else 3000)
