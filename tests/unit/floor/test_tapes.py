"""The floor does today what it did when its tapes were made: the same orders, bit for bit, the same
words to the pacer, the same refusals.

`tapes/` was recorded before the floor was cut into conversation, orders and waiting. It is no
golden file to be made anew: whoever only moves code leaves it alone, and whoever means to change
what the floor does takes out the tapes that show the old way, and says why. More are made with
`python -m pytest -p tests.kit.floor_taping --tape FILE …`.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from dialer.floor import Floor
from dialer.floor import events as ev
from dialer.floor.any_event import AnyEvent
from dialer.floor.conversation import CONVERSES, MOVES, Want, want
from tests.kit.floor_tape import LeftTheTape, Look, Tape, play, read

FILES = sorted((Path(__file__).parent / "tapes").glob("*.jsonl.xz"))


Move = tuple[Want, type[ev.Event], Want]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_a_floor_does_bit_for_bit_what_it_did(file: Path) -> None:
    commands, _ = _played(file)
    assert commands > 500


def test_the_tapes_hold_every_kind_of_event() -> None:
    happened = Counter(type(turn.event) for tape in _all() for turn in tape.turns)
    assert set(get_args(AnyEvent)) - set(happened) == set()


def test_the_drawing_of_a_conversation_is_what_happens_on_tape() -> None:
    happened = {move for file in FILES for move in _played(file)[1]}
    drawn = {(a, event, b) for a, row in MOVES.items() for event, to in row.items() for b in to}
    assert happened - drawn == set()
    assert drawn - happened == set()


def test_a_tape_that_was_meddled_with_is_told_with_the_turn() -> None:
    whole = next(tape for tape in _all() if any(turn.commands for turn in tape.turns))
    tape = Tape(whole.head, list(whole.turns))
    number = next(i for i, turn in enumerate(tape.turns) if turn.commands)
    tape.turns[number] = replace(tape.turns[number], commands=[])
    with pytest.raises(LeftTheTape, match=f"turn {number + 1}, .*other commands"):
        play(tape)


@cache
def _played(file: Path) -> tuple[int, set[Move]]:
    """How many commands there were, and how conversations came to want something else."""
    moves: set[Move] = set()
    return sum(play(tape, _watch(moves)) for tape in _tapes(file)), moves


def _watch(moves: set[Move]) -> Look:
    wants: dict[str, Want] = {}

    def look(floor: Floor, event: ev.Event) -> None:
        now = {key: want(it) for key, it in floor.attempts.items() if it.phase in CONVERSES}
        for key in now.keys() & wants.keys():
            if wants[key] is not now[key]:
                moves.add((wants[key], type(event), now[key]))
        wants.clear()
        wants.update(now)

    return look


@cache
def _tapes(file: Path) -> list[Tape]:
    return list(read(file))


def _all() -> list[Tape]:
    return [tape for file in FILES for tape in _tapes(file)]
