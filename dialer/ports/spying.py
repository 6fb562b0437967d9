"""How a supervisor's phone gets into a rep's conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Spying(Protocol):
    """Orders about supervisors' phones. `channel` is an id of ours that begins with `sup.`, `leg` a
    rep's leg. Nothing waits for the switch or raises: what became of an order is told.
    """

    def start(self, listener: SpyListener) -> None: ...

    def call(self, channel: str, endpoint: str, within_s: float) -> None:
        """`spy_rests` follows when it was answered, `spy_gone` when not."""
        ...

    def hear(self, channel: str, leg: str, *, whisper: bool) -> None:
        """Both sides of what the rep hears and says, begun anew; `whisper`: the rep hears the
        supervisor, and nobody else does. `spy_hears` follows.
        """
        ...

    def join(self, channel: str, leg: str) -> None:
        """Into the rep's conversation: everybody hears everybody, the recording too. `spy_joined`
        follows.
        """
        ...

    def stays(self, channel: str) -> None:
        """In a conversation it has joined and which goes on without the rep: its end ends the
        phone's call, too.
        """
        ...

    def rest(self, channel: str) -> None:
        """Hears nobody and is heard by nobody; whom it alone has joined is parked again.
        `spy_rests` follows.
        """
        ...

    def hang_up(self, channel: str) -> None:
        """`spy_gone` follows."""
        ...

    async def live(self) -> Mapping[str, bool]:
        """Supervisors' phones that are up, and of each whether it talks to a callee without a rep.

        Raises SwitchDownError.
        """
        ...


class SpyListener(Protocol):
    """Who is told. Calls must not block."""

    def spy_rests(self, channel: str) -> None: ...

    def spy_hears(self, channel: str) -> None: ...

    def spy_joined(self, channel: str) -> None: ...

    def spy_gone(self, channel: str) -> None: ...

    def spy_link_up(self) -> None:
        """What happened while the link was down was not told: `live` says what is."""
        ...
