"""Differences and checks, as they are kept and sent."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.ports.records import Moment, Record, RecordType
from dialer.words import DifferenceKind, Settled


class CallSaid(Struct, frozen=True, kw_only=True):
    """What one side says of a call. Times are unix seconds; None: it did not happen."""

    placed_at: float
    answered_at: float | None
    connected_at: float | None
    ended_at: float | None
    #: Our outcome, or the switch's own word (`ANSWERED`, `NO ANSWER`, …).
    outcome: str | None


class FileSaid(Struct, frozen=True, kw_only=True):
    """What was noted of a recording, or what lies on disk. None: not known, or not looked at."""

    path: str
    bytes: int | None = None
    seconds: float | None = None
    sha256: str | None = None


class Difference(Record, frozen=True, kw_only=True):
    """One thing about one call that two sides say differently, or only one says at all.

    `number` is masked. Empty: no record says so. `settled`: both sides agree again, or somebody
    knows of it and has said so in `note`.
    """

    kind: DifferenceKind
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    attempt: str
    campaign: str
    number: str
    placed_at: Moment | None
    ended_at: Moment | None
    record: CallSaid | None
    switch: CallSaid | None
    noted: FileSaid | None
    file: FileSaid | None
    settled: Settled = ""
    note: Annotated[str, Meta(max_length=500)] = ""


class DayCheck(Record, frozen=True, kw_only=True):
    """The last look at a day (UTC): what was compared, and how many differences there were then.

    `rows` and `files` are None where the ledger or the disk could not be read from here.
    """

    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    calls: int
    rows: int | None
    files: int | None
    found: int


DIFFERENCE = RecordType(
    "difference",
    Difference,
    search=("attempt", "campaign"),
    filters=("kind", "day", "settled", "attempt"),
    sorts=("day",),
)
DAY_CHECK = RecordType("daycheck", DayCheck, unique=("day",), filters=("day",), sorts=("day",))
