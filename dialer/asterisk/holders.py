"""The engine that works with this Asterisk, in Asterisk's own database.

Its database has no way to write only what nobody has written since. Two engines that start within
the same millisecond on two machines could both take it; the first `beat` tells one of them.
"""

from __future__ import annotations

import msgspec

from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed
from dialer.ports.holders import Held, Holder

FAMILY, KEY = "dialer/engine", "holder"


class AstdbHolders:
    """Implements `dialer.ports.holders.Holders`. Raises AmiError when Asterisk is away."""

    def __init__(self, ami: AmiClient) -> None:
        self._ami = ami

    async def read(self) -> Held | None:
        try:
            found = await self._ami.action_list("DBGet", Family=FAMILY, Key=KEY)
            return msgspec.json.decode(found[0].get("Val", ""), type=Held)
        except (ActionFailed, IndexError, msgspec.DecodeError):
            return None

    async def take(self, holder: Holder, over: Held | None) -> bool:
        if await self.read() != over:
            return False
        await self._put(Held(holder, 0))
        return True

    async def beat(self, holder: Holder) -> bool:
        held = await self.read()
        if held is not None and held.holder.token != holder.token:
            return False
        # Nothing there: somebody emptied the database. It is ours all the same.
        await self._put(Held(holder, held.beat + 1 if held is not None else 0))
        return True

    async def give_up(self, holder: Holder) -> None:
        held = await self.read()
        if held is not None and held.holder.token == holder.token:
            await self._ami.action("DBDel", Family=FAMILY, Key=KEY)

    async def _put(self, held: Held) -> None:
        text = msgspec.json.encode(held).decode()
        await self._ami.action("DBPut", Family=FAMILY, Key=KEY, Val=text)
