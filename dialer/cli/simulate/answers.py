"""Answers to what operations ask, and to what would have been, as lines and tables."""

from __future__ import annotations

import math

import typer

from dialer.cli.output import print_table
from dialer.sim.advise import SURE, Better, LimitCost, RepsNeeded
from dialer.sim.compare import Compared, WhatIf
from dialer.sim.summary import FIGURES, Estimate
from dialer.sim.words import number, word
from dialer.words import Language

#: What matters where two are held against each other.
SHOWN = (
    "utilisation",
    "talk_min_per_rep_hour",
    "wait_mean_s",
    "wait_p90_s",
    "abandon_rate",
    "worst_hour",
    "calls_per_connected",
    "placed",
    "connected",
    "abandoned",
)


def said(lang: Language, english: str, chinese: str) -> str:
    return chinese if lang == "zh" else english


def print_reps(found: RepsNeeded, lang: Language) -> None:
    sure = f"{100 * SURE:g} %"
    if found.reps is None:
        typer.echo(
            said(lang, f"no number of reps is enough by {found.by}", f"{found.by} 前无法拨完")
        )
    else:
        typer.echo(
            said(
                lang,
                f"{found.reps} reps: every lead is called by {found.by} in {sure} of such days.",
                f"需要坐席 {found.reps} 人：{sure} 的日子里 {found.by} 前名单可拨完一遍。",
            )
        )
    if found.surely is None:
        most = max(tried.runs for tried in found.tried)
        typer.echo(
            said(
                lang,
                f"{most} runs cannot show more surely than that; use more --seeds for it.",
                f"{most} 次模拟不足以更有把握；请加大 --seeds。",
            )
        )
    elif found.surely != found.reps:
        typer.echo(
            said(
                lang,
                f"With {found.surely} reps it is that sure even by the interval's lower end.",
                f"坐席 {found.surely} 人时，置信区间下限也达到该把握。",
            )
        )
    typer.echo("")
    headers = [
        word("reps", lang),
        said(lang, "through in time", "按时拨完"),
        word("interval", lang),
        word("through_h", lang),
    ]
    rows = [
        [
            str(tried.reps),
            f"{tried.through} / {tried.runs}",
            f"{100 * tried.low:.0f} – {100 * tried.high:.0f} %",
            _plus_minus(tried.hours, "plain"),
        ]
        for tried in found.tried
    ]
    print_table(headers, rows)


def print_limit(found: LimitCost, lang: Language) -> None:
    talk = found.compared["talk_min_per_rep_hour"]
    per_cent = 100 * talk.difference.mean / talk.first.mean
    before, after = number(found.before, "rate"), number(found.after, "rate")
    change = _signed(talk.difference, "plain")
    typer.echo(
        said(
            lang,
            f"A limit of {after} instead of {before} changes talk time by {change} minutes "
            f"per rep-hour ({per_cent:+.1f} %).",
            f"上限由 {before} 改为 {after}：每坐席小时通话分钟变化 {change}（{per_cent:+.1f}%）。",
        )
    )
    typer.echo("")
    _print_compared(found.compared, (before, after), lang)


def print_better(found: Better, names: tuple[str, str], lang: Language) -> None:
    typer.echo(_verdict(found, names, lang))
    over = " : ".join(f"{hits} / {found.runs}" for hits in found.over_limit)
    typer.echo(f"{word('over_limit', lang)}: {over}")
    typer.echo("")
    _print_compared(found.compared, ("a", "b"), lang)


def _verdict(found: Better, names: tuple[str, str], lang: Language) -> str:
    if not found.winner:
        return said(
            lang,
            f"a ({names[0]}) and b ({names[1]}) cannot be told apart by {found.runs} runs.",
            f"{found.runs} 次模拟无法区分 a（{names[0]}）与 b（{names[1]}）。",
        )
    name = names[found.winner == "b"]
    reasons = {
        "limit": said(lang, "the other goes over the limit too often", "另一方超限过多"),
        "talk": said(lang, "reps talk more", "通话时间更长"),
    }
    better = said(lang, "is better", "更好")
    return f"{found.winner} ({name}) {better}: {reasons[found.why]}."


def print_what_if(found: WhatIf, changes: list[str], lang: Language) -> None:
    typer.echo(
        said(
            lang,
            f"What would have been with {', '.join(changes)}: {found.runs} simulated days each, "
            "fitted to the recorded one and to resamples of it.",
            f"若 {'，'.join(changes)}：按当日数据拟合，各模拟 {found.runs} 天。",
        )
    )
    if found.unlike:
        names = ", ".join(word(name, lang) for name in found.unlike)
        typer.echo(
            said(
                lang,
                f"Take it with care: the fitted simulation does not hold the day's {names}.",
                f"请谨慎参考：拟合的模拟未能重现当日的 {names}。",
            )
        )
    typer.echo("")
    headers = [
        word("figure", lang),
        said(lang, "that day", "当日"),
        said(lang, "simulated as it was", "按原设置模拟"),
        said(lang, "with the change", "改后"),
        said(lang, "difference (95 %)", "差（95%）"),
        said(lang, "on one day (95 %)", "单日差（95%）"),
    ]
    rows = []
    for name in SHOWN:
        kind = FIGURES[name][1]
        one = found.compared[name]
        rows.append(
            [
                word(name, lang),
                number(found.recorded[name], kind),
                _plus_minus(one.first, kind),
                _plus_minus(one.second, kind),
                _signed(one.difference, kind),
                _range(one.one_day, kind),
            ]
        )
    print_table(headers, rows)


def _print_compared(compared: dict[str, Compared], names: tuple[str, str], lang: Language) -> None:
    headers = [word("figure", lang), *names, said(lang, "difference (95 %)", "差（95%）")]
    rows = []
    for name in SHOWN:
        kind, one = FIGURES[name][1], compared[name]
        cells = [_plus_minus(one.first, kind), _plus_minus(one.second, kind)]
        rows.append([word(name, lang), *cells, _signed(one.difference, kind)])
    print_table(headers, rows)


def _plus_minus(found: Estimate, kind: str) -> str:
    if not math.isfinite(found.mean):
        return "-"
    half = f" ± {number(found.half, kind)}" if math.isfinite(found.half) else ""
    return number(found.mean, kind) + half


def _signed(found: Estimate, kind: str) -> str:
    if not math.isfinite(found.mean):
        return "-"
    half = f" ± {number(found.half, kind)}" if math.isfinite(found.half) else ""
    return f"{'+' if found.mean > 0 else ''}{number(found.mean, kind)}{half}"


def _range(ends: tuple[float, float], kind: str) -> str:
    if not math.isfinite(ends[0]):
        return "-"
    low, high = (f"{'+' if end > 0 else ''}{number(end, kind)}" for end in ends)
    return f"{low} … {high}"
