"""Live push ends with the session, and looks anew when rights change."""

from __future__ import annotations

from dialer.features.live.parts import LIVE
from dialer.kit.context import ApiContext
from dialer.kit.rights import Ending, Watcher


def _doubt(context: ApiContext, who: str | None) -> None:
    if (push := LIVE.of(context)) is not None:
        push.doubt(who)


async def _end(context: ApiContext, it: Ending) -> None:
    if (push := LIVE.of(context)) is not None:
        push.end(it.who, only=it.only, but=it.but)


WATCHER = Watcher(doubts=_doubt, ends=_end)
