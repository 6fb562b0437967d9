"""A change of the do-not-call list is one, and can be undone as one."""

from __future__ import annotations

from dialer.ids import new_id
from dialer.ports.dnc import DncChange, DncEntry, Undone
from dialer.ports.store import Store
from dialer.words import DncKind

NOW = 1_800_000_000.0
A, B, C = "+4930111111", "+4930222222", "+4930333333"


def change(what: DncKind = "import", at: float = NOW) -> DncChange:
    return DncChange(id=new_id(), at=at, who="eva", what=what, reason="list of the regulator")


def entry(number: str, **fields) -> DncEntry:
    return DncEntry(number=number, added_at=NOW, **fields)


async def listed(store: Store) -> set[str]:
    return set(await store.dnc.check([A, B, C], now=NOW + 1))


async def test_an_import_in_batches_is_one_change(store: Store) -> None:
    this = change()
    await store.dnc.add([entry(A)], this)
    await store.dnc.add([entry(B), entry(A)], this)

    (kept,) = await store.dnc.changes()

    assert (kept.id, kept.count, kept.what, kept.reason) == (this.id, 2, "import", this.reason)
    assert await store.dnc.undo(this.id, now=NOW, who="bo") == Undone(back=2, kept=0)
    assert await listed(store) == set()
    (undone,) = await store.dnc.changes()
    assert (undone.undone_at, undone.undone_by) == (NOW, "bo")


async def test_a_removal_is_undone_with_every_entry_as_it_was(store: Store) -> None:
    await store.dnc.add([entry(A, reason="letter", expires_at=NOW + 500), entry(B)])
    before = await store.dnc.check([A, B], now=NOW)
    this = change("remove")
    assert await store.dnc.remove([A, B, C], this) == 2
    assert await listed(store) == set()

    assert await store.dnc.undo(this.id, now=NOW, who="bo") == Undone(back=2, kept=0)

    assert await store.dnc.check([A, B, C], now=NOW) == before


async def test_undoing_leaves_who_has_asked_since_on_the_list(store: Store) -> None:
    this = change()
    await store.dnc.add([entry(A), entry(B)], this)
    await store.dnc.add([entry(B, reason="said so to a rep")])

    assert await store.dnc.undo(this.id, now=NOW, who="bo") == Undone(back=1, kept=1)

    assert await listed(store) == {B}


async def test_undoing_an_extension_gives_the_old_end_back(store: Store) -> None:
    await store.dnc.add([entry(A, expires_at=NOW + 500)])
    this = change("add")
    await store.dnc.add([entry(A)], this)

    assert await store.dnc.undo(this.id, now=NOW, who="bo") == Undone(back=1, kept=0)

    assert (await store.dnc.check([A], now=NOW))[A].expires_at == NOW + 500


async def test_nothing_is_undone_twice_or_after_its_time(store: Store) -> None:
    this, old = change(), change(at=NOW - 100)
    await store.dnc.add([entry(A)], this)
    await store.dnc.add([entry(B)], old)

    assert await store.dnc.undo(this.id, now=NOW, who="bo") is not None
    assert await store.dnc.undo(this.id, now=NOW, who="bo") is None
    assert await store.dnc.undo("nothing", now=NOW, who="bo") is None
    assert await store.dnc.forget_changes(before=NOW - 50) == 1
    assert await store.dnc.undo(old.id, now=NOW, who="bo") is None
    assert await listed(store) == {B}


async def test_what_changes_nothing_is_no_change(store: Store) -> None:
    await store.dnc.add([entry(A)])
    await store.dnc.add([entry(A)], change())
    await store.dnc.remove([B], change("remove"))

    assert await store.dnc.changes() == []


async def test_changes_are_paged_newest_first(store: Store) -> None:
    these = [change() for _ in range(3)]
    for number, this in zip((A, B, C), these, strict=True):
        await store.dnc.add([entry(number)], this)

    first = await store.dnc.changes(limit=2)
    rest = await store.dnc.changes(below=first[-1].id)

    assert [it.id for it in [*first, *rest]] == [it.id for it in reversed(these)]


async def test_undoing_a_removal_leaves_a_later_wish_as_it_is(store: Store) -> None:
    await store.dnc.add([entry(A, expires_at=NOW + 500), entry(B)])
    this = change("remove")
    await store.dnc.remove([A, B], this)
    await store.dnc.add([entry(A, reason="for ever, she said")])

    assert await store.dnc.undo(this.id, now=NOW, who="bo") == Undone(back=1, kept=1)

    found = await store.dnc.check([A, B], now=NOW)
    assert (found[A].expires_at, set(found)) == (None, {A, B})
