"""Which browser phones have a password, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dialer.memory.accounts import InMemoryAccountSessions
from dialer.ports.phones import IssuedPhone


class InMemoryIssuedPhones:
    def __init__(self, sessions: InMemoryAccountSessions) -> None:
        self._rows: dict[str, IssuedPhone] = {}
        self._sessions = sessions

    async def put(self, issued: IssuedPhone) -> None:
        self._rows[issued.endpoint] = issued

    async def get(self, endpoint: str) -> IssuedPhone | None:
        return self._rows.get(endpoint)

    async def list(self) -> Sequence[IssuedPhone]:
        return sorted(self._rows.values(), key=lambda row: row.endpoint)

    async def over(self, *, now: float, idle_since: float) -> Sequence[IssuedPhone]:
        return [row for row in await self.list() if self._is_over(row, now, idle_since)]

    def _is_over(self, row: IssuedPhone, now: float, idle_since: float) -> bool:
        if row.expires_at <= now or row.session is None:
            return row.expires_at <= now
        session = self._sessions.rows.get(row.session)
        return session is None or session.expires_at <= now or session.seen_at < idle_since

    async def remove(self, issued: IssuedPhone) -> bool:
        if self._rows.get(issued.endpoint) != issued:
            return False
        del self._rows[issued.endpoint]
        return True

    async def move(self, session: str, to: str) -> None:
        for endpoint, row in self._rows.items():
            if row.session == session:
                self._rows[endpoint] = replace(row, session=to)
