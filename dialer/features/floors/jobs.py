"""Logs of floors go when their time is over."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job
from dialer.state_folder import FLOORS, delete_older

log = structlog.get_logger(__name__)


async def delete_old_logs(context: ApiContext) -> None:
    """What is older than service.keep_floor_logs_days goes."""
    settings = context.settings()
    keep_days = settings.service.keep_floor_logs_days
    if keep_days is None:
        return
    before = context.clock.now() - keep_days * 86_400
    if count := await asyncio.to_thread(
        delete_older, settings.state_dir / FLOORS, "*/*.jsonl", before
    ):
        log.info("old floor logs deleted", count=count, keep_days=keep_days)


DELETE_OLD_LOGS: Final = Job("old floor logs", delete_old_logs, every_s=3600.0)
