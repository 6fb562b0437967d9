"""Which browser phones have a password: the same from memory, SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from dialer.ports.accounts import Account, AccountSession
from dialer.ports.phones import IssuedPhone
from dialer.ports.store import AuditEntry, Store

NOW = 1_800_000_000.0
IDLE_SINCE = NOW - 50.0


def issued(endpoint: str, session: str | None = None, **fields: Any) -> IssuedPhone:
    given = {"kind": "rep", "who": "anna", "issued_at": NOW, "expires_at": NOW + 100.0}
    return IssuedPhone(**{"endpoint": endpoint, "session": session, **given, **fields})


async def session(store: Store, session_id: str, **fields: Any) -> None:
    if await store.accounts.get("id-anna") is None:
        anna = Account(id="id-anna", name="anna", role="rep", password="hash", created_at=NOW)
        entry = AuditEntry(at=NOW, who="test", what="account.add", subject="anna")
        await store.accounts.add(anna, entry)
    given = {"created_at": NOW, "seen_at": NOW, "expires_at": NOW + 100, "token": session_id}
    row = AccountSession(**{"id": session_id, "account_id": "id-anna", **given, **fields})
    await store.account_sessions.add(row)


async def over(store: Store, now: float = NOW) -> list[str]:
    return [row.endpoint for row in await store.issued_phones.over(now=now, idle_since=IDLE_SINCE)]


async def test_a_phone_has_one_row_the_last(store: Store) -> None:
    await store.issued_phones.put(issued("b"))
    await store.issued_phones.put(issued("a", "S1"))
    await store.issued_phones.put(issued("a", "S2", kind="listener", issued_at=NOW + 1.5))

    rows = await store.issued_phones.list()
    assert list(rows) == [issued("a", "S2", kind="listener", issued_at=NOW + 1.5), issued("b")]
    assert await store.issued_phones.get("a") == rows[0]
    assert await store.issued_phones.get("c") is None


async def test_those_without_a_live_session_or_time_are_over(store: Store) -> None:
    await session(store, "live")
    await session(store, "expired", expires_at=NOW)
    await session(store, "idle", seen_at=IDLE_SINCE - 1)
    for name in ("live", "expired", "idle", "ended"):
        await store.issued_phones.put(issued(name, name))
    await store.issued_phones.put(issued("machine"))
    await store.issued_phones.put(issued("old", "live", expires_at=NOW))

    assert await over(store) == ["ended", "expired", "idle", "old"]
    await store.account_sessions.end("live")
    assert await over(store) == ["ended", "expired", "idle", "live", "old"]
    assert "machine" in await over(store, NOW + 100)


async def test_only_what_was_not_replaced_is_removed(store: Store) -> None:
    first, second = issued("a"), issued("a", issued_at=NOW + 1.0)
    await store.issued_phones.put(first)
    await store.issued_phones.put(second)

    assert not await store.issued_phones.remove(first)
    assert await store.issued_phones.remove(second)
    assert not await store.issued_phones.remove(second)
    assert list(await store.issued_phones.list()) == []


async def test_a_session_that_goes_on_takes_its_phone_along(store: Store) -> None:
    await store.issued_phones.put(issued("a", "S1"))
    await store.issued_phones.put(issued("b", "S2"))

    await store.issued_phones.move("S1", "S9")

    rows = await store.issued_phones.list()
    assert [(row.endpoint, row.session) for row in rows] == [("a", "S9"), ("b", "S2")]
