"""What this feature is given by who puts the program together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from dialer.kit.parts import Part
from dialer.ports.control import Refusal
from dialer.settings.changes import Reloaded


async def _nothing() -> None:
    return


async def _not_here(by: str) -> Reloaded | Refusal:
    return Refusal("no-engine", "nothing that could read settings again runs here")


async def _well() -> Mapping[str, str | None]:
    return {}


#: Has the settings read again, by whoever wants it: new campaigns are theirs.
RELOAD: Final[Part[Callable[[str], Awaitable[Reloaded | Refusal]]]] = Part(
    "reload", lambda: _not_here
)
#: By part: None when it is well, or one line that says why not.
READINESS: Final[Part[Callable[[], Awaitable[Mapping[str, str | None]]]]] = Part(
    "readiness", lambda: _well
)
#: Whatever must be fresh before figures are shown.
REFRESH: Final[Part[Callable[[], Awaitable[None]]]] = Part("refresh", lambda: _nothing)
