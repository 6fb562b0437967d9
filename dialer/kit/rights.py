"""What must hear of it when rights change or sessions end: whoever keeps something open for people.

Features that do name a `Watcher` in their declaration; the kit knows none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from dialer.kit.context import ApiContext


@dataclass(frozen=True)
class Ending:
    """Sessions of `who` are over: all, `only` one, or all `but` one."""

    who: str
    only: str | None = None
    but: str | None = None


@dataclass(frozen=True)
class Watcher:
    """`doubts`: of whom (None: of whoever it concerns). `renews`: the session that goes on, and the
    one it goes on as. What fails in `ends` is done again by its feature's own sweep.
    """

    doubts: Callable[[ApiContext, str | None], None] | None = None
    ends: Callable[[ApiContext, Ending], Awaitable[None]] | None = None
    renews: Callable[[ApiContext, str, str], Awaitable[None]] | None = None


def rights_changed(context: ApiContext, who: str | None = None) -> None:
    """Of `who`, and of whoever sees them; None: of whoever it concerns."""
    for watcher in _watchers(context):
        if watcher.doubts is not None:
            watcher.doubts(context, who)


async def sessions_ended(
    context: ApiContext, who: str, *, only: str | None = None, but: str | None = None
) -> None:
    for watcher in _watchers(context):
        if watcher.ends is not None:
            await watcher.ends(context, Ending(who, only, but))


async def session_renewed(context: ApiContext, before: str, after: str) -> None:
    """The same browser goes on under another session's id."""
    for watcher in _watchers(context):
        if watcher.renews is not None:
            await watcher.renews(context, before, after)


def _watchers(context: ApiContext) -> Iterator[Watcher]:
    for feature in context.features:
        if feature.watcher:
            yield feature.load(feature.watcher, Watcher)
