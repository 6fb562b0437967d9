"""Tapes every floor that tests run: a plugin for pytest, to be loaded before anything else.

    python -m pytest -p tests.kit.floor_taping --tape FILE [--tape-turns N] tests/unit/floor

What cannot be played again (a test that reached into its floor) is left out, and so is the
beginning of a longer tape.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import dialer.floor
from dialer.floor import Floor, PoolRules, machine
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from tests.kit.floor_tape import Head, LeftTheTape, Tape, encode, play, taped_step, write

_real_step, _real_open = machine.step, machine.open_floor


class Taping:
    """Stands in for a floor's `open_floor` and `step`."""

    def __init__(self) -> None:
        self.limit = 400
        #: By the floor's identity; the floors are kept, so that none has another's.
        self.tapes: dict[int, tuple[Floor, Tape]] = {}

    def open_floor(
        self, pool: str, run: str, rules: PoolRules, now: float, saved: bytes | None = None
    ) -> Floor:
        floor = _real_open(pool, run, rules, now, saved)
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0].partition("::")[2]
        self.tapes[id(floor)] = floor, Tape(Head(test, pool, run, now, rules), [])
        return floor

    def step(self, floor: Floor, event: ev.Event, now: float) -> list[cmd.Command]:
        _, tape = self.tapes.get(id(floor), (None, None))
        if tape is None or len(tape.turns) >= self.limit:
            return _real_step(floor, event, now)
        turn, commands = taped_step(_real_step, floor, event, now)  # type: ignore[arg-type]
        tape.turns.append(turn)
        # Refused, it has changed nothing, and is refused again.
        return _real_step(floor, event, now) if commands is None else commands


taping = Taping()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tape", type=Path, required=True, help="the file to write")
    parser.addoption("--tape-turns", type=int, default=taping.limit, help="of one floor, at most")


def pytest_configure(config: pytest.Config) -> None:
    taping.limit = config.getoption("--tape-turns")
    _put(taping.step, taping.open_floor)


def pytest_unconfigure(config: pytest.Config) -> None:
    _put(_real_step, _real_open)
    kept = _without_beginnings([tape for _, tape in taping.tapes.values() if _plays(tape)])
    write(config.getoption("--tape"), sorted(kept, key=lambda tape: tape.head.tape))
    print(f"{len(kept)} tapes of {len(taping.tapes)} floors")


def _put(step: Any, open_floor: Any) -> None:
    for module in (machine, dialer.floor):
        module.step, module.open_floor = step, open_floor  # type: ignore[attr-defined]


def _plays(tape: Tape) -> bool:
    try:
        return play(tape) > 0
    except (LeftTheTape, LookupError):
        return False


def _without_beginnings(tapes: list[Tape]) -> list[Tape]:
    by_text = {_text(tape): tape for tape in tapes}
    texts = sorted(by_text)
    pairs = zip(texts, [*texts[1:], b""], strict=True)
    return [by_text[text] for text, following in pairs if not following.startswith(text)]


def _text(tape: Tape) -> bytes:
    began = [tape.head.rules, tape.head.at]
    return b"\n".join(encode(it) for it in (began, *tape.turns))
