"""Calls that were, put into a store for screens that show them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dialer.ids import new_id
from dialer.ports.calls import CallStep
from dialer.ports.desk import Note
from dialer.ports.gate import Passed
from dialer.ports.reasons import Paced, Reasons
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
from recordings.encoding import RATE, encode

_NAMES = ("王芳", "Anna Müller", "李雷", "Tom Baker", "张伟", "Ines Roth")
_OUTCOMES: Sequence[Outcome] = ("connected", "no_answer", "connected", "busy", "abandoned")


async def past_calls(
    store: Store,
    campaign: str,
    reps: Sequence[str],
    *,
    count: int,
    now: float,
    first: int = 0,
    sounds: Path | None = None,
) -> list[str]:
    """Ids of `count` calls, each a quarter of an hour before the one after it, newest first. Their
    recordings are all one file below `sounds`, the folder of recordings.
    """
    sound = "" if sounds is None else some_sound(sounds)
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
            reasons=_reasons(now - 900 * (at + 1)),
        )  # fmt: skip
        assert await store.attempts.open([new])
        await _ended(store, new, _OUTCOMES[at % len(_OUTCOMES)], reps[at % len(reps)], sound)
    return ids


def _reasons(at: float) -> Reasons:
    passed = Passed(
        at - 0.1, ("Europe/Berlin",), at + 7200, False, 1, 3, 2, 4, at - 3 * 3600, 60.0
    )  # fmt: skip
    paced = Paced("predictive", 3, 2, 5, 4, 0, "risk")
    return Reasons("三月 / March", 2, 1, 50, at - 600, None, paced, passed)


def some_sound(folder: Path) -> str:
    """Where a recording lies in which both speak in turn, 85 s long."""
    at = np.arange(85 * RATE) / RATE
    loud = 9000 * np.abs(np.sin(at * 2.1)) * np.abs(np.sin(at * 0.37)) * np.sin(at * 1800)
    turn = np.sin(at / 4) > 0
    both = np.stack([loud * turn, loud * ~turn * 0.6], axis=1).astype("<i2")
    raw = folder / "sample.raw"
    raw.write_bytes(both.tobytes())
    made = encode(raw, folder / "2026-01-01" / "sample" / "sample", "flac")
    raw.unlink()
    return str(made.path.relative_to(folder))


async def _ended(store: Store, new: NewAttempt, outcome: Outcome, rep: str, sound: str) -> None:
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
        id=attempt, attempt_id=attempt, path=sound, state=RecordingState.READY, created_at=at,
        seconds=85.0, codec="flac",
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
