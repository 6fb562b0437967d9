"""A database on a PostgreSQL server, straight or through a pooler."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
import structlog
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dialer.store.faults import explained, state_of
from dialer.store.marks import APPENDED
from dialer.store.postgres_url import postgres_address

P = ParamSpec("P")
T = TypeVar("T")
Transaction = Callable[Concatenate[Connection, P], T]
log = structlog.get_logger(__name__)

CONNECTIONS, MORE_CONNECTIONS = 8, 8
# Deadlock and serialisation failure: PostgreSQL undid everything, the same again is right.
_UNDONE = {"40P01", "40001"}
_TRIES = 5
_FIRST_PAUSE_S = 0.01
_FAILURES = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class PostgresDatabase:
    """A server, over a pool of connections. Transactions are READ COMMITTED, whatever its default:
    the statements lock what they decide on."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._address = postgres_address(url)
        self._where = f"{url.host or 'localhost'}/{url.database}"
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._wake: Callable[[], None] | None = None

    async def read(self, fn: Transaction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A read is harmless to repeat where its connection is lost."""
        return await self._run(lambda c: fn(c, *args, **kwargs), repeats=1)

    async def write(self, fn: Transaction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A write whose connection is lost may have been done; it is not repeated."""
        return await self._run(lambda c: fn(c, *args, **kwargs), repeats=0)

    def on_append(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def _run(self, fn: Callable[[Connection], T], repeats: int) -> T:
        for attempt in range(_TRIES):
            try:
                engine = self._engine or await self._open()
                async with engine.begin() as connection:
                    result = await connection.run_sync(fn)
                    has_appended = connection.info.pop(APPENDED, False)
                if has_appended and self._wake is not None:
                    self._wake()
                return result
            except _FAILURES as error:
                last = attempt == _TRIES - 1
                if not last and state_of(error) in _UNDONE:
                    # Who met in a deadlock would meet again at once.
                    pause_s = _FIRST_PAUSE_S * 2**attempt
                    await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311
                elif repeats and isinstance(error, DBAPIError) and error.connection_invalidated:
                    repeats -= 1
                else:
                    raise explained(error, self._where) from error
        raise AssertionError("the last try returns or raises")

    async def _open(self) -> AsyncEngine:
        """The pool of connections, made at the first use, when a pooler can be told."""
        async with self._opening:
            if self._engine is None:
                pooled = self._address.pooled
                if pooled is None:
                    pooled = await self._is_pooled()
                if pooled:
                    log.info("a pooler is before the database", database=self._where)
                self._engine = self._engine_for(pooled=pooled)
            return self._engine

    async def _is_pooled(self) -> bool:
        """Whether the server process that answers is not the one that was connected to."""
        engine = self._engine_for(pooled=True)
        try:
            async with engine.connect() as connection:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                answering = await connection.scalar(text("SELECT pg_backend_pid()"))
                return bool(raw.get_server_pid() != answering)
        finally:
            await engine.dispose()

    def _engine_for(self, *, pooled: bool) -> AsyncEngine:
        engine = create_async_engine(
            self._address.url,
            pool_size=CONNECTIONS,
            max_overflow=MORE_CONNECTIONS,
            pool_recycle=1800,
            isolation_level="READ COMMITTED",
            connect_args=self._address.connecting(pooled=pooled),
        )
        event.listen(engine.sync_engine, "checkout", _refuse_dead)
        return engine


def _refuse_dead(connection: Any, _record: Any, _fairy: Any) -> None:
    """A server that was restarted leaves every idle connection closed, which is known here."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
