"""Summaries as tables on a terminal and as data for --json."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import typer

from dialer.cli.output import print_table
from dialer.sim.figures import ShiftFigures
from dialer.sim.report import Report
from dialer.sim.scenario import Scenario
from dialer.sim.summary import FIGURES, Estimate, Summary
from dialer.sim.words import interval, number, word
from dialer.words import Language

_CAMPAIGN_KINDS = {
    "placed": "count",
    "answered": "count",
    "connected": "count",
    "abandon_rate": "rate",
    "untouched": "count",
    "left": "count",
    "through_h": "plain",
}


def limit_of(scenario: Scenario) -> float:
    """The strictest limit in the scenario."""
    limits = [campaign.max_abandon_rate for campaign in scenario.campaign.values()]
    pool = scenario.pool.max_abandon_rate
    return min([*limits, *([] if pool is None else [pool])], default=0.03)


def headline(scenario: Scenario, summary: Summary, lang: Language, varied: str = "") -> str:
    """One line that says what was run; `varied`: the key that differs from variant to variant."""
    day = scenario.scenario
    if varied:
        return _headline_of_many(scenario, summary, lang, varied)
    title = f"{day.title}: " if day.title else ""
    limit = number(summary.limit, "rate")
    if lang == "zh":
        return (
            f"{title}坐席 {scenario.reps_in_all} 人，{day.start} 起 {day.hours:g} 小时"
            f"（{day.timezone}），外呼方式 {scenario.pool.method}，呼损率上限 {limit}，"
            f"模拟 {summary.runs} 次"
        )
    return (
        f"{title}{scenario.reps_in_all} reps, {day.hours:g} h from {day.start} ({day.timezone}), "
        f"{scenario.pool.method}, limit {limit}, {summary.runs} runs"
    )


def _headline_of_many(scenario: Scenario, summary: Summary, lang: Language, varied: str) -> str:
    day = scenario.scenario
    title = f"{day.title}: " if day.title else ""
    if lang == "zh":
        return (
            f"{title}{varied} 的影响，{day.start} 起 {day.hours:g} 小时，各模拟 {summary.runs} 次"
        )
    return f"{title}effect of {varied}, {day.hours:g} h from {day.start}, {summary.runs} runs each"


def print_summary(scenario: Scenario, summary: Summary, lang: Language) -> None:
    typer.echo(headline(scenario, summary, lang))
    typer.echo("")
    headers = [word(key, lang) for key in ("figure", "mean", "interval", "least", "most")]
    rows = [
        _row(word(name, lang), summary.figures[name], kind) for name, (_, kind) in FIGURES.items()
    ]
    print_table(headers, rows)
    if len(summary.campaigns) > 1 or _has_list(summary):
        typer.echo("")
        _print_campaigns(summary, lang)
    typer.echo("")
    over = f"{summary.over_limit} / {summary.runs}"
    typer.echo(f"{word('over_limit', lang)}: {over}")
    if summary.people_missed:
        typer.echo(f"{word('people_missed', lang)}: {summary.people_missed:.1f}")


def print_report(report: Report, lang: Language) -> None:
    """One scenario in full, or the variants side by side."""
    if not report.key:
        print_summary(report.first.scenario, report.first.summary, lang)
        return
    typer.echo(headline(report.first.scenario, report.first.summary, lang, report.key))
    typer.echo("")
    rows = []
    for name, (_, kind) in FIGURES.items():
        cells = [_with_half(v.summary.figures[name], kind) for v in report.variants]
        rows.append([word(name, lang), *cells])
    over = [f"{v.summary.over_limit} / {v.summary.runs}" for v in report.variants]
    rows.append([word("over_limit", lang), *over])
    print_table([report.key, *(v.value for v in report.variants)], rows)


def report_as_json(report: Report) -> dict[str, Any]:
    if not report.key:
        first = report.first
        return as_json(first.scenario, first.summary, first.runs)
    variants = [
        {"value": v.value, **as_json(v.scenario, v.summary, v.runs)} for v in report.variants
    ]
    return {"vary": report.key, "variants": variants}


def _has_list(summary: Summary) -> bool:
    return any("left" in estimates for estimates in summary.campaigns.values())


def _print_campaigns(summary: Summary, lang: Language) -> None:
    keys = [k for k in _CAMPAIGN_KINDS if any(k in c for c in summary.campaigns.values())]
    rows = [
        [name, *(_with_half(found.get(key), _CAMPAIGN_KINDS[key]) for key in keys)]
        for name, found in summary.campaigns.items()
    ]
    print_table([word("campaign", lang), *(word(key, lang) for key in keys)], rows)


def _row(name: str, found: Estimate, kind: str) -> list[str]:
    return [
        name,
        number(found.mean, kind),
        interval(found, kind),
        number(found.least, kind),
        number(found.most, kind),
    ]


def _with_half(found: Estimate | None, kind: str) -> str:
    if found is None or not math.isfinite(found.mean):
        return "-"
    half = f" ± {number(found.half, kind)}" if math.isfinite(found.half) else ""
    return number(found.mean, kind) + half


def as_json(scenario: Scenario, summary: Summary, runs: Sequence[ShiftFigures]) -> dict[str, Any]:
    """One document: the summary, and each run without its picture."""
    return {
        "scenario": scenario.model_dump(mode="json"),
        "summary": plain(msgspec.to_builtins(summary)),
        "runs": [
            plain({k: v for k, v in msgspec.to_builtins(run).items() if k != "bins"})
            for run in runs
        ],
    }


def plain(value: Any) -> Any:
    """`value` with null for what is no number: JSON has no nan."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
