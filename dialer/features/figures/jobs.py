"""The files of closed days are kept up with the store."""

from __future__ import annotations

from typing import Final

import structlog

from dialer.features.figures.keeping import FactsError
from dialer.features.figures.parts import REPORTS
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job

log = structlog.get_logger(__name__)


async def build(context: ApiContext) -> None:
    """Write the files of days that have none."""
    if (reports := REPORTS.of(context)) is None:
        return
    try:
        built = await reports.build()
    except FactsError as error:
        log.warning("files of facts are not kept up", why=str(error))
        return
    if built.written or built.removed:
        log.info("files of facts", written=built.written, removed=built.removed)


#: Not at once: while a service starts there is enough to do, and phones come first.
BUILD: Final = Job("files of facts", build, every_s=600.0, first_s=120.0)
