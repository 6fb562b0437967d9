"""The live table of the demo: one look at the floor as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

COLOURS = {"talking": "green", "ready": "cyan", "wrapup": "yellow", "paused": "red", "out": "dim"}
OUTCOME_COLOURS = {"connected": "green", "abandoned": "bold red", "machine": "magenta"}
PHASES = ("dialing", "ringing", "answered", "waiting", "reserved", "talking", "message")
FIGURES = (
    *("campaign", "state", "placed", "answered", "connected", "connect rate"),
    *("abandoned", "abandon rate", "talk time", "mean wait", "leads left"),
)
STATES = ("talking", "wrapup", "ready", "paused", "out")


def floor_screen(
    floor: dict[str, Any], language: str = "en", where: Sequence[str] = ()
) -> RenderableType:
    """`floor`: what /api/v1/floors/POOL answers. `where`: lines that say where to look further."""
    return Group(
        *(Text(line, style="dim") for line in where),
        _figures(floor),
        _two_columns(_reps(floor), _calls_and_last(floor)),
        Panel(_reason(floor, language), title="why the dialer does what it does", height=4),
    )


def share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def clock(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _figures(floor: dict[str, Any]) -> Table:
    table = Table(expand=True)
    for column in FIGURES:
        table.add_column(column, justify="left" if column in {"campaign", "state"} else "right")
    for c in floor["campaigns"]:
        left = sum(c["leads"].get(state, 0) for state in ("new", "retry", "queued"))
        wait = c["mean_wait_seconds"]
        table.add_row(
            c["campaign"],
            c["state"],
            str(c["placed"]),
            str(c["answered"]),
            str(c["connected"]),
            share(c["connect_rate"]),
            str(c["abandoned"]),
            share(c["abandon_rate"]),
            clock(c["talk_seconds"]),
            "–" if wait is None else f"{wait:.1f} s",
            str(left) if c["leads"] else "–",
        )
    return table


def _two_columns(left: RenderableType, right: RenderableType) -> Table:
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=5)
    grid.add_column(ratio=6)
    grid.add_row(left, right)
    return grid


def _reps(floor: dict[str, Any]) -> Table:
    states = Counter(agent["state"] for agent in floor["agents"])
    title = "  ".join(f"{states[s]} {s}" for s in STATES if states[s]) or "no rep is logged in"
    table = Table(title=f"reps: {title}", expand=True)
    for column in ("rep", "state", "for", "calls", "talked"):
        table.add_column(column, justify="left" if column in {"rep", "state"} else "right")
    for agent in sorted(floor["agents"], key=lambda a: a["name"]):
        state = agent["state"] + (f" ({agent['reason']})" if agent["reason"] else "")
        table.add_row(
            agent["name"],
            Text(state, style=COLOURS.get(agent["state"], "")),
            clock(floor["at"] - agent["since"]),
            str(agent["calls"]),
            clock(agent["talk_seconds"]),
        )
    return table


def _calls_and_last(floor: dict[str, Any]) -> Group:
    phases = Counter(call["phase"] for call in floor["calls"])
    calls = Table(title=f"calls: {len(floor['calls'])} in progress", expand=True)
    for phase in PHASES:
        calls.add_column(phase, justify="right")
    calls.add_row(*(str(phases[phase]) for phase in PHASES))
    last = Table(title="last calls", expand=True)
    for column in ("number", "outcome", "rep", "talked"):
        last.add_column(column)
    for call in floor["last_ended"][:8]:
        outcome = Text(call["outcome"], style=OUTCOME_COLOURS.get(call["outcome"], "dim"))
        last.add_row(call["number"], outcome, call["agent"] or "", clock(call["talk_seconds"]))
    return Group(calls, last)


def _reason(floor: dict[str, Any], language: str) -> str:
    why = floor["pacing"].get("why") or {}
    return str(why.get(language) or why.get("en") or "nothing decided yet")
