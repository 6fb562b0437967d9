"""What is counted: kinds of facts, a row each, and the columns that every source of them has.

Times are unix milliseconds, durations milliseconds, both whole numbers: a sum of floats depends on
the order in which an engine adds them up. What did not happen is None. No column holds a
person's number or name, so whatever is kept of facts need not change when somebody is erased.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

Value = str | int | None
#: One row, by column.
Row = Mapping[str, Value]


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"


class Fact(Struct, frozen=True, eq=False):
    """A kind of fact. Its `moment` is the column that decides on which day a row counts; that and
    `key` together name one row.
    """

    name: str
    moment: str
    key: str
    columns: Mapping[str, Kind]

    @property
    def shape(self) -> str:
        """Another one for other columns: what was kept of a fact holds for its shape only."""
        return sha256(repr([*self.columns.items()]).encode()).hexdigest()[:8]


_TEXT, _WHOLE = Kind.TEXT, Kind.WHOLE

#: One for each attempt that has ended, whatever became of it.
CALLS = Fact(
    "calls",
    moment="placed_ms",
    key="attempt",
    columns={
        "campaign": _TEXT,
        "list": _TEXT,
        "lead": _TEXT,
        "trunk": _TEXT,
        "node": _TEXT,
        "caller_id": _TEXT,  # the number shown, one of ours
        "mode": _TEXT,
        "agent": _TEXT,  # who talked last, as team and squad were when the call ended
        "team": _TEXT,
        "squad": _TEXT,
        "placed_ms": _WHOLE,
        "ringing_ms": _WHOLE,
        "answered_ms": _WHOLE,
        "connected_ms": _WHOLE,
        "ended_ms": _WHOLE,
        "talk_ms": _WHOLE,
        "wrapup_ms": _WHOLE,
        "outcome": _TEXT,
        "answered_by": _TEXT,
        "disposition": _TEXT,
        "result_group": _TEXT,  # of the disposition, as it was when it was given
        "cause": _WHOLE,
        "sip_code": _WHOLE,
        "hangup_by": _TEXT,
        "paced": _WHOLE,  # 1: placed for whoever is free, so that it can be abandoned by pacing
        "attempt": _TEXT,  # its id, which leads to the call itself
    },
)

#: A stretch of a rep's time in one state, cut where a quarter of an hour ends: every zone's hours
#: and days begin with one (offsets of all zones in use are whole quarters).
TIMES = Fact(
    "times",
    moment="began_ms",
    key="stretch",
    columns={
        "agent": _TEXT,
        "team": _TEXT,
        "squad": _TEXT,
        "pool": _TEXT,
        "state": _TEXT,
        "reason": _TEXT,
        "began_ms": _WHOLE,
        "ended_ms": _WHOLE,
        "stretch": _TEXT,  # of which it is a piece
        "lasted_ms": _WHOLE,
    },
)

FACTS: Mapping[str, Fact] = {fact.name: fact for fact in (CALLS, TIMES)}
QUARTER_MS = 15 * 60 * 1000
DAY_MS = 86_400_000


def milliseconds(seconds: float) -> int:
    """The nearest whole millisecond; of two as near the later, as stores have it."""
    return math.floor(seconds * 1000 + 0.5)


def cut(began_ms: int, ended_ms: int) -> list[tuple[int, int]]:
    """A stretch in pieces, none of which crosses a quarter of an hour."""
    pieces = []
    while began_ms < ended_ms:
        end = min(ended_ms, (began_ms // QUARTER_MS + 1) * QUARTER_MS)
        pieces.append((began_ms, end))
        began_ms = end
    return pieces
