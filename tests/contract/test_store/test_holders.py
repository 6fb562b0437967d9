"""One engine to a database: who it is, on every store."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from dialer.ports.holders import Held, Holder
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import NewLead, Store, StoreFullError
from dialer.store.database import open_database
from dialer.store.sql_store import SqlStore

ONE = Holder("t1", "here", 11, 100, "one", "/var/one")
TWO = Holder("t2", "there", 11, 100, "two", "/var/two")


async def test_the_first_holds_it_until_it_gives_it_up(store: Store, second: Store) -> None:
    assert await store.holders.read() is None
    assert await store.holders.take(ONE, None)
    assert not await second.holders.take(TWO, None)
    assert await second.holders.read() == Held(ONE, 0)

    await second.holders.give_up(TWO)
    assert await store.holders.read() == Held(ONE, 0), "it is not theirs to give up"
    await store.holders.give_up(ONE)
    assert await second.holders.take(TWO, None)


async def test_it_is_taken_over_from_one_that_was_silent_and_from_no_other(
    store: Store, second: Store
) -> None:
    await store.holders.take(ONE, None)
    seen = await second.holders.read()
    assert await store.holders.beat(ONE)

    assert not await second.holders.take(TWO, seen), "it has spoken since"
    assert await second.holders.read() == Held(ONE, 1)
    assert await second.holders.take(TWO, Held(ONE, 1))
    assert not await store.holders.beat(ONE), "and hears that it lost it"
    assert await second.holders.read() == Held(TWO, 0)


async def test_a_ping_of_a_store_that_can_be_written_says_nothing(store: Store) -> None:
    await store.ping()
    await store.ping()
    assert await store.holders.read() is None


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_from_a_fault_of_what_was_to_be_written(
    store_url: str, new_lead: Callable[..., NewLead]
) -> None:
    """SQLite says the same where it may not have another page as where the disk has none."""
    database = open_database(store_url)
    full = SqlStore(database)
    campaign = await full.campaigns.create("x", pool="p", settings={}, now=1.0, who="ops")
    many = [new_lead(f"+4930{n:07}", name="n" * 200) for n in range(2_000)]
    try:
        await database.write(lambda conn: _pages(conn, 1))
        with pytest.raises(StoreFullError, match="full; make room"):
            await full.leads.add(campaign.id, many, now=1.0)
        assert [it.name for it in await full.campaigns.list(EVERYTHING)] == ["x"], "reading goes on"

        await database.write(lambda conn: _pages(conn, 1_000_000))
        assert len((await full.leads.add(campaign.id, many, now=1.0)).lead_ids) == 2_000
    finally:
        await full.close()


def _pages(conn: Connection, most: int) -> None:
    """At most so many; what is there is not cut off."""
    conn.exec_driver_sql(f"PRAGMA max_page_count = {most}")
