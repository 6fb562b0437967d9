"""Records of features: the same answers in memory and in both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from dialer.ids import new_id
from dialer.ports.audit import AuditEntry
from dialer.ports.records import RecordQuery, Records, StaleError, TakenError
from dialer.ports.scope import EVERYTHING, NOTHING, Reach
from dialer.ports.store import Store
from dialer.store.database import open_database
from tests.kit.record_of_tests import PEARS, Pear, Taste, pears

NOW = 1_800_000_000.25
ENTRY = AuditEntry(at=NOW, who="anna", what="pear.add", subject="x", after={"a": 1})
WHO = {"created_at": NOW, "created_by": "anna", "changed_at": NOW, "changed_by": "anna"}
NORTH = Reach(pools=frozenset({"north"}))


def pear(name: str, **fields: Any) -> Pear:
    return Pear(**{"id": new_id(), "version": 1, "name": name, **WHO, **fields})


@pytest.fixture
async def records(store: Store, store_url: str | None) -> AsyncIterator[Records[Pear]]:
    if store_url is None:
        yield store.kept(PEARS)
        return
    database = open_database(store_url)
    await database.write(pears.create)
    yield store.kept(PEARS)
    await database.write(pears.drop)
    await database.close()


async def test_a_record_comes_back_as_it_was_put_in(records: Records[Pear], store: Store) -> None:
    made = pear(
        "Kieffer", pool="north", weight=300, price=1.5, is_ripe=True, taste=Taste.SOUR,
        picked_at=NOW - 60, marks=("红", "dry"),
    )  # fmt: skip
    await records.add(made, ENTRY)

    assert await records.get(made.id, EVERYTHING) == made
    assert [it.what for it in await store.audit.list()] == ["pear.add"]


async def test_what_a_stricter_rule_would_refuse_today_is_still_read(
    records: Records[Pear],
) -> None:
    old = pear("a name of more than twenty signs", weight=0)
    await records.add(old, ENTRY)

    assert await records.get(old.id, EVERYTHING) == old


async def test_a_change_takes_the_place_of_the_version_before_it_only(
    records: Records[Pear], store: Store
) -> None:
    first = pear("Comice")
    await records.add(first, ENTRY)
    second = Pear(**{**_fields(first), "version": 2, "weight": 200})
    await records.put(second, ENTRY)

    with pytest.raises(StaleError):
        await records.put(Pear(**{**_fields(first), "version": 2, "weight": 300}), ENTRY)
    with pytest.raises(StaleError):
        await records.put(pear("unknown", version=2), ENTRY)

    assert await records.get(first.id, EVERYTHING) == second
    assert len(await store.audit.list()) == 2  # of what was refused there is no entry


async def test_no_two_that_are_there_have_the_same_unique_field(records: Records[Pear]) -> None:
    first, other = pear("Comice"), pear("Anjou")
    await records.add(first, ENTRY)
    await records.add(other, ENTRY)

    with pytest.raises(TakenError) as refused:
        await records.add(pear("Comice"), ENTRY)
    assert refused.value.field == "name"
    with pytest.raises(TakenError):
        await records.put(Pear(**{**_fields(other), "version": 2, "name": "Comice"}), ENTRY)

    away = Pear(**{**_fields(first), "version": 2, "archived_at": NOW})
    await records.put(away, ENTRY)
    await records.add(pear("Comice"), ENTRY)
    with pytest.raises(TakenError):
        await records.put(Pear(**{**_fields(away), "version": 3, "archived_at": None}), ENTRY)


async def test_only_what_is_in_scope_is_seen(records: Records[Pear]) -> None:
    theirs, others, of_all = pear("a", pool="north"), pear("b", pool="south"), pear("c")
    for it in (theirs, others, of_all):
        await records.add(it, ENTRY)

    assert await names(records, RecordQuery(), NORTH) == ["c", "a"]
    assert await names(records, RecordQuery(), NOTHING) == ["c"]
    assert await records.get(others.id, NORTH) is None
    assert await records.get(others.id, EVERYTHING) == others


async def test_a_list_is_searched_filtered_and_without_what_was_put_away(
    records: Records[Pear],
) -> None:
    await records.add(pear("Gold 50%", taste=Taste.SOUR), ENTRY)
    await records.add(pear("gold_早", weight=7), ENTRY)
    await records.add(pear("old", archived_at=NOW), ENTRY)

    asked = {
        "GOLD": RecordQuery(text="GOLD"),
        "%": RecordQuery(text="%"),
        "早": RecordQuery(text="早"),
        "sour": RecordQuery(equal={"taste": "sour"}),
        "7": RecordQuery(equal={"weight": 7}),
        "away": RecordQuery(archived=True),
    }
    found = {key: await names(records, query) for key, query in asked.items()}

    assert found == {
        "GOLD": ["gold_早", "Gold 50%"], "%": ["Gold 50%"], "早": ["gold_早"],
        "sour": ["Gold 50%"], "7": ["gold_早"], "away": ["old"],
    }  # fmt: skip


@pytest.mark.parametrize("sort", ["id", "name", "weight", "changed_at"])
@pytest.mark.parametrize("desc", [True, False])
async def test_pages_together_are_the_list_in_order(
    records: Records[Pear], sort: str, desc: bool
) -> None:
    for number, name in enumerate(["b", "B", "ä", "梨", "a", "Z", "c"]):
        at = NOW + number // 3
        await records.add(pear(name, weight=1 + number % 3, changed_at=at), ENTRY)

    whole = list(await records.page(RecordQuery(sort=sort, desc=desc), EVERYTHING))
    pages: list[Pear] = []
    while True:
        after = (getattr(pages[-1], sort), pages[-1].id) if pages else None
        asked = RecordQuery(sort=sort, desc=desc, after=after, limit=2)
        if not (found := await records.page(asked, EVERYTHING)):
            break
        pages += found

    places = [(getattr(it, sort), it.id) for it in whole]
    assert pages == whole
    assert places == sorted(places, reverse=desc)


async def names(records: Records[Pear], query: RecordQuery, scope: Reach = EVERYTHING) -> list[str]:
    return [it.name for it in await records.page(query, scope)]


def _fields(it: Pear) -> dict[str, Any]:
    return {name: getattr(it, name) for name in it.__struct_fields__}
