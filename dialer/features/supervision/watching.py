"""Listening in ends with the session."""

from __future__ import annotations

from dialer.features.supervision.parts import LISTENING
from dialer.kit.context import ApiContext
from dialer.kit.rights import Ending, Watcher


async def _end(context: ApiContext, it: Ending) -> None:
    if (listening := LISTENING.of(context)) is not None:
        listening.end_of(it.who, only=it.only, but=it.but)


WATCHER = Watcher(ends=_end)
