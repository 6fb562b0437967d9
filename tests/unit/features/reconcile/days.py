"""A day's calls with their rows and files, on which all sides agree; and losses of all kinds."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from dialer.features.reconcile.rules import GRACE_S, Call, FileSeen, Ledger
from dialer.ports.cdr import complete_cdr
from dialer.ports.store import Recording
from dialer.ports.switch import LedgerRow
from dialer.words import DifferenceKind, RecordingState

START = 1_800_000_000.0
NOW = START + 90_000.0


class Day(Struct, frozen=True, kw_only=True):
    calls: tuple[Call, ...]
    rows: tuple[LedgerRow, ...]
    files: tuple[FileSeen, ...]

    @property
    def ledger(self) -> Ledger:
        return Ledger(rows=self.rows, whole_since=START)


def call(name: str, *, at: float = START, talk: float = 0.0) -> Call:
    """`talk`: seconds in which callee and rep hear each other; then there is a recording."""
    talks = talk > 0
    cdr = complete_cdr(
        attempt_id=name, campaign="spring", lead_id="L", number="+493012345678", caller_id="",
        trunk="main", node="one", placed_at=at, ringing_at=at + 2,
        answered_at=at + 8 if talks else None, connected_at=at + 8.1 if talks else None,
        ended_at=at + 8 + max(talk, 12.0), outcome="connected" if talks else "no_answer",
        answered_by="human" if talks else None, agent="anna" if talks else None,
        talk_seconds=None, wrapup_seconds=None, hangup_cause=16 if talks else 19,
        hangup_by="callee" if talks else "network", disposition=None,
        recording=name if talks else None, sip_code=None,
    )  # fmt: skip
    return Call(cdr=cdr, recording=_recording(name, talk) if talks else None)


def _recording(name: str, talk: float) -> Recording:
    return Recording(
        id=name, attempt_id=name, path=f"2027-01-15/spring/{name}.flac", created_at=START,
        state=RecordingState.READY, seconds=talk, bytes=int(9000 * talk), sha256=f"sha {name}",
        codec="flac",
    )  # fmt: skip


def row(it: Call, jitter: float = 0.0) -> LedgerRow:
    cdr = it.cdr
    assert cdr.ended_at is not None
    return LedgerRow(
        attempt=cdr.attempt_id, start=cdr.placed_at, end=cdr.ended_at + jitter,
        answer=None if cdr.answered_at is None else cdr.answered_at + jitter,
        disposition="NO ANSWER" if cdr.answered_at is None else "ANSWERED",
        cause=None if cdr.answered_at is None else 16,
        leg=None if cdr.connected_at is None else "leg-01-anna", bridged=cdr.connected_at,
    )  # fmt: skip


def file(it: Recording, written_at: float = START + 100) -> FileSeen:
    assert it.bytes is not None
    return FileSeen(
        attempt=it.attempt_id, path=it.path, bytes=it.bytes, written_at=written_at,
        seconds=it.seconds, sha256=it.sha256,
    )  # fmt: skip


def day(calls: list[Call], jitter: float = 0.0) -> Day:
    return Day(
        calls=tuple(calls),
        rows=tuple(row(it, jitter) for it in calls),
        files=tuple(file(it.recording) for it in calls if it.recording),
    )


def days() -> st.SearchStrategy[Day]:
    """Whatever jitter two clocks may have; at least one call with a talk and one without."""
    talks = st.lists(st.sampled_from([0.0, 15.0, 400.0]), min_size=4, max_size=12)
    jitters = st.floats(-0.9, 0.9)

    def made(talked: list[float], jitter: float) -> Day:
        seconds = [30.0, 0.0, *talked]
        calls = [call(f"A{n:02}", at=START + 700 * n, talk=it) for n, it in enumerate(seconds)]
        return day(calls, jitter)

    return st.builds(made, talks, jitters)


# --- losses: each makes a day of which one call differs in one way --------------------------------

Loss = Callable[[Day, Call], Day]


def _without_record(it: Day, lost: Call) -> Day:
    files = tuple(file for file in it.files if file.attempt != lost.cdr.attempt_id)
    return replace(it, calls=tuple(one for one in it.calls if one != lost), files=files)


def _without_row(it: Day, lost: Call) -> Day:
    return replace(it, rows=tuple(r for r in it.rows if r.attempt != lost.cdr.attempt_id))


def _row_with(it: Day, lost: Call, **changes: object) -> Day:
    rows = (replace(r, **changes) if r.attempt == lost.cdr.attempt_id else r for r in it.rows)
    return replace(it, rows=tuple(rows))


def _file_with(it: Day, lost: Call, **changes: object) -> Day:
    files = (replace(f, **changes) if f.attempt == lost.cdr.attempt_id else f for f in it.files)
    return replace(it, files=tuple(files))


def _late(it: Day, lost: Call) -> Day:
    return _row_with(it, lost, end=(lost.cdr.ended_at or 0.0) + 9.0)


def _never_talked(it: Day, lost: Call) -> Day:
    return _row_with(it, lost, bridged=None, leg=None)


def _never_answered(it: Day, lost: Call) -> Day:
    return _row_with(it, lost, answer=None, bridged=None, leg=None)


def _unmarked(it: Day, lost: Call) -> Day:
    cdr = msgspec.structs.replace(lost.cdr, recording=None)
    bare = replace(lost, cdr=cdr, recording=None)
    return replace(it, calls=tuple(bare if one == lost else one for one in it.calls))


def _gone(it: Day, lost: Call) -> Day:
    return replace(it, files=tuple(f for f in it.files if f.attempt != lost.cdr.attempt_id))


#: Those that any call can have, and those of calls with a talk and a recording.
OF_ANY: dict[DifferenceKind, Loss] = {
    "no_record": _without_record,
    "no_entry": _without_row,
    "end": _late,
}
OF_TALKS: dict[DifferenceKind, Loss] = {
    **OF_ANY,
    "answer": _never_answered,
    "outcome": _never_talked,
    "recording_missing": _gone,
    "recording_size": lambda it, lost: _file_with(it, lost, bytes=7),
    "recording_length": lambda it, lost: _file_with(it, lost, seconds=1.0),
    "recording_checksum": lambda it, lost: _file_with(it, lost, sha256="another"),
    "recording_unnamed": _unmarked,
}
assert NOW - START > 20 * GRACE_S
