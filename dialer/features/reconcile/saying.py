"""A difference as one line in English, for the command line. Screens say it themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from dialer.features.reconcile.records import CallSaid, Difference, FileSaid
from dialer.words import DifferenceKind

SAID: Final[Mapping[DifferenceKind, str]] = {
    "no_record": "the switch had a call of which there is no record",
    "no_entry": "there is a record of a call that is not in the switch's ledger",
    "answer": "the answer differs",
    "outcome": "whether callee and rep talked differs",
    "end": "the end differs",
    "recording_missing": "the recording is not on disk",
    "recording_size": "the recording's file has another size",
    "recording_length": "the recording's file has another length",
    "recording_checksum": "the recording's file has another checksum",
    "recording_unnamed": "no record names this recording",
}


def in_english(it: Difference) -> str:
    """What differs, and what each side says of it."""
    return "; ".join([SAID[it.kind], *_sides(it)])


def _sides(it: Difference) -> Iterator[str]:
    calls = (("record", it.record), ("switch", it.switch))
    files = (("noted", it.noted), ("on disk", it.file))
    for name, call in calls:
        if call is not None and (it.switch is not None or it.noted is it.file is None):
            yield f"{name}: {_call(call)}"
    for name, file in files:
        if file is not None:
            yield f"{name}: {_file(file)}"


def _call(it: CallSaid) -> str:
    named = {
        "placed": it.placed_at,
        "answered": it.answered_at,
        "talked": it.connected_at,
        "ended": it.ended_at,
    }
    times = [f"{name} {_clock(at)}" for name, at in named.items() if at is not None]
    return " ".join([it.outcome or "open", *times])


def _file(it: FileSaid) -> str:
    size = "" if it.bytes is None else f" {it.bytes} bytes"
    length = "" if it.seconds is None else f" {it.seconds:.2f} s"
    digest = "" if it.sha256 is None else f" sha256 {it.sha256[:12]}…"
    return f"{it.path}{size}{length}{digest}"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]
