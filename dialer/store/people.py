"""One person in every table, and out of them again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Text, exists, or_, select, type_coerce

from dialer.ids import new_id
from dialer.ports.audit import AuditEntry, AuditRow
from dialer.ports.calls import CallStep
from dialer.ports.desk import Callback, Note
from dialer.ports.people import MARK, KeptOfCall, Mentions, Person, Pseudonyms
from dialer.ports.reasons import named, read
from dialer.ports.scope import whole
from dialer.ports.steering import Delivery, Message
from dialer.ports.store import Recording, StoreError
from dialer.store import cdr
from dialer.store.database import Database
from dialer.store.dnc import find_dnc
from dialer.store.erasing import Erasing, erase, erase_audit, erase_texts
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.said_results import results_of
from dialer.store.steering_tables import deliveries, messages
from dialer.store.tables import (
    attempts,
    audit,
    call_steps,
    callbacks,
    campaigns,
    dnc,
    lead_numbers,
    leads,
    notes,
    recordings,
)
from dialer.words import RecordingState

#: Rows read at a time: those of calls wait behind them.
_PAGE = 500


class SqlPeople:
    """`pseudonyms` None: the store was opened without the key; nobody can be erased."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms | None) -> None:
        self._db = database
        self._pseudonyms = pseudonyms

    async def find(self, mentions: Mentions) -> Person:
        person = await self._db.read(_find, mentions.number, self._known())
        return msgspec.structs.replace(
            person,
            messages=await self._all(_messages, mentions),
            deliveries=await self._all(_deliveries, mentions),
            audit=await self._all(_audit, mentions, person.subjects()),
        )

    async def _all(self, page: Callable[..., tuple[list[Any], str]], *wanted: Any) -> list[Any]:
        """Every row of a table that is looked through from end to end, a page at a time."""
        found, after = [], ""
        while True:
            rows, after = await self._db.read(page, after, *wanted)
            found += rows
            if not after:
                return found

    async def erase(self, person: Person, mentions: Mentions, entry: AuditEntry) -> None:
        if self._db.url.get_backend_name() == "sqlite":
            await self._db.write(_overwrite)
        work = Erasing(new_id(), person, mentions, self._known())
        await self._db.write(erase, work, entry)
        for some in _chunks(person.audit):
            await self._db.write(erase_audit, work, some)
        for rows in (person.messages, person.deliveries):
            for each in _chunks(rows):
                await self._db.write(erase_texts, work, each)

    async def erased(self, numbers: Sequence[str]) -> frozenset[str]:
        if self._pseudonyms is None or not await self._db.read(_any_erased):
            return frozenset()
        names = {self._pseudonyms.of(number): number for number in numbers}
        found = await self._db.read(find_dnc, list(names))
        return frozenset(names[name] for name in found)

    async def is_foreign(self) -> bool:
        return await self._db.read(_any_foreign, self._known().prefix)

    def _known(self) -> Pseudonyms:
        if self._pseudonyms is None:
            raise StoreError("this store was opened without the key of erased people")
        return self._pseudonyms


def _overwrite(conn: Connection) -> None:
    """From now on what this connection deletes is overwritten, not only forgotten."""
    conn.exec_driver_sql("PRAGMA secure_delete=ON")


# --- finding --------------------------------------------------------------------------------------


@whole("of one person, for who answers for all data")
def _find(conn: Connection, number: str, pseudonyms: Pseudonyms) -> Person:
    stood = select(lead_numbers.c.lead_id).where(
        # The index begins with the campaign.
        lead_numbers.c.campaign_id.in_(select(campaigns.c.id)),
        lead_numbers.c.number == number,
    )
    found = records(conn, conn.execute(select(*LEAD_FIELDS).where(leads.c.id.in_(stood))).all())
    ids = [lead.id for lead in found]
    name = pseudonyms.of(number)
    calls = cdr.where(conn, or_(attempts.c.number.in_([number, name]), attempts.c.lead_id.in_(ids)))
    of_calls = [call.attempt_id for call in calls]
    entries = find_dnc(conn, [number, name])
    return Person(
        number=number,
        leads=found,
        calls=calls,
        notes=_rows(conn, Note, notes, or_(notes.c.lead_id.in_(ids), _of(notes, of_calls))),
        callbacks=_rows(conn, Callback, callbacks, callbacks.c.lead_id.in_(ids)),
        call_steps=_rows(conn, CallStep, call_steps, _of(call_steps, of_calls)),
        behind_calls=[_behind(conn, it) for it in of_calls],
        recordings=[
            msgspec.structs.replace(row, state=RecordingState(row.state))
            for row in _rows(conn, Recording, recordings, _of(recordings, of_calls))
        ],
        dnc=entries.get(number) or entries.get(name),
    )


@whole("of one person, for who answers for all data")
def _behind(conn: Connection, attempt_id: str) -> KeptOfCall:
    kept = conn.execute(select(attempts.c.reasons).where(attempts.c.id == attempt_id)).scalar()
    return KeptOfCall(attempt_id, named(read(kept)), results_of(conn, attempt_id))


def _of(table: Any, attempt_ids: Sequence[str]) -> Any:
    return table.c.attempt_id.in_(attempt_ids)


def _rows(conn: Connection, kind: Any, table: Any, condition: Any) -> list[Any]:
    fields = [table.c[name] for name in kind.__struct_fields__]
    query = select(*fields).where(condition).order_by(table.c.id)
    return [kind(**row._mapping) for row in conn.execute(query)]


def _page(conn: Connection, query: Select[Any], key: Any, after: str) -> tuple[list[Any], str]:
    """The next rows, and behind which the following ones begin; "": there are none."""
    rows = conn.execute(query.where(key > after).order_by(key).limit(_PAGE)).all()
    return list(rows), rows[-1].id if len(rows) == _PAGE else ""


def _messages(conn: Connection, after: str, mentions: Mentions) -> tuple[list[Message], str]:
    fields = [messages.c[name] for name in Message.__struct_fields__]
    rows, following = _page(conn, select(*fields), messages.c.id, after)
    return [Message(**row._mapping) for row in rows if mentions.are_in(row.text)], following


def _deliveries(conn: Connection, after: str, mentions: Mentions) -> tuple[list[Delivery], str]:
    fields = [deliveries.c[name] for name in Delivery.__struct_fields__]
    rows, following = _page(conn, select(*fields), deliveries.c.id, after)
    return [Delivery(**row._mapping) for row in rows if mentions.are_in(row.body)], following


def _audit(
    conn: Connection, after: str, mentions: Mentions, subjects: set[str]
) -> tuple[list[AuditRow], str]:
    # As text: only rows that are about the person are worth decoding.
    texts = [type_coerce(audit.c[name], Text).label(name) for name in ("before", "after")]
    query = select(audit.c.id, audit.c.at, audit.c.who, audit.c.what, audit.c.subject, *texts)
    rows, following = _page(conn, query, audit.c.id, after)
    return [
        AuditRow(
            id=row.id,
            entry=AuditEntry(
                at=row.at, who=row.who, what=row.what, subject=row.subject,
                before=_decoded(row.before), after=_decoded(row.after),
            ),
        )
        for row in rows
        if row.subject in subjects
        or any(text and mentions.are_in(text) for text in (row.subject, row.before, row.after))
    ], following  # fmt: skip


def _decoded(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


# --- the do-not-call list -------------------------------------------------------------------------


def _any_erased(conn: Connection) -> bool:
    return bool(conn.execute(select(exists().where(_is_pseudonym()))).scalar())


def _any_foreign(conn: Connection, prefix: str) -> bool:
    own = dnc.c.number.startswith(prefix, autoescape=True)
    return bool(conn.execute(select(exists().where(_is_pseudonym() & ~own))).scalar())


def _is_pseudonym() -> Any:
    """A range of the primary key: whatever begins with the mark."""
    return (dnc.c.number >= MARK) & (dnc.c.number < chr(ord(MARK) + 1))


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[at : at + _PAGE] for at in range(0, len(rows), _PAGE))
