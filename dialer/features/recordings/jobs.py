"""Recordings go when their time is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final

import structlog

from dialer.features.recordings.parts import LIBRARY
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job

log = structlog.get_logger(__name__)


async def delete_old(context: ApiContext) -> None:
    """What is older than recording.keep_days goes."""
    keep_days, library = context.settings().recording.keep_days, LIBRARY.of(context)
    if keep_days is None or library is None:
        return
    today = datetime.fromtimestamp(context.clock.now(), UTC).date()
    old = await asyncio.to_thread(library.expired, today, keep_days)
    if count := await library.delete(old, context.store.recordings):
        log.info("old recordings deleted", count=count, keep_days=keep_days)


DELETE_OLD: Final = Job("old recordings", delete_old, every_s=3600.0)
