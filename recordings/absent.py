"""Calls of which there is no recording: their records name none."""

from __future__ import annotations

from dialer.ports.store import Attempts, StoreError


async def no_recording(attempts: Attempts, attempt: str) -> None:
    """Take the recording out of an attempt's record. Raises StoreError: not now."""
    record = await attempts.get(attempt)
    if record is not None and record.ended_at is None:
        raise StoreError("the attempt is not closed yet, and closing it would name one again")
    await attempts.set_recording(attempt, None)
