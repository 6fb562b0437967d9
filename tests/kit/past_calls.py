"""Calls that were, put into a store for screens that show them."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.ids import new_id
from dialer.ports.calls import CallStep
from dialer.ports.desk import Note
from dialer.ports.store import (
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Outcome,
    Recording,
    Store,
)
from dialer.words import LeadState, RecordingState

_NAMES = ("王芳", "Anna Müller", "李雷", "Tom Baker", "张伟", "Ines Roth")
_OUTCOMES: Sequence[Outcome] = ("connected", "no_answer", "connected", "busy", "abandoned")


async def past_calls(
    store: Store, campaign: str, reps: Sequence[str], *, count: int, now: float, first: int = 0
) -> list[str]:
    """Ids of `count` calls, each a quarter of an hour before the one after it, newest first."""
    found = await store.campaigns.by_name(campaign)
    assert found is not None
    ids = [new_id() for _ in range(count)]
    for at, attempt in enumerate(ids):
        number = f"+4930{first + at:07}"
        lead = NewLead(numbers=[LeadNumber(number)], name=_NAMES[at % len(_NAMES)])
        (lead_id,) = (await store.leads.add(found.id, [lead], now=now)).lead_ids
        await store.leads.claim_one(lead_id, now=now, claim_id="test")
        new = NewAttempt(
            attempt_id=attempt, campaign_id=found.id, lead_id=lead_id, number=number,
            caller_id="+49305550100", trunk="main", node="one", placed_at=now - 900 * (at + 1),
        )  # fmt: skip
        assert await store.attempts.open([new])
        await _ended(store, new, _OUTCOMES[at % len(_OUTCOMES)], reps[at % len(reps)])
    return ids


async def _ended(store: Store, new: NewAttempt, outcome: Outcome, rep: str) -> None:
    at, talked = new.placed_at, outcome == "connected"
    answered = at + 9.2 if talked or outcome == "abandoned" else None
    closed = ClosedAttempt(
        attempt_id=new.attempt_id, outcome=outcome, ringing_at=at + 2.1, answered_at=answered,
        connected_at=at + 9.6 if talked else None, ended_at=at + 95.3,
        answered_by="human" if answered else None, agent=rep if talked else None,
        talk_seconds=85.7 if talked else None, hangup_cause=16, lead=LeadNext(LeadState.DONE),
        hangup_by="callee" if answered else "network",
    )  # fmt: skip
    await store.attempts.close([closed])
    if not talked:
        return
    attempt = new.attempt_id
    await store.attempts.wrapup(attempt, wrapup_seconds=12.5, disposition="sale")
    kept = Recording(
        id=attempt, attempt_id=attempt, path="", state=RecordingState.READY, created_at=at,
        seconds=85.0,
    )  # fmt: skip
    await store.recordings.add(kept)
    for what, after in (("held", 30.0), ("resumed", 42.5)):
        step = CallStep(id=new_id(), attempt_id=attempt, at=at + after, what=what, agent=rep)  # type: ignore[arg-type]
        await store.call_steps.add(step)
    note = Note(
        id=new_id(), lead_id=new.lead_id, attempt_id=attempt, at=at + 100, who=rep,
        text="明天下午再联系 / call again tomorrow",
    )  # fmt: skip
    await store.notes.add(note)
