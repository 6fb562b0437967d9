"""What is done with the records of one type, over HTTP and at a terminal alike.

Every change names the version that was seen, is written in one transaction with its entry in the
audit log, and ends within the reach of who makes it: nobody hands a record out of their own sight.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic

import msgspec

from dialer.ids import new_id
from dialer.kit.doer import Doer
from dialer.kit.errors import Kind, Refused, faulty
from dialer.kit.faults import Fact, Fault
from dialer.kit.records.bodies import values_of
from dialer.kit.records.keeping import KeptRecords
from dialer.ports.audit import AuditEntry
from dialer.ports.records import R, RecordQuery, StaleError, TakenError
from dialer.ports.scope import Reach
from dialer.words import RecordDeed

#: What is wrong with a record beyond what its fields say: asked with the record as it is to be.
Check = Callable[[R], Awaitable[Sequence[Fault]]]


async def nothing_wrong(_record: Any) -> Sequence[Fault]:
    return ()


def anybody(_record: Any) -> None:
    return None


@dataclass(frozen=True)
class Keeper(Generic[R]):
    """The records of a type, for one who asks. Every verb raises Refused."""

    kept: KeptRecords[R]
    doer: Doer
    scope: Reach
    check: Check[R] = nothing_wrong
    #: Raises Refused for a record that is seen, and is another's to change.
    allow: Callable[[R], None] = anybody

    async def page(self, query: RecordQuery) -> Sequence[R]:
        return await self.doer.store.kept(self.kept).page(query, self.scope)

    async def every(self, query: RecordQuery) -> AsyncIterator[R]:
        """All that the query finds, page by page."""
        while found := await self.page(query):
            for record in found:
                yield record
            last = found[-1]
            after = (getattr(last, query.sort), last.id)
            query = msgspec.structs.replace(query, after=after)

    async def one(self, record_id: str) -> R:
        found = await self.doer.store.kept(self.kept).get(record_id, self.scope)
        if found is None:
            raise Refused(Kind.MISSING, "no-such-record", f"there is no {self.name} {record_id!r}")
        return found

    async def add(self, said: Mapping[str, Any]) -> R:
        now, who = self.doer.now(), self.doer.grant.who
        values = values_of(self.kept.of.shape, said, fresh=True)
        record = self.kept.of.shape(
            id=new_id(),
            version=1,
            created_at=now,
            created_by=who,
            changed_at=now,
            changed_by=who,
            **values,
        )
        await self._look_over(record)
        with _told():
            entry = self.entry("add", record.id, after=self._own(record))
            await self.doer.store.kept(self.kept).add(record, entry)
        return record

    async def edit(self, record_id: str, version: int, said: Mapping[str, Any]) -> R:
        """Nothing is written where nothing changes."""
        before = await self._seen(record_id, version)
        values = values_of(self.kept.of.shape, said, fresh=False)
        after = msgspec.structs.replace(before, **values)
        return before if after == before else await self._put("change", before, after)

    async def archive(self, record_id: str, version: int) -> R:
        return await self._put_away(record_id, version, at=self.doer.now())

    async def restore(self, record_id: str, version: int) -> R:
        return await self._put_away(record_id, version, at=None)

    async def _put_away(self, record_id: str, version: int, at: float | None) -> R:
        before = await self._seen(record_id, version)
        if (before.archived_at is None) is (at is None):
            return before
        after = msgspec.structs.replace(before, archived_at=at)
        return await self._put("restore" if at is None else "archive", before, after)

    async def _seen(self, record_id: str, version: int) -> R:
        found = await self.one(record_id)
        self.allow(found)
        if found.version != version:
            raise self._stale(found)
        return found

    async def _put(self, deed: RecordDeed, before: R, changed: R) -> R:
        after = msgspec.structs.replace(
            changed,
            version=before.version + 1,
            changed_at=self.doer.now(),
            changed_by=self.doer.grant.who,
        )
        if deed != "archive":
            await self._look_over(after)
        was, is_now = self._own(before), self._own(after)
        names = [name for name in was if was[name] != is_now[name]]
        entry = self.entry(
            deed, after.id, {it: was[it] for it in names}, {it: is_now[it] for it in names}
        )
        try:
            with _told():
                await self.doer.store.kept(self.kept).put(after, entry)
        except StaleError:
            raise self._stale(await self.one(after.id)) from None
        return after

    async def _look_over(self, record: R) -> None:
        faults = list(await self.check(record))
        if not faults and not self.kept.of.is_seen(record, self.scope):
            faults = [Fault(it, "not-in-reach") for it in self.kept.of.facts_named]
        if faults:
            raise faulty(faults)

    def _stale(self, now: R) -> Refused:
        detail = f"{now.changed_by} has changed it: look at it again"
        facts: dict[str, Fact] = {
            "who": now.changed_by,
            "at": now.changed_at,
            "version": now.version,
        }
        return Refused(Kind.CONFLICT, "stale", detail, facts=facts)

    @property
    def name(self) -> str:
        return self.kept.of.name

    def entry(
        self, deed: RecordDeed, subject: str, before: Any = None, after: Any = None
    ) -> AuditEntry:
        return self.doer.entry(f"{self.name}.{deed}", subject, before, after)

    def _own(self, record: R) -> dict[str, Any]:
        """What a person sets, as JSON has it."""
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
        return {it: plain[it] for it in self.kept.of.own}


@contextmanager
def _told() -> Iterator[None]:
    """A value that another record has is a fault of its field."""
    try:
        yield
    except TakenError as error:
        raise faulty([Fault(error.field, "taken")], Kind.CONFLICT) from None
