"""What uploads leave behind goes when its time is over."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from dialer.features.imports.parts import DRAFTS
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job
from dialer.leads.rejected import SUFFIX
from dialer.state_folder import UPLOADS, delete_older

log = structlog.get_logger(__name__)


async def delete_rejected(context: ApiContext) -> None:
    """Reports of imports older than service.keep_rejected_days go: they hold numbers and names."""
    settings = context.settings()
    keep_days = settings.service.keep_rejected_days
    if keep_days is None:
        return
    before = context.clock.now() - keep_days * 86_400
    folder = settings.state_dir / "imports"
    if count := await asyncio.to_thread(delete_older, folder, f"*{SUFFIX}", before):
        log.info("old reports of imports deleted", count=count, keep_days=keep_days)


async def drop_drafts(context: ApiContext) -> None:
    """Files that were sent and never taken in, those of a service that was killed as well."""
    await DRAFTS.of(context).drop_old(context.settings().state_dir / UPLOADS, context.clock.now())


DELETE_REJECTED: Final = Job("old reports of imports", delete_rejected, every_s=3600.0)
DROP_DRAFTS: Final = Job("old drafts of imports", drop_drafts, every_s=600.0)
