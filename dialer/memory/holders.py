"""Who holds a store in memory."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.ports.holders import Held, Holder


class InMemoryHolders:
    """Implements `dialer.ports.holders.Holders`."""

    def __init__(self) -> None:
        self.held: Held | None = None

    async def read(self) -> Held | None:
        return self.held

    async def take(self, holder: Holder, over: Held | None) -> bool:
        if self.held != over:
            return False
        self.held = Held(holder, 0)
        return True

    async def beat(self, holder: Holder) -> bool:
        if self.held is None or self.held.holder.token != holder.token:
            return False
        self.held = replace(self.held, beat=self.held.beat + 1)
        return True

    async def give_up(self, holder: Holder) -> None:
        if self.held is not None and self.held.holder.token == holder.token:
            self.held = None
