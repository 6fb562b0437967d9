"""Where our records, the switch's ledger and the recordings on disk differ. Pure.

`calls` are a day's records of this node. `rows` are the ledger's of the same day, without those
whose record belongs to another day; `files` likewise. What is younger than GRACE_S is no difference
yet: a record may wait for its database, a recording for the processor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from dialer.features.reconcile.records import CallSaid, FileSaid
from dialer.log import mask_number
from dialer.ports.cdr import Cdr
from dialer.ports.store import Recording
from dialer.ports.switch import LedgerRow
from dialer.words import DifferenceKind, RecordingState

#: Two clocks, and two moments in which two programs saw the same: they differ by milliseconds.
TOLERANCE_S = 2.0
#: A recording's length as it was noted and as its file has it.
LENGTH_TOLERANCE_S = 0.1
GRACE_S = 3600.0


class Call(Struct, frozen=True, kw_only=True):
    """A record, and what the store knows of its recording."""

    cdr: Cdr
    recording: Recording | None = None


class Ledger(Struct, frozen=True, kw_only=True):
    """`whole_since`: from this start on (unix seconds) no row is missing; None: it has no row."""

    rows: Sequence[LedgerRow]
    whole_since: float | None


class FileSeen(Struct, frozen=True, kw_only=True):
    """A recording on disk. `attempt` is as the file's name has it, `path` below the root.

    `seconds` and `sha256`: None where they were not, or could not be, read.
    """

    attempt: str
    path: str
    bytes: int
    written_at: float
    is_raw: bool = False
    seconds: float | None = None
    sha256: str | None = None


class Found(Struct, frozen=True, kw_only=True):
    """A difference: what it is, and what each side says."""

    kind: DifferenceKind
    attempt: str
    call: Cdr | None = None
    row: LedgerRow | None = None
    recording: Recording | None = None
    file: FileSeen | None = None

    @property
    def campaign(self) -> str:
        return self.call.campaign if self.call else ""

    @property
    def number(self) -> str:
        return mask_number(self.call.number) if self.call else ""

    @property
    def placed_at(self) -> float | None:
        return self.call.placed_at if self.call else self.row.start if self.row else None

    @property
    def ended_at(self) -> float | None:
        return self.call.ended_at if self.call else self.row.end if self.row else None


def differences(
    calls: Sequence[Call],
    ledger: Ledger | None,
    files: Sequence[FileSeen] | None,
    now: float,
) -> list[Found]:
    """Every difference, each told once. None for a side: it cannot be read, so nothing differs."""
    found = list[Found]()
    if ledger is not None:
        found += _with_ledger(calls, ledger, now)
    if files is not None:
        found += _with_disk(calls, files, now)
    return found


# --- the ledger -----------------------------------------------------------------------------------


def _with_ledger(calls: Sequence[Call], ledger: Ledger, now: float) -> Iterator[Found]:
    rows = {row.attempt: row for row in ledger.rows}  # of two the later counts
    known = {it.cdr.attempt_id for it in calls}
    for row in rows.values():
        if row.attempt not in known and row.end < now - GRACE_S:
            yield Found(kind="no_record", attempt=row.attempt, row=row)
    for it in calls:
        row_of_it = rows.get(it.cdr.attempt_id)
        if row_of_it is not None:
            yield from _compared(it.cdr, row_of_it, now)
        elif _should_be_there(it.cdr, ledger.whole_since, now):
            yield Found(kind="no_entry", attempt=it.cdr.attempt_id, call=it.cdr)


def _should_be_there(call: Cdr, whole_since: float | None, now: float) -> bool:
    """A call that the switch had, and that ended there, in the time of which the ledger tells."""
    if whole_since is None or call.placed_at < whole_since or not _is_over(call, now):
        return False
    was_there = (call.ringing_at, call.answered_at, call.sip_code) != (None, None, None)
    # So a record says itself that the switch knew nothing of the call any more.
    is_unknown = not call.hangup_cause and call.hangup_by == "network"
    return was_there and not is_unknown


def _is_over(call: Cdr, now: float) -> bool:
    return call.ended_at is not None and call.ended_at < now - GRACE_S


def _compared(call: Cdr, row: LedgerRow, now: float) -> Iterator[Found]:
    kinds = _told_otherwise(call, row) if call.ended_at is not None else _told_open(row, now)
    for kind in kinds:
        yield Found(kind=kind, attempt=call.attempt_id, call=call, row=row)


def _told_open(row: LedgerRow, now: float) -> Iterator[DifferenceKind]:
    if row.end < now - GRACE_S:
        yield "end"


def _told_otherwise(call: Cdr, row: LedgerRow) -> Iterator[DifferenceKind]:
    assert call.ended_at is not None
    if not _same(call.answered_at, row.answer, row.end):
        yield "answer"
    elif not _same_talk(call, row):
        yield "outcome"
    if abs(call.ended_at - row.end) > TOLERANCE_S:
        yield "end"


def _same(ours: float | None, theirs: float | None, end: float) -> bool:
    if ours is not None and theirs is not None:
        return abs(ours - theirs) <= TOLERANCE_S
    only = ours if theirs is None else theirs
    # Who answers in the moment of the end is seen by one side and not by the other.
    return only is None or end - only <= TOLERANCE_S


def _same_talk(call: Cdr, row: LedgerRow) -> bool:
    """Whether callee and rep heard each other. The ledger has the moment of the order."""
    bridged = row.bridged if row.leg is not None and row.answer is not None else None
    if call.connected_at is not None:
        return bridged is not None
    return bridged is None or row.end - bridged <= TOLERANCE_S


# --- the disk -------------------------------------------------------------------------------------


def _with_disk(calls: Sequence[Call], files: Sequence[FileSeen], now: float) -> Iterator[Found]:
    there = {file.path: file for file in files}
    for it in calls:
        kind = _wrong_with(it, there) if _is_over(it.cdr, now) else None
        if kind is not None:
            file = there.get(it.recording.path) if it.recording else None
            yield Found(
                kind=kind,
                attempt=it.cdr.attempt_id,
                call=it.cdr,
                recording=it.recording,
                file=file,
            )
    yield from _unnamed(calls, files, now)


def _wrong_with(it: Call, there: Mapping[str, FileSeen]) -> DifferenceKind | None:
    """What a call's record says of its recording, and the disk does not."""
    recording = it.recording
    if recording is None or recording.state is RecordingState.FAILED:
        return None if it.cdr.recording is None else "recording_missing"
    if recording.state is RecordingState.DELETED:
        return None
    file = there.get(recording.path)
    if file is None:
        return "recording_missing"
    return _unlike(recording, file) if recording.state is RecordingState.READY else None


def _unlike(recording: Recording, file: FileSeen) -> DifferenceKind | None:
    if recording.bytes is not None and file.bytes != recording.bytes:
        return "recording_size"
    if None not in {recording.sha256, file.sha256} and file.sha256 != recording.sha256:
        return "recording_checksum"
    if recording.seconds is not None and file.seconds is not None:
        is_same = abs(file.seconds - recording.seconds) <= LENGTH_TOLERANCE_S
        return None if is_same else "recording_length"
    return None


def _unnamed(calls: Sequence[Call], files: Sequence[FileSeen], now: float) -> Iterator[Found]:
    by_name = {it.cdr.attempt_id: it for it in calls}
    named = {
        it.recording.path
        for it in calls
        if it.recording is not None and it.recording.state is not RecordingState.DELETED
    }
    for file in files:
        call = by_name.get(file.attempt)
        goes_on = call is not None and call.cdr.ended_at is None
        if file.path not in named and file.written_at < now - GRACE_S and not goes_on:
            yield Found(
                kind="recording_unnamed",
                attempt=file.attempt,
                call=call.cdr if call else None,
                recording=call.recording if call else None,
                file=file,
            )


# --- what each side says --------------------------------------------------------------------------


def said_by_record(call: Cdr | None) -> CallSaid | None:
    return (
        None
        if call is None
        else CallSaid(
            placed_at=call.placed_at,
            answered_at=call.answered_at,
            connected_at=call.connected_at,
            ended_at=call.ended_at,
            outcome=call.outcome,
        )
    )


def said_by_switch(row: LedgerRow | None) -> CallSaid | None:
    return (
        None
        if row is None
        else CallSaid(
            placed_at=row.start,
            answered_at=row.answer,
            connected_at=row.bridged,
            ended_at=row.end,
            outcome=row.disposition,
        )
    )


def said_by_note(it: Recording | None) -> FileSaid | None:
    return (
        None
        if it is None
        else FileSaid(path=it.path, bytes=it.bytes, seconds=it.seconds, sha256=it.sha256)
    )


def said_by_disk(it: FileSeen | None) -> FileSaid | None:
    return (
        None
        if it is None
        else FileSaid(path=it.path, bytes=it.bytes, seconds=it.seconds, sha256=it.sha256)
    )
