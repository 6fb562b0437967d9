"""Who works with a thing that only one engine may work with: a database, an Asterisk."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Holder(Struct, frozen=True):
    """An engine's process. `place` is the machine and its table of processes, where `pid` and
    `started` (the kernel's own figure) tell whether it lives.
    """

    token: str
    place: str
    pid: int
    started: int
    host: str
    folder: str

    def __str__(self) -> str:
        return f"pid {self.pid} on {self.host}, state folder {self.folder}"


class Held(Struct, frozen=True):
    """Whose it is, and how often that engine has said so: a count, for no two machines' clocks can
    be compared.
    """

    holder: Holder
    beat: int


class Holders(Protocol):
    """Where the holder of one thing is written: in the thing itself."""

    async def read(self) -> Held | None: ...

    async def take(self, holder: Holder, over: Held | None) -> bool:
        """Write `holder`, unless somebody did since `over` was read: False."""
        ...

    async def beat(self, holder: Holder) -> bool:
        """Say again that it is held; False: it is another's now."""
        ...

    async def give_up(self, holder: Holder) -> None:
        """Nothing where it is another's."""
        ...
