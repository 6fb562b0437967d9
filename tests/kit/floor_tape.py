"""Tapes of floors: what went in and all that came out, to hold a floor to what it did before.

A floor's log keeps a checksum of the orders and lives with the pacing of its day. A tape keeps the
orders themselves, what the pacer was told and what it answered, and which events were refused with
which words: so it is about the floor alone, and a difference can be read.

A file of tapes is xz over lines of JSON: a `Head`, then its `Turn`s, then the next head.
"""

from __future__ import annotations

import lzma
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, cast

import msgspec

from dialer.floor import Floor, ImpossibleEvent, PoolRules, machine
from dialer.floor import commands as cmd
from dialer.floor.any_event import AnyEvent
from pacing import Pacer, Seen

_machine: Any = machine
#: Name, arguments, named arguments; with the answer where it was asked.
Told = list[Any]


class Head(msgspec.Struct, frozen=True):
    """How a floor began; `tape` names what was going on."""

    tape: str
    pool: str
    run: str
    at: float
    rules: PoolRules


class Turn(msgspec.Struct, frozen=True, array_like=True):
    """One step. `refused`: the words with which the event was refused."""

    now: float
    event: AnyEvent
    told: list[Told]
    commands: list[msgspec.Raw]
    refused: str = ""


class Tape(msgspec.Struct):
    head: Head
    turns: list[Turn]


def _plain(thing: object) -> Any:
    """What JSON has no form for: the "as before" of a pacer's limits."""
    if thing is ...:
        return "..."
    raise NotImplementedError(type(thing))


_kinds = [
    kind
    for kind in vars(cmd).values()
    if isinstance(kind, type) and issubclass(kind, cmd.Command) and kind is not cmd.Command
]
_encoder = msgspec.json.Encoder(enc_hook=_plain)
encode = _encoder.encode
_command = msgspec.json.Decoder(cast(Any, reduce(or_, _kinds)))
_head, _turn = msgspec.json.Decoder(Head), msgspec.json.Decoder(Turn)


# --- files ----------------------------------------------------------------------------------------


def read(path: Path) -> Iterator[Tape]:
    tape: Tape | None = None
    with lzma.open(path) as file:
        for line in file:
            if not line.startswith(b"{"):
                assert tape is not None, "turns of no tape"
                tape.turns.append(_turn.decode(line))
                continue
            if tape is not None:
                yield tape
            tape = Tape(_head.decode(line), [])
    if tape is not None:
        yield tape


def write(path: Path, tapes: Iterable[Tape]) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 26}]
    with lzma.open(path, "wb", filters=filters) as file:
        for tape in tapes:
            for line in (tape.head, *tape.turns):
                file.write(encode(line) + b"\n")


# --- playing --------------------------------------------------------------------------------------


class LeftTheTape(AssertionError):  # noqa: N818  (says what happened)
    """The floor did something else than it did when the tape was made."""


class PlayedPacer:
    """Answers as the tape has it, and holds the floor to telling the same."""

    def __init__(self) -> None:
        self.due: list[Told] = []

    def seen(self) -> Seen:
        """On no tape: a question for the record of a call, which moves nothing."""
        return Seen("taped", 0, 0, 0, 0, 0, "")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.hear([name, args, kwargs])

    def hear(self, told: Sequence[object]) -> Any:
        wanted = self.due.pop(0) if self.due else ["nothing"]
        if encode(told) != encode(wanted[:3]):
            raise LeftTheTape(f"the pacer was told {wanted}, and now {list(told)}")
        answer = wanted[3]
        if answer == "ValueError":
            raise ValueError(answer)
        is_never = answer is None and told[0] == "ask_again_at"
        return math.inf if is_never else answer


#: Told of the floor after each turn, and of what has happened.
Look = Callable[[Floor, AnyEvent], None]


def play(tape: Tape, look: Look = lambda floor, event: None) -> int:
    """Run the tape through a new floor. How many commands came; LeftTheTape where they differ."""
    head, pacer, count = tape.head, PlayedPacer(), 0
    with opened_as(lambda settings, saved: pacer.hear(["open", [], {}]) or pacer):
        pacer.due = [["open", [], {}, None]]
        floor = machine.open_floor(head.pool, head.run, head.rules, head.at)
        for number, turn in enumerate(tape.turns, 1):
            count += len(turn.commands)
            try:
                _take(floor, pacer, turn)
            except LeftTheTape as error:
                raise LeftTheTape(f"{head.tape}, turn {number}, {turn.event}: {error}") from None
            look(floor, turn.event)
    return count


@contextmanager
def opened_as(open_pacer: Callable[[Any, Any], Any]) -> Iterator[None]:
    """For as long as this lasts every pacer of a floor is opened so."""
    before = _machine.open_pacer
    _machine.open_pacer = open_pacer
    try:
        yield
    finally:
        _machine.open_pacer = before


def _take(floor: Floor, pacer: PlayedPacer, turn: Turn) -> None:
    pacer.due = list(turn.told)
    try:
        commands, refused = machine.step(floor, turn.event, turn.now), ""
    except ImpossibleEvent as error:
        commands, refused = [], str(error)
    if refused != turn.refused:
        raise LeftTheTape(f"refused was {turn.refused!r}, and now {refused!r}")
    got, wanted = [encode(it) for it in commands], [_today(it) for it in turn.commands]
    if got != wanted:
        raise LeftTheTape(_difference(wanted, got))
    if pacer.due:
        raise LeftTheTape(f"the pacer was also told {pacer.due}")


def _today(command: msgspec.Raw) -> bytes:
    """A command as this build writes it: a field that came since has its default."""
    return encode(_command.decode(command))


def _difference(wanted: Sequence[bytes], got: Sequence[bytes]) -> str:
    lines = [f"  was {it.decode()}" for it in wanted] + [f"  now {it.decode()}" for it in got]
    return "\n".join(["other commands", *lines])


# --- making them ----------------------------------------------------------------------------------


class TapedPacer:
    """The pacer itself, and all that is said to it is written down."""

    def __init__(self, inner: Pacer, told: list[Told]) -> None:
        self.inner, self.told = inner, told

    def seen(self) -> Seen:
        return self.inner.seen()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        do = getattr(self.inner, name)

        def heard(*args: Any, **kwargs: Any) -> Any:
            answer = do(*args, **kwargs)
            kept = "" if isinstance(answer, bytes) else answer
            self.told.append(msgspec.json.decode(encode([name, args, kwargs, kept])))
            return answer

        return heard


Step = Callable[[Floor, Any, float], list[cmd.Command]]


def taped_step(
    step: Step, floor: Floor, event: AnyEvent, now: float
) -> tuple[Turn, list[cmd.Command] | None]:
    """Step the floor and write it down. No commands: it was refused."""
    told: list[Told] = []
    real = _machine.open_pacer

    def reopened(settings: Any, saved: Any) -> Any:
        try:
            opened = real(settings, saved)
        except ValueError:
            told.append(["open", [], {}, "ValueError"])
            raise
        told.append(["open", [], {}, None])
        return TapedPacer(opened, told)

    floor.pacer = cast(Pacer, TapedPacer(floor.pacer, told))
    try:
        with opened_as(reopened):
            commands = step(floor, event, now)
    except ImpossibleEvent as error:
        return Turn(now, event, told, [], str(error)), None
    finally:
        floor.pacer = cast(TapedPacer, floor.pacer).inner
    return Turn(now, event, told, [msgspec.Raw(encode(it)) for it in commands]), commands
