"""Supervisors' phones in memory: each order is done at once and told, in the order given."""

from __future__ import annotations

from collections.abc import Mapping

from dialer.ports.spying import SpyListener
from dialer.ports.switch import SwitchDownError


class InMemorySpying:
    """`told` holds every order; `deaf` endpoints take no call; `with_callee` are phones that `live`
    says talk to a callee without a rep.
    """

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.up: set[str] = set()
        self.deaf: set[str] = set()
        self.with_callee: set[str] = set()
        self.is_down = False
        self._listener: SpyListener | None = None

    @property
    def listener(self) -> SpyListener:
        assert self._listener is not None, "not started"
        return self._listener

    def start(self, listener: SpyListener) -> None:
        self._listener = listener

    def call(self, channel: str, endpoint: str, within_s: float) -> None:
        self.told.append(("call", endpoint))
        if endpoint in self.deaf:
            self.listener.spy_gone(channel)
            return
        self.up.add(channel)
        self.listener.spy_rests(channel)

    def hear(self, channel: str, leg: str, *, whisper: bool) -> None:
        self.told.append(("whisper" if whisper else "hear", leg))
        self.listener.spy_hears(channel)

    def join(self, channel: str, leg: str) -> None:
        self.told.append(("join", leg))
        self.listener.spy_joined(channel)

    def stays(self, channel: str) -> None:
        self.told.append(("stays",))

    def rest(self, channel: str) -> None:
        self.told.append(("rest",))
        self.listener.spy_rests(channel)

    def hang_up(self, channel: str) -> None:
        self.told.append(("hang_up",))
        self.up.discard(channel)
        self.listener.spy_gone(channel)

    async def live(self) -> Mapping[str, bool]:
        if self.is_down:
            raise SwitchDownError("the link is down")
        return {channel: channel in self.with_callee for channel in self.up | self.with_callee}
