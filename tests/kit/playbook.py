"""A floor tested as a script: what happens and when, and the orders that must follow.

    play(
        floor,
        (10.0, RouteAsked("a1", 10.0), [Connect("a1", "ann", "leg-ann")]),
        (15.0, HungUp("a1", 15.0, 16, "callee"), [like(CloseAttempt, outcome="connected")]),
    )

Orders are compared in order. What a floor merely reports (moves, mishaps) and its asking
for leads is left out unless the script's line names a command of that kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dialer.floor import Floor, ImpossibleEvent, step
from dialer.floor.commands import (
    AgentMoved,
    AttemptMoved,
    BringLeads,
    Command,
    NoteMishap,
    NoteStep,
)
from dialer.floor.events import Event

#: Left out of the comparison unless a line expects one of its kind.
REPORTS: tuple[type[Command], ...] = (AgentMoved, AttemptMoved, BringLeads, NoteMishap, NoteStep)


@dataclass(frozen=True, slots=True)
class Like:
    """Matches a command of this kind with these fields, whatever its others."""

    kind: type[Command]
    fields: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind.__name__}({_fields(self.fields)}, …)"


@dataclass(frozen=True, slots=True)
class Impossible:
    """The event must be refused in this state."""

    state: str

    def __str__(self) -> str:
        return f"ImpossibleEvent({self.state!r})"


Expected = Sequence[Command | Like] | Impossible
Line = tuple[float, Event, Expected]


def like(kind: type[Command], **fields: Any) -> Like:
    unknown = set(fields) - set(kind.__struct_fields__)
    assert not unknown, f"{kind.__name__} has no {', '.join(sorted(unknown))}"
    return Like(kind, fields)


def play(floor: Floor, *script: Line) -> Floor:
    """Step `floor` through the script. AssertionError with the script so far where they differ."""
    story: list[str] = []
    for at, event, expected in script:
        story.append(f"{at:10.3f} >> {show(event)}")
        got = _step(floor, event, at, expected)
        wanted = expected if isinstance(expected, Impossible) else list(expected)
        if _agree(wanted, got):
            story += [f"{'':10} << {show(command)}" for command in _listed(got)]
        else:
            raise AssertionError(
                "\n".join(["the floor left the script", *story, *_diff(wanted, got)])
            )
    return floor


def show(thing: object) -> str:
    """A command or event with the fields that say something."""
    if not isinstance(thing, msgspec.Struct):
        return str(thing)
    fields = msgspec.structs.asdict(thing)
    told = {k: v for k, v in fields.items() if v not in (None, "", {}, [], ())}
    return f"{type(thing).__name__}({_fields(told)})"


Got = list[Command] | Impossible


def _step(floor: Floor, event: Event, at: float, expected: Expected) -> Got:
    try:
        commands = step(floor, event, at)
    except ImpossibleEvent as error:
        return Impossible(error.state)
    kinds = () if isinstance(expected, Impossible) else tuple(map(_kind, expected))
    return [c for c in commands if not isinstance(c, REPORTS) or isinstance(c, kinds)]


def _kind(expected: Command | Like) -> type[Command]:
    return expected.kind if isinstance(expected, Like) else type(expected)


def _agree(wanted: list[Command | Like] | Impossible, got: Got) -> bool:
    if isinstance(wanted, Impossible) or isinstance(got, Impossible):
        return wanted == got
    return len(wanted) == len(got) and all(map(_fits, wanted, got))


def _fits(wanted: Command | Like, got: Command) -> bool:
    if not isinstance(wanted, Like):
        return wanted == got
    return type(got) is wanted.kind and all(
        getattr(got, name) == value for name, value in wanted.fields.items()
    )


def _diff(wanted: list[Command | Like] | Impossible, got: Got) -> list[str]:
    left, right = _listed(wanted), _listed(got)
    lines = []
    for i in range(max(len(left), len(right))):
        here = (left[i : i + 1], right[i : i + 1])
        if here[0] and here[1] and _agree([*here[0]], [*here[1]]):  # type: ignore[list-item]
            lines.append(f"{'':10} << {show(here[1][0])}")
            continue
        lines += [f"{'expected':>10} << {show(one)}" for one in here[0]]
        lines += [f"{'but got':>10} << {show(one)}" for one in here[1]]
    return lines


def _listed(commands: Sequence[Command | Like] | Impossible) -> list[object]:
    return [commands] if isinstance(commands, Impossible) else list(commands)


def _fields(fields: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in fields.items())
