"""When a callback is called, and by whom: pure."""

from __future__ import annotations

from dialer.ports.desk import Callback
from dialer.ports.store import LeadNext
from dialer.words import CallbackResult, LeadState

#: Before fresh leads, which are imported with 50.
CALLBACK_PRIORITY = 90


def lead_until(callback: Callback, grace_s: float, priority: int | None = None) -> LeadNext:
    """The lead meanwhile: nobody takes it before its time, and a rep's own not within the grace."""
    at = callback.due_at + (grace_s if callback.owner is not None else 0.0)
    return LeadNext(
        LeadState.RETRY,
        at,
        priority=CALLBACK_PRIORITY if priority is None else priority,
        owner=callback.owner,
    )


def is_anyones(callback: Callback, grace_s: float, now: float) -> bool:
    """True when whoever is free may call it."""
    return callback.owner is None or now >= callback.due_at + grace_s


def result_of(callback: Callback, grace_s: float, dialed_at: float) -> CallbackResult:
    """Kept when it was dialed within the grace, whoever it was for."""
    return "kept" if dialed_at < callback.due_at + grace_s else "late"
