"""Gives browser phones their passwords, and takes them back when the session ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import structlog
from msgspec import Struct

from dialer.kit.sessions import IDLE_S, LONGEST_S
from dialer.ports.accounts import AccountSession
from dialer.ports.clock import Clock
from dialer.ports.phones import IssuedPhone, PhoneKeys
from dialer.ports.store import Store
from dialer.ports.switch import SwitchDownError

log = structlog.get_logger(__name__)

#: How long a session that ended without a word (idle, over) leaves its phone's password alive.
SWEEP_EVERY_S = 15.0
#: No rep's code begins so, hence no rep's phone is ever taken for a listener's.
LISTENER = "_listen."


class Given(Struct, frozen=True, kw_only=True):
    """What a phone registers with. `password` None: this switch takes no short-lived one."""

    endpoint: str
    password: str | None
    expires_at: float


class TakenElsewhereError(Exception):
    """Another browser has been given this phone since."""


class PhoneDesk:
    """One at a time for each service: the row that is kept and the password that is right must be
    of the same login.
    """

    def __init__(self, keys: PhoneKeys, store: Store, clock: Clock) -> None:
        self._keys, self._store, self._clock = keys, store, clock
        self._lock = asyncio.Lock()

    async def give_rep(
        self, endpoint: str, who: str, session: AccountSession | None, *, again: bool = False
    ) -> Given:
        """A new password for a rep's phone. The newest browser has it: `again` is of a page that
        had it before, and does not take it from another.

        Raises TakenElsewhereError, SwitchDownError, StoreError.
        """
        issued = self._issued(endpoint, "rep", who, session)
        return await self._give(issued, self._keys.give, again=again)

    async def give_listener(
        self, account: str, who: str, session: AccountSession | None, *, again: bool = False
    ) -> Given:
        """The listening phone of an account, made if need be. Raises as `give_rep`."""
        endpoint = listener_endpoint(account)
        issued = self._issued(endpoint, "listener", who, session)
        return await self._give(issued, self._keys.give_listener, again=again)

    def _issued(
        self, endpoint: str, kind: str, who: str, session: AccountSession | None
    ) -> IssuedPhone:
        now = self._clock.now()
        return IssuedPhone(
            endpoint=endpoint,
            kind=kind,
            session=session.id if session is not None else None,
            who=who,
            issued_at=now,
            expires_at=session.expires_at if session is not None else now + LONGEST_S,
        )

    async def _give(
        self, issued: IssuedPhone, give: Callable[[str, str], Awaitable[bool]], *, again: bool
    ) -> Given:
        endpoint, password = issued.endpoint, secrets.token_urlsafe(24)
        async with self._lock:
            if again and await self._is_elsewhere(issued):
                raise TakenElsewhereError(endpoint)
            # The row first: a password that nobody knows of would never be taken back.
            await self._store.issued_phones.put(issued)
            taken = await give(endpoint, password)
            if not taken:
                await self._store.issued_phones.remove(issued)
        return Given(
            endpoint=endpoint,
            password=password if taken else None,
            expires_at=issued.expires_at,
        )

    async def _is_elsewhere(self, issued: IssuedPhone) -> bool:
        """Two tabs of a browser share a session, and agree on it among themselves."""
        held = await self._store.issued_phones.get(issued.endpoint)
        return held is not None and held.session != issued.session

    async def session_goes_on(self, session: str, as_: str) -> None:
        """The own password was changed: the phone keeps its own."""
        await self._store.issued_phones.move(session, as_)

    async def sweep(self) -> int:
        """Take back what has no session any more; how many. Raises StoreError.

        What the switch cannot be told now is tried again at the next sweep.
        """
        now, ended = self._clock.now(), 0
        async with self._lock:
            over = await self._store.issued_phones.over(now=now, idle_since=now - IDLE_S)
            for issued in over:
                ended += await self._take_back(issued)
        return ended

    async def _take_back(self, issued: IssuedPhone) -> bool:
        try:
            if issued.kind == "listener":
                await self._keys.remove_listener(issued.endpoint)
            else:
                await self._keys.lock(issued.endpoint)
        except SwitchDownError as error:
            log.warning("a phone's password could not be taken back yet", error=str(error))
            return False
        return await self._store.issued_phones.remove(issued)


def listener_endpoint(account: str) -> str:
    return f"{LISTENER}{account.lower()}"
