"""What both stores write to the journal of one change, said once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dialer.ports.desk import Callback, WorkTime
from dialer.ports.journal import (
    AlertAcknowledged,
    AlertBegan,
    AlertEnded,
    CallbackMoved,
    CallbackPlanned,
    CallbackSettled,
    CallClosed,
    CallOpened,
    CallWrapped,
    Event,
    Happened,
    LeadAdded,
    RecordingDeleted,
    RecordingKept,
    ResultChanged,
    ResultGiven,
    SettingsChanged,
    WorkEnded,
)
from dialer.ports.new_leads import NewLeads
from dialer.ports.recordings import Recording
from dialer.ports.rows import ClosedAttempt, NewAttempt
from dialer.ports.steering import AlertRow, SettingsChange
from dialer.words import CallbackResult


def opened(new: NewAttempt) -> Happened:
    event = CallOpened(campaign=new.campaign_id, lead=new.lead_id, agent=new.for_agent)
    return Happened(new.placed_at, new.attempt_id, event)


def closed(attempt: ClosedAttempt, lead_id: str, campaign_id: str) -> Happened:
    event = CallClosed(
        campaign=campaign_id, lead=lead_id, outcome=attempt.outcome, agent=attempt.agent
    )
    return Happened(attempt.ended_at, attempt.attempt_id, event)


def wrapped(
    attempt_id: str,
    whose: dict[str, Any],
    *,
    before: str | None,
    took: float | None,
    said: str | None,
    now: float,
) -> list[Happened]:
    """Of a wrap-up. `whose`: campaign, lead and agent; `before`, `said`: dispositions."""
    events: list[Event] = [] if took is None else [CallWrapped()]
    if said is not None and before is None:
        events.append(ResultGiven(**whose, disposition=said))
    elif said is not None and before is not None and before != said:
        events.append(ResultChanged(**whose, disposition=said, before=before))
    return [Happened(now, attempt_id, event) for event in events]


def _whose(callback: Callback) -> dict[str, Any]:
    return {
        "campaign": callback.campaign_id,
        "lead": callback.lead_id,
        "attempt": callback.attempt_id,
    }


def planned(callback: Callback) -> Happened:
    return Happened(callback.created_at, callback.id, CallbackPlanned(**_whose(callback)))


def moved(callback: Callback, now: float) -> Happened:
    return Happened(now, callback.id, CallbackMoved(**_whose(callback)))


def settled(callback: Callback, result: CallbackResult, at: float) -> Happened:
    return Happened(at, callback.id, CallbackSettled(**_whose(callback), result=result))


def work_ended(an_id: str, time: WorkTime) -> Happened:
    event = WorkEnded(agent=time.agent_id, pool=time.pool, state=time.state)
    return Happened(time.ended_at, an_id, event)


def leads_added(
    campaign_id: str, ids: Sequence[str], new: NewLeads, added: Sequence[int], *, now: float
) -> list[Happened]:
    """`ids` of all of `new`, `added` the places of those that went in."""
    found = []
    for (name, import_id), group in groupby(
        added, key=lambda i: (new.list_name[i], new.import_id[i])
    ):
        places = list(group)
        event = LeadAdded(
            list=name, first=ids[places[0]], last=ids[places[-1]], count=len(places),
            import_id=import_id,
        )  # fmt: skip
        found.append(Happened(now, campaign_id, event))
    return found


def recording_kept(recording: Recording) -> Happened:
    event = RecordingKept(attempt=recording.attempt_id)
    return Happened(recording.created_at, recording.id, event)


def recording_deleted(recording: Recording, now: float) -> Happened:
    return Happened(now, recording.id, RecordingDeleted(attempt=recording.attempt_id))


def alert_moved(before: AlertRow | None, row: AlertRow) -> list[Happened]:
    """What is new in `row`; `before` None: it was not kept yet."""
    found: list[Happened] = []
    if before is None:
        found.append(Happened(row.began_at, row.id, AlertBegan()))
    if row.acked_at is not None and (before is None or before.acked_at is None):
        found.append(Happened(row.acked_at, row.id, AlertAcknowledged()))
    if row.ended_at is not None and (before is None or before.ended_at is None):
        found.append(Happened(row.ended_at, row.id, AlertEnded()))
    return found


def settings_changed(change: SettingsChange) -> Happened:
    return Happened(change.changed_at, change.subject, SettingsChanged(version=change.version))
