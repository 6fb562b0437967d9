"""Passwords of phones in browsers: given for a while, taken back, and kept track of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class PhoneKeys(Protocol):
    """What a switch lets register. Every method raises SwitchDownError when it cannot be told."""

    async def give(self, endpoint: str, password: str) -> bool:
        """From now on this phone of a rep registers with this password and no other.

        False: this switch keeps to the passwords in its files.
        """
        ...

    async def lock(self, endpoint: str) -> None:
        """No password is right any more. Who is registered stays so until the registration ends,
        and a call goes on.
        """
        ...

    async def give_listener(self, endpoint: str, password: str) -> bool:
        """As `give`, for a phone that need not be known before. False: it can have none."""
        ...

    async def remove_listener(self, endpoint: str) -> None:
        """There is no such phone any more."""
        ...


class IssuedPhone(Struct, frozen=True, kw_only=True):
    """A password that was given; the password itself is kept nowhere.

    `session`: with whose end it ends; None: given to this machine's own commands.
    """

    endpoint: str
    kind: str  # rep, listener
    session: str | None
    who: str
    issued_at: float
    expires_at: float


class IssuedPhones(Protocol):
    """One row for each phone whose password is out."""

    async def put(self, issued: IssuedPhone) -> None:
        """In the place of what was given for the same phone before."""

    async def get(self, endpoint: str) -> IssuedPhone | None:
        """What was given for this phone, if its password is out."""
        ...

    async def list(self) -> Sequence[IssuedPhone]: ...

    async def over(self, *, now: float, idle_since: float) -> Sequence[IssuedPhone]:
        """Those whose time is over, or whose session is: ended, expired, or not seen since."""

    async def remove(self, issued: IssuedPhone) -> bool:
        """False when another was given for the same phone meanwhile."""

    async def move(self, session: str, to: str) -> None:
        """A session goes on under another id."""
