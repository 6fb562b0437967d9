"""Calls as they were: from an export of call detail records, or from a floor's log run again."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from dialer.engine.floorlog import Entry
from dialer.floor import Floor
from dialer.floor import events as ev
from dialer.floor.commands import AgentMoved, CloseAttempt, Command, NoteWrapup
from dialer.floor.rules import CampaignRules, PoolRules
from dialer.ports.cdr import Cdr
from dialer.words import OUTCOMES

_TIMES = ("placed_at", "ringing_at", "answered_at", "connected_at", "ended_at")
_NEEDED = ("campaign", "placed_at", "ended_at", "outcome", "answered_at", "connected_at")


class Record(msgspec.Struct):
    """One ended attempt. Times are unix seconds."""

    campaign: str
    placed_at: float
    ended_at: float
    outcome: str
    ringing_at: float | None = None
    answered_at: float | None = None
    connected_at: float | None = None
    answered_by: str | None = None
    agent: str | None = None
    talk_seconds: float | None = None
    wrapup_seconds: float | None = None
    hangup_cause: int | None = None
    hangup_by: str | None = None
    sip_code: int | None = None


class Span(msgspec.Struct):
    """Time a rep was there: at work or away (paused)."""

    agent: str
    since: float
    until: float
    away: bool


class RecordsError(Exception):
    """The records cannot be read: one line with file, line and what is wrong."""


def read_records(path: Path) -> list[Record]:
    """What `dialer cdr export` wrote, csv or jsonl by its first sign; calls that have ended.

    Raises RecordsError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecordsError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RecordsError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    rows = _json_rows(path, text) if text.lstrip()[:1] == "{" else _csv_rows(path, text)
    found = [_record(path, line, row) for line, row in rows if row.get("ended_at")]
    if not found:
        raise RecordsError(f"{path}: holds no call that has ended")
    return found


def from_cdrs(cdrs: Iterable[Cdr]) -> list[Record]:
    """From the store."""
    fields = Record.__struct_fields__
    return [
        Record(**{name: getattr(cdr, name) for name in fields})
        for cdr in cdrs
        if cdr.ended_at is not None and cdr.outcome is not None
    ]


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise RecordsError(f"{path}:{number}: is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise RecordsError(f"{path}:{number}: is no JSON object")
        _complete(path, number, row)
        yield number, row


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines())
    _complete(path, 1, dict.fromkeys(reader.fieldnames or []))
    for row in reader:
        yield reader.line_num, row


def _complete(path: Path, line: int, row: dict[str, Any]) -> None:
    lacking = [name for name in _NEEDED if name not in row]
    if lacking:
        raise RecordsError(
            f"{path}:{line}: has no {', '.join(lacking)}: is it from 'dialer cdr export'?"
        )


def _record(path: Path, line: int, row: dict[str, Any]) -> Record:
    outcome = row["outcome"]
    if outcome not in OUTCOMES:
        raise RecordsError(f"{path}:{line}: outcome {outcome!r} is none of {', '.join(OUTCOMES)}")
    values: dict[str, Any] = {"campaign": str(row["campaign"]), "outcome": outcome}
    for name in Record.__struct_fields__[1:]:
        if name == "outcome":
            continue
        text = row.get(name)
        if text in (None, ""):
            continue
        try:
            values[name] = _value(name, text)
        except (TypeError, ValueError):
            raise RecordsError(f"{path}:{line}: {name} cannot be {text!r}") from None
    if "placed_at" not in values or "ended_at" not in values:
        raise RecordsError(f"{path}:{line}: placed_at and ended_at are needed")
    return Record(**values)


def _value(name: str, text: Any) -> Any:
    if name in _TIMES:
        return datetime.fromisoformat(str(text)).timestamp()
    if name.endswith("_seconds"):
        return float(text)
    return int(text) if name in {"hangup_cause", "sip_code"} else str(text)


class Seen:
    """Watches a floor's log run again: records, who was there when, and the rules in force."""

    def __init__(self, rules: PoolRules) -> None:
        self.pool = rules
        self.campaigns: dict[str, CampaignRules] = {}
        self.records: dict[str, Record] = {}
        self.spans: list[Span] = []
        self.lines: int | None = None
        self.calls_per_second: float | None = None
        #: Campaigns that had nothing due while they ran.
        self.dry: set[str] = set()
        #: From the first start of a campaign to the last stop of all.
        self.ran_since, self.ran_until = math.inf, -math.inf
        self._here: dict[str, Span] = {}

    def __call__(self, floor: Floor, entry: Entry, commands: Sequence[Command]) -> None:
        event, now = entry.event, entry.now
        if isinstance(event, ev.CampaignSet):
            self.campaigns[event.campaign] = event.rules
            if event.rules.running:
                self.ran_since = min(self.ran_since, now)
            self._runs(now)
        elif isinstance(event, ev.LeadsOffered) and not event.offers:
            self.dry.add(event.campaign)
        elif isinstance(event, ev.LimitsChanged):
            self.calls_per_second = event.calls_per_second
            if event.lines is not None:
                self.lines = max(self.lines or 0, event.lines)
        self.pool = floor.rules
        for command in commands:
            if isinstance(command, CloseAttempt):
                self.records[command.attempt] = record_of(command)
            elif isinstance(command, NoteWrapup) and command.attempt in self.records:
                self.records[command.attempt].wrapup_seconds = command.wrapup_seconds
            elif isinstance(command, AgentMoved):
                self._moved(command, now)

    def _runs(self, now: float) -> None:
        """Reps who are there while nothing is dialed are no part of the work."""
        any_runs = any(rules.running for rules in self.campaigns.values())
        self.ran_until = math.inf if any_runs else now

    def _moved(self, move: AgentMoved, now: float) -> None:
        # A rep whose phone is being called again is at work: he would be ready if he could.
        away = move.state == "paused" and move.reason not in {"phone", "login"}
        here = self._here.get(move.agent)
        if move.state == "out":
            self._leave(move.agent, now)
        elif here is None or here.away != away:
            self._leave(move.agent, now)
            self._here[move.agent] = Span(move.agent, now, now, away)

    def _leave(self, agent: str, now: float) -> None:
        here = self._here.pop(agent, None)
        if here is not None and now > here.since:
            here.until = now
            self.spans.append(here)

    def close(self, now: float) -> None:
        """The log ends here: whoever is there was there until now."""
        for agent in list(self._here):
            self._leave(agent, now)


def record_of(command: CloseAttempt) -> Record:
    return Record(
        campaign=command.campaign,
        placed_at=command.placed_at,
        ended_at=command.ended_at,
        outcome=command.outcome,
        ringing_at=command.ringing_at,
        answered_at=command.answered_at,
        connected_at=command.connected_at,
        answered_by=command.answered_by,
        agent=command.agent,
        talk_seconds=command.talk_seconds,
        hangup_cause=command.hangup_cause,
        hangup_by=command.hangup_by,
        sip_code=command.sip_code,
    )
