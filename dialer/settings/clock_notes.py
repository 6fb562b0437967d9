"""What the service saw of the machine's clock, kept in the state folder for `dialer doctor`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dialer.clocks.jumps import Jump
from dialer.settings.secrets import replace_file

FILE = "clock.json"
KEPT = 20


class Note(msgspec.Struct, frozen=True):
    """`at`: by the wall as it stood afterwards."""

    at: float
    kind: str
    seconds: float


def note(state_dir: Path, jump: Jump, at: float) -> None:
    """Raises OSError."""
    notes = [*noted(state_dir), Note(at, jump.kind, round(jump.seconds, 3))][-KEPT:]
    replace_file(state_dir / FILE, msgspec.json.encode(notes).decode() + "\n", mode=0o600)


def noted(state_dir: Path) -> list[Note]:
    """The oldest first; none where the file is missing or no notes."""
    try:
        return msgspec.json.decode((state_dir / FILE).read_bytes(), type=list[Note])
    except (OSError, msgspec.MsgspecError):
        return []


def in_words(kind: str, seconds: float) -> str:
    if kind == "step":
        return f"the wall clock was set by {seconds:+.1f} s"
    if kind == "sleep":
        return f"the machine slept for {seconds:.0f} s"
    return f"the service stood still for {seconds:.0f} s"
