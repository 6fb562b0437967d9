"""The states of attempts and reps as a page with diagrams, drawn from the tables that move them.

python -m dialer.engine.diagram [FILE]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from dialer.floor import events as ev
from dialer.floor.conversation import MOVES, Spot, Want
from dialer.floor.transitions import (
    AGENT_BY_ITSELF,
    AGENT_TABLE,
    ATTEMPT_BY_ITSELF,
    ATTEMPT_TABLE,
    Move,
)
from dialer.floor.waiting import CONVERSATION, Act, go_on
from dialer.words import AgentState, Phase

PAGE = Path("docs/reference/states.md")
Table = Mapping[StrEnum, Mapping[type[ev.Event], Move]]
ByItself = Mapping[StrEnum, Mapping[str, Sequence[StrEnum]]]

_HEAD = """# States

Drawn from `dialer/floor/transitions.py` by `python -m dialer.engine.diagram`; do not edit by hand.
An event that a state's row does not name is impossible there: the floor refuses it untouched, and
the engine counts it (`dialer_floor_impossible_events_total`). In the diagrams, text in quotes is
what no event of its own causes: a rep found, a time that is over. Events that leave a state as it
is are in the tables only.
"""


def page() -> str:
    """The whole page, as Markdown with Mermaid diagrams."""
    return "\n".join(
        [
            _HEAD,
            "## An attempt",
            "",
            *_section(ATTEMPT_TABLE, ATTEMPT_BY_ITSELF, Phase.PLACING),  # type: ignore[arg-type]
            "",
            *_conversation(),
            "",
            "## A rep",
            "",
            "`reserved` is ready with a callee on the way: pacing, records and screens see it as",
            "ready.",
            "",
            *_section(AGENT_TABLE, AGENT_BY_ITSELF, AgentState.OUT),  # type: ignore[arg-type]
            "",
        ]
    )


def _section(table: Table, by_itself: ByItself, first: StrEnum) -> list[str]:
    return [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {first}",
        *_arrows(table, by_itself),
        "```",
        "",
        "| state | events it takes |",
        "|---|---|",
        *(f"| {state} | {_names(events)} |" for state, events in table.items() if events),
    ]


def _arrows(table: Table, by_itself: ByItself) -> list[str]:
    causes: dict[tuple[str, str], list[str]] = {}
    for state, events in table.items():
        for event, move in events.items():
            for to in move.to:
                if to != state:
                    causes.setdefault((state, to), []).append(event.__name__)
        for cause, targets in by_itself.get(state, {}).items():
            for target in targets:
                causes.setdefault((state, target), []).append(f"'{cause}'")
    return [f"    {a} --> {b}: {', '.join(sorted(names))}" for (a, b), names in causes.items()]


_CONVERSATION = """## A conversation

What an attempt wants that is `talking`, `held` or on the way between the two, from the table
`CONVERSATION` in `dialer/floor/waiting.py`. From `talk` to `taken` it has one rep; from `ring` to
`handover` somebody was asked in as a third; from `given` the rep is out of it. It ends from
anywhere. `Ticked` stands for a time that is over.
"""
_SPOTS = {
    Spot.BRIDGE: "talks",
    Spot.ASKS: "asks",
    Spot.TONE: "hears the tone",
    Spot.ON_WAY: "is on the way",
}


def _conversation() -> list[str]:
    return [
        _CONVERSATION,
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {Want.TALK}",
        *(f"    {a} --> {b}: {', '.join(sorted(names))}" for (a, b), names in _causes().items()),
        "```",
        "",
        "| wants | next step | the callee asks again | the wait is over | the third is gone |",
        "|---|---|---|---|---|",
        *map(_row, Want),
    ]


def _causes() -> dict[tuple[Want, Want], list[str]]:
    causes: dict[tuple[Want, Want], list[str]] = {}
    for wanted, moves in MOVES.items():
        for event, targets in moves.items():
            for target in targets:
                causes.setdefault((wanted, target), []).append(event.__name__)
    return causes


def _row(wanted: Want) -> str:
    row = CONVERSATION[wanted]
    gone = "" if row.gone is go_on else _name(row.gone)
    cells = [wanted, _steps(row.serve), _name(row.asked), _steps(row.over), gone]
    return f"| {' | '.join(cells)} |"


def _steps(acts: Mapping[Spot, Act]) -> str:
    """Each step once, with all places where it is taken."""
    names = dict.fromkeys(_name(act) for act in acts.values())
    where = {name: [_SPOTS[at] for at, act in acts.items() if _name(act) == name] for name in names}
    return "; ".join(
        f"{name} (wherever the callee is)"
        if len(spots) == len(Spot)
        else f"{name} (the callee {' or '.join(spots)})"
        for name, spots in where.items()
    )


def _name(act: Any) -> str:
    return str(act.__name__).replace("_", " ")


def _names(events: Mapping[type[ev.Event], Move]) -> str:
    return ", ".join(sorted(event.__name__ for event in events))


def main(arguments: Sequence[str]) -> None:
    """Write the page to the file named, or to where the docs keep it."""
    path = Path(arguments[0]) if arguments else PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
