"""A report as one HTML page that needs nothing beside it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from dialer.cli.simulate.tables import headline
from dialer.sim.report import Report, Variant
from dialer.sim.summary import FIGURES
from dialer.sim.words import interval, number, word
from dialer.words import Language

_FONTS = '"Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
_STYLE = f"""
:root {{ --ink: #22333b; --soft: #56616b; --line: #dfe4e8; --paper: #f6f8f9; }}
body {{ font-family: {_FONTS}; color: var(--ink); background: var(--paper); margin: 0; }}
main {{ max-width: 66rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }}
h1 {{ font-size: 1.3rem; margin: 0 0 1rem; }}
h2 {{ font-size: 1rem; margin: 0 0 .6rem; }}
section, figure {{ background: #fff; border: 1px solid var(--line); border-radius: .5rem;
  margin: 0 0 1rem; padding: 1rem 1.1rem; overflow-x: auto; }}
.tiles {{ display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }}
.tiles b {{ display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }}
.tiles small, .tiles span {{ color: var(--soft); font-size: .82rem; }}
svg {{ display: block; width: 100%; height: auto; }}
svg text {{ font-family: {_FONTS} !important; }}
table {{ border-collapse: collapse; font-size: .9rem; width: 100%;
  font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .28rem .6rem; border-bottom: 1px solid var(--line); }}
tr:last-child td {{ border-bottom: 0; }}
th {{ color: var(--soft); font-weight: 600; }}
th:first-child, td:first-child {{ text-align: left; }}
@media print {{ body {{ background: #fff; }} section, figure {{ break-inside: avoid; }} }}
"""
#: What is asked first.
_TILES = ("utilisation", "wait_mean_s", "abandon_rate", "connected")


def page(report: Report, lang: Language, pictures: Sequence[str]) -> str:
    """`pictures`: SVG elements, in the order in which they are to be seen."""
    title = html.escape(headline(report.first.scenario, report.first.summary, lang, report.key))
    tiles = "\n".join(_tiles(variant, report.key, lang) for variant in report.variants)
    figures = "\n".join(f"<figure>{picture}</figure>" for picture in pictures)
    tables = "\n".join(_table(variant, report.key, lang) for variant in report.variants)
    return f"""<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{_STYLE}</style>
<main>
<h1>{title}</h1>
{tiles}
{figures}
{tables}
</main>
</html>
"""


def _heading(variant: Variant, key: str) -> str:
    return f"<h2>{html.escape(key)} = {html.escape(variant.value)}</h2>" if key else ""


def _tiles(variant: Variant, key: str, lang: Language) -> str:
    cells = []
    for name in _TILES:
        found, kind = variant.summary.figures[name], FIGURES[name][1]
        cells.append(
            f"<div><span>{word(name, lang)}</span><b>{number(found.mean, kind)}</b>"
            f"<small>{interval(found, kind)}</small></div>"
        )
    return f"<section>{_heading(variant, key)}<div class=tiles>{''.join(cells)}</div></section>"


def _table(variant: Variant, key: str, lang: Language) -> str:
    heads = "".join(
        f"<th>{word(name, lang)}</th>" for name in ("figure", "mean", "interval", "least", "most")
    )
    rows = []
    for name, (_, kind) in FIGURES.items():
        found = variant.summary.figures[name]
        values = (
            number(found.mean, kind),
            interval(found, kind),
            number(found.least, kind),
            number(found.most, kind),
        )
        cells = "".join(f"<td>{value}</td>" for value in values)
        rows.append(f"<tr><td>{word(name, lang)}</td>{cells}</tr>")
    table = f"<table><tr>{heads}</tr>{''.join(rows)}</table>"
    return f"<section>{_heading(variant, key)}{table}</section>"
