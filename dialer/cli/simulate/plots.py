"""Pictures of a simulation: one PNG, or one HTML file that needs nothing beside it.

matplotlib is not part of a plain installation; `drawing` says so before any work is done.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from dialer.cli.simulate.page import page
from dialer.cli.simulate.tables import headline
from dialer.sim.figures import BIN_S, Bin, ShiftFigures
from dialer.sim.report import Report, Variant
from dialer.sim.summary import Estimate
from dialer.sim.words import word
from dialer.words import Language
from dialer.zonedata import zone_named
from figures.catalogue import FIGURES

MISSING = "pictures need matplotlib, which is not installed: pip install 'dialer[plots]'"
BUSY, READY, AWAY, LIMIT, INK = "#2a6f97", "#a9d6e5", "#d9d9d9", "#c1121f", "#22333b"
ABANDONED, FRAME = "#e07a5f", "#56616b"
_COLOURS = (BUSY, "#e76f51", "#2a9d8f", "#8a5a9e", "#c9a227", "#6c757d")
#: Fonts with Chinese signs, on the systems there are.
_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "Heiti SC", "SimHei",
    "Droid Sans Fallback",
)  # fmt: skip


class CannotDrawError(Exception):
    """Why there will be no picture, in one line."""


def drawing(path: Path) -> None:
    """Raise CannotDrawError if `path` cannot become a picture."""
    if path.suffix.lower() not in {".png", ".html"}:
        raise CannotDrawError(f"{path}: pictures are .png or .html files")
    if not path.absolute().parent.is_dir():
        raise CannotDrawError(f"{path}: there is no folder {path.absolute().parent}")
    try:
        import matplotlib  # noqa: F401, PLC0415
    except ImportError:
        raise CannotDrawError(MISSING) from None


def draw(report: Report, path: Path, lang: Language) -> Language:
    """Write the picture; the language its labels are in (Chinese needs a font for a PNG)."""
    if path.suffix.lower() == ".html":
        pictures = [_svg(panel, report, lang) for panel in _panels(report)]
        path.write_text(page(report, lang, pictures), encoding="utf-8")
        return lang
    lang = lang if lang == "en" or _chinese_font() else "en"
    panels = _panels(report)
    figure = _figure(12, 4.2 * len(panels), lang)
    parts = figure.subfigures(len(panels), 1, squeeze=False)
    for panel, part in zip(panels, parts[:, 0], strict=True):
        panel(part, report, lang)
    title = headline(report.first.scenario, report.first.summary, lang, report.key)
    figure.suptitle(title, fontsize=10)
    with _quiet():
        figure.savefig(path, dpi=110)
    return lang


Panel = Callable[[Any, Report, Language], None]


def _panels(report: Report) -> list[Panel]:
    return [_shift, _trade, *([_effect] if report.key else [])]


def _figure(width: float, height: float, lang: Language, *, as_svg: bool = False) -> Any:
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = _chinese_font() if lang == "zh" else None
    mpl.rcParams["font.family"] = [font or "DejaVu Sans"]
    mpl.rcParams["axes.unicode_minus"] = False
    mpl.rcParams["axes.spines.top"] = mpl.rcParams["axes.spines.right"] = False
    mpl.rcParams["axes.edgecolor"] = mpl.rcParams["xtick.color"] = FRAME
    mpl.rcParams["ytick.color"] = mpl.rcParams["axes.labelcolor"] = FRAME
    # In a page the reader's own fonts draw the text, Chinese signs among it.
    mpl.rcParams["svg.fonttype"] = "none" if as_svg else "path"
    return Figure(figsize=(width, height), layout="constrained")


def _chinese_font() -> str | None:
    from matplotlib import font_manager  # noqa: PLC0415

    there = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _CHINESE if name in there), None)


# --- the panels -----------------------------------------------------------------------------------


def _shift(part: Any, report: Report, lang: Language) -> None:
    """Reps by state through the day, and below them the abandoned calls of each half hour."""
    variant = report.variants[-1]
    bins = _mean_bins(variant.runs)
    start = variant.scenario.scenario.starts_at
    above, below = part.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    _stack(above, bins, start, lang)
    above.set_title(word("shift", lang) + _said(report, variant), loc="left")
    halves, limit = _half_hours(bins), variant.summary.limit
    places = [start + at * 1800 for at in range(len(halves))]
    rates = [100 * rate if math.isfinite(rate) else 0.0 for rate in halves]
    below.bar(places, rates, width=1700, align="edge", color=ABANDONED)
    below.axhline(100 * limit, color=LIMIT, lw=0.9, ls=":")
    below.set_ylim(0, max(130 * limit, 1.15 * max(rates, default=0.0), 0.1))
    below.set_ylabel(f"{word('abandon_short', lang)}, %")
    hours = _hour_marks(start, start + len(bins) * BIN_S)
    zone = zone_named(variant.scenario.scenario.timezone)
    below.set_xticks(hours, [f"{datetime.fromtimestamp(at, zone):%H:%M}" for at in hours])
    below.set_xlabel(word("time", lang))


def _stack(axes: Any, bins: Sequence[Bin], start: float, lang: Language) -> None:
    # One more point, so that the last five minutes are drawn as wide as the others.
    times = [start + at * BIN_S for at in range(len(bins) + 1)]
    rows = [
        [getattr(bin_, f"{state}_s") / BIN_S for bin_ in [*bins, bins[-1]]]
        for state in ("busy", "ready", "away")
    ]
    names = [word(f"reps_{name}", lang) for name in ("talking", "ready", "away")]
    axes.stackplot(times, *rows, labels=names, colors=[BUSY, READY, AWAY], step="post")
    axes.set_xlim(times[0], times[-1])
    axes.set_ylabel(word("reps", lang))
    axes.legend(loc="lower left", fontsize=8, framealpha=0.9, ncols=3)


def _trade(part: Any, report: Report, lang: Language) -> None:
    """Each run a dot; the mean of each variant with its intervals."""
    axes = part.subplots()
    for at, variant in enumerate(report.variants):
        colour = _COLOURS[at % len(_COLOURS)]
        x = [100 * run.abandon_rate for run in variant.runs]
        y = [100 * run.utilisation for run in variant.runs]
        axes.plot(x, y, ".", color=colour, alpha=0.45, ms=6)
        across, up = (variant.summary.figures[n] for n in ("abandon_rate", "utilisation"))
        label = variant.value or word("mean_of_runs", lang)
        halves = {"xerr": _bar(across), "yerr": _bar(up)}
        at_mean = (100 * across.mean, 100 * up.mean)
        axes.errorbar(*at_mean, fmt="o", color=colour, capsize=3, label=label, **halves)
    limits = sorted({variant.summary.limit for variant in report.variants})
    for limit in limits:
        axes.axvline(100 * limit, color=LIMIT, lw=0.9, ls=":")
    right = max(axes.get_xlim()[1], 115 * limits[-1], 0.5)
    axes.set_xlim(left=-0.03 * right, right=right)
    axes.set_xlabel(f"{word('abandon_rate', lang)}, %   (┆ {word('limit', lang)})")
    axes.set_ylabel(f"{word('utilisation', lang)}, %")
    axes.set_title(word("trade", lang), loc="left")
    axes.legend(fontsize=8, title=report.key or None, title_fontsize=8)
    axes.grid(alpha=0.25)


def _effect(part: Any, report: Report, lang: Language) -> None:
    """The varied key along the bottom; utilisation up, abandoned calls on the other side."""
    axes = part.subplots()
    values = [variant.value for variant in report.variants]
    places, line = _places(values)
    gap = 0.012 * ((places[-1] - places[0]) or 1.0)
    sides = ((axes, "utilisation", BUSY, -gap), (axes.twinx(), "abandon_rate", LIMIT, gap))
    for axis, name, colour, aside in sides:
        found = [variant.summary.figures[name] for variant in report.variants]
        means = [100 * estimate.mean for estimate in found]
        at = [place + aside for place in places]
        axis.plot(at, means, line, color=colour, lw=1.2)
        for place, mean, estimate in zip(at, means, found, strict=True):
            axis.errorbar(place, mean, yerr=_bar(estimate), color=colour, capsize=4)
        axis.set_ylabel(f"{word(name, lang)}, %", color=colour)
        axis.margins(x=0.08, y=0.15)
    sides[1][0].spines["right"].set_visible(True)
    axes.set_xticks(places, values)
    axes.set_xlabel(report.key)
    axes.set_title(f"{word('effect', lang)} {report.key}", loc="left")
    axes.grid(alpha=0.25)


def _places(values: Sequence[str]) -> tuple[list[float], str]:
    """Where the values lie, and how they are drawn: numbers on a scale and joined by a line."""
    try:
        return [float(value) for value in values], "o-"
    except ValueError:
        return [float(at) for at in range(len(values))], "o"


def _said(report: Report, variant: Variant) -> str:
    return f"  ({report.key} = {variant.value})" if report.key else ""


def _bar(found: Estimate) -> list[list[float]] | None:
    """The interval as an error bar, in per cent below and above the mean."""
    if not math.isfinite(found.low):
        return None
    return [[100 * (found.mean - found.low)], [100 * (found.high - found.mean)]]


@contextmanager
def _quiet() -> Iterator[None]:
    """In a page the reader's fonts count: that ours lack a sign is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _mean_bins(runs: Sequence[ShiftFigures]) -> list[Bin]:
    count = min(len(run.bins) for run in runs)
    n = len(runs)
    return [
        Bin(
            ready_s=sum(run.bins[at].ready_s for run in runs) / n,
            busy_s=sum(run.bins[at].busy_s for run in runs) / n,
            away_s=sum(run.bins[at].away_s for run in runs) / n,
            answered=sum(run.bins[at].answered for run in runs),
            abandoned=sum(run.bins[at].abandoned for run in runs),
        )
        for at in range(count)
    ]


def _half_hours(bins: Sequence[Bin]) -> list[float]:
    """Abandoned of answered in each half hour, all runs together."""
    each = round(1800 / BIN_S)
    rates = []
    for first in range(0, len(bins), each):
        answered = sum(bin_.answered for bin_ in bins[first : first + each])
        lost = sum(bin_.abandoned for bin_ in bins[first : first + each])
        rate = FIGURES["abandon_rate"].value(lost, answered)
        rates.append(math.nan if rate is None else rate)
    return rates


def _hour_marks(first: float, last: float) -> list[float]:
    hours = (last - first) / 3600
    step = 1800 if hours <= 4 else 3600 * max(1, math.ceil(hours / 12))
    begin = math.ceil(first / step) * step
    return [float(at) for at in range(begin, int(last) + 1, step)]


# --- for a page -----------------------------------------------------------------------------------


def _svg(panel: Panel, report: Report, lang: Language) -> str:
    figure = _figure(11, 4.2, lang, as_svg=True)
    panel(figure, report, lang)
    text = io.StringIO()
    with _quiet():
        figure.savefig(text, format="svg")
    whole = text.getvalue()
    return whole[whole.index("<svg") :]
