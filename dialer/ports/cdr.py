"""The call detail record: its columns and its durations."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from dialer.words import AnsweredBy, HangupBy, Outcome


class Cdr(Struct, frozen=True, kw_only=True):
    """One call detail record: the export's columns in the export's order."""

    attempt_id: str
    campaign: str
    lead_id: str
    number: str
    caller_id: str
    trunk: str
    node: str
    placed_at: float
    ringing_at: float | None
    answered_at: float | None
    connected_at: float | None
    ended_at: float | None
    outcome: Outcome | None
    answered_by: AnsweredBy | None
    agent: str | None
    ring_seconds: float | None
    wait_seconds: float | None
    talk_seconds: float | None
    wrapup_seconds: float | None
    hangup_cause: int | None
    hangup_by: HangupBy | None
    disposition: str | None
    recording: str | None
    #: Of the final answer of a far end that ended a call nobody answered; None: there was none.
    sip_code: int | None


def complete_cdr(**row: Any) -> Cdr:
    """A record with its durations. They are the differences of the times as they are exported.

    `ring_seconds` runs from ringing, or from placing where nothing rang, to the answer or the end;
    `wait_seconds` from the answer to the moment both hear each other; `talk_seconds` is what the
    engine measured, else from that moment to the end.
    """
    answered, connected, ended = row["answered_at"], row["connected_at"], row["ended_at"]
    talk = row.pop("talk_seconds")
    if connected is None:
        talk = None
    elif talk is None:
        talk = _between(connected, ended)
    return Cdr(
        ring_seconds=_between(
            row["placed_at"] if row["ringing_at"] is None else row["ringing_at"],
            ended if answered is None else answered,
        ),
        wait_seconds=_between(answered, connected),
        talk_seconds=talk,
        **row,
    )


def _between(start: float | None, end: float | None) -> float | None:
    """Seconds between two times, each rounded to the millisecond as exported; never negative."""
    if start is None or end is None:
        return None
    return max(0, round(end * 1000) - round(start * 1000)) / 1000
