"""What this feature is given by who puts the program together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from dialer.kit.parts import Part


async def _no_failure() -> str | None:
    return None


#: A rep's phone was added or changed: None when Asterisk knows it, or what to do.
PHONES_CHANGED: Final[Part[Callable[[], Awaitable[str | None]]]] = Part(
    "phones_changed", lambda: _no_failure
)
