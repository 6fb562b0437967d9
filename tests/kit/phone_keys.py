"""Passwords of browser phones in memory: what `dialer.ports.phones.PhoneKeys` asks."""

from __future__ import annotations

from dialer.ports.switch import SwitchDownError


class InMemoryPhoneKeys:
    """`files`: passwords of phones that the switch knows from its files. `is_down` refuses
    everything, `by_files_only` takes no password.
    """

    def __init__(self, **files: str) -> None:
        self._files = dict(files)
        self._given: dict[str, str | None] = {}
        self._listeners: set[str] = set()
        self.is_down = self.by_files_only = False

    def may_register(self, endpoint: str, password: str) -> bool:
        """What the switch would say to a phone."""
        if endpoint not in self._files and endpoint not in self._listeners:
            return False
        return self._given.get(endpoint, self._files.get(endpoint)) == password

    async def give(self, endpoint: str, password: str) -> bool:
        self._refuse_when_down()
        if not self.by_files_only:
            self._given[endpoint] = password
        return not self.by_files_only

    async def lock(self, endpoint: str) -> None:
        self._refuse_when_down()
        self._given[endpoint] = None

    async def give_listener(self, endpoint: str, password: str) -> bool:
        taken = await self.give(endpoint, password)
        if taken:
            self._listeners.add(endpoint)
        return taken

    async def remove_listener(self, endpoint: str) -> None:
        self._refuse_when_down()
        self._listeners.discard(endpoint)
        self._given.pop(endpoint, None)

    def _refuse_when_down(self) -> None:
        if self.is_down:
            raise SwitchDownError("the link is down")
