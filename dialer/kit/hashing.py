"""Passwords hashed beside the loop that answers calls, and never many at once."""

from __future__ import annotations

import asyncio

from dialer.kit import passwords

#: Each takes a core and 19 MiB for some 20 ms; the rest of the machine is for calls.
AT_ONCE = 2


class Hashing:
    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        async with self._free:
            return await asyncio.to_thread(passwords.hashed, password)

    async def is_password(self, kept: str | None, offered: str) -> bool:
        """`kept` None: there is no such account, which must take as long."""
        async with self._free:
            known = kept if kept is not None else await asyncio.to_thread(passwords.nobodys)
            is_right = await asyncio.to_thread(passwords.is_password, known, offered)
        return is_right and kept is not None
