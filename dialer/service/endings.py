"""What was begun is ended in the opposite order, whatever becomes of the parts above it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


class Endings:
    """Of each part how it ends, in the order in which the parts were begun."""

    def __init__(self) -> None:
        self._ends: list[tuple[str, Callable[[], Awaitable[object]]]] = []

    def add(self, what: str, end: Callable[[], Awaitable[object]]) -> None:
        """`end` is called before that of every part that was added earlier."""
        self._ends.append((what, end))

    async def all(self) -> None:
        """End every part, once. One that fails is named in the log, and those below it end too."""
        while self._ends:
            what, end = self._ends.pop()
            try:
                await end()
            except Exception as error:
                log.error("could not be ended in order", part=what, error=repr(error))
