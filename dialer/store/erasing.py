"""One person out of every table: what `people.py` has found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, or_, select, update

from dialer.ports.audit import AuditEntry, AuditRow
from dialer.ports.journal import Happened, PersonErased
from dialer.ports.people import (
    ERASED,
    MARK,
    REASON,
    InCallError,
    Mentions,
    Person,
    Pseudonyms,
    deleted_recordings,
    erased_entry,
)
from dialer.ports.scope import whole
from dialer.ports.steering import Delivery, Message
from dialer.ports.store import DncEntry
from dialer.store.audit import note
from dialer.store.journal import append
from dialer.store.said_results import said_results
from dialer.store.steering_tables import deliveries, messages
from dialer.store.tables import (
    attempts,
    audit,
    call_steps,
    callbacks,
    dnc,
    dnc_change_items,
    leads,
    notes,
    recordings,
)
from dialer.store.upsert import upsert


class Erasing(Struct, frozen=True):
    """One erasure; `id` is that of the audit entry which tells of it."""

    id: str
    person: Person
    mentions: Mentions
    pseudonyms: Pseudonyms


def erase(conn: Connection, work: Erasing, entry: AuditEntry) -> None:
    """All but what only mentions the number. Raises InCallError."""
    person = work.person
    ids = [lead.id for lead in person.leads]
    of_calls = [call.attempt_id for call in person.calls]
    _end_leads(conn, ids, person.numbers)
    conn.execute(delete(callbacks).where(callbacks.c.lead_id.in_(ids)))
    words = or_(notes.c.lead_id.in_(ids), notes.c.attempt_id.in_(of_calls))
    conn.execute(delete(notes).where(words))
    _rename_calls(conn, work)
    _delete_recordings(conn, person)
    _keep_from_calling(conn, work, entry.at)
    note(conn, entry, row_id=work.id)
    append(conn, [Happened(entry.at, work.id, PersonErased(leads=ids, attempts=sorted(of_calls)))])


@whole("of one person, who is erased")
def _end_leads(conn: Connection, ids: Sequence[str], numbers: Sequence[str]) -> None:
    """Raises InCallError: what a call writes at its end must find its lead."""
    to_them = or_(attempts.c.number.in_(numbers), attempts.c.lead_id.in_(ids))
    busy = select(attempts.c.id).where(attempts.c.ended_at.is_(None), to_them)
    if conn.execute(busy).first() is not None:
        raise InCallError
    # Between the look and this the engine may have begun a call.
    there = len(conn.execute(select(leads.c.id).where(leads.c.id.in_(ids))).all())
    idle = delete(leads).where(leads.c.id.in_(ids), leads.c.state != "calling")
    if conn.execute(idle).rowcount != there:
        raise InCallError


def _delete_recordings(conn: Connection, person: Person) -> None:
    """Those also that are still being made."""
    for row in deleted_recordings(person):
        upsert(conn, recordings, [{**msgspec.structs.asdict(row), "state": row.state.value}])


def _rename_calls(conn: Connection, work: Erasing) -> None:
    for call in work.person.calls:
        if not call.number.startswith(MARK):
            this = update(attempts).where(attempts.c.id == call.attempt_id)
            # Why it was dialed says where they live.
            conn.execute(this.values(number=work.pseudonyms.of(call.number), reasons=None))
            words = update(said_results).where(said_results.c.attempt_id == call.attempt_id)
            conn.execute(words.values(why=""))
    for step in work.person.call_steps:
        if work.mentions.are_in(step.label):
            said = work.mentions.replaced(step.label, ERASED)
            conn.execute(update(call_steps).where(call_steps.c.id == step.id).values(label=said))


def _keep_from_calling(conn: Connection, work: Erasing, at: float) -> None:
    numbers = work.person.numbers
    conn.execute(delete(dnc).where(dnc.c.number.in_(numbers)))
    # Undoing an earlier change must bring no number back.
    conn.execute(delete(dnc_change_items).where(dnc_change_items.c.number.in_(numbers)))
    entries = [
        DncEntry(number=work.pseudonyms.of(it), reason=REASON, source=REASON, added_at=at)
        for it in numbers
    ]
    upsert(conn, dnc, [msgspec.structs.asdict(entry) for entry in entries])


def erase_audit(conn: Connection, work: Erasing, rows: Sequence[AuditRow]) -> None:
    """The database lets this change through, and none that does not name its erasure."""
    subjects, name = work.person.subjects(), work.pseudonyms.of(work.person.number)
    for row in rows:
        left = msgspec.structs.asdict(erased_entry(row.entry, subjects, work.mentions, name))
        this = update(audit).where(audit.c.id == row.id)
        conn.execute(this.values(erased_by=work.id, **left))


def erase_texts(conn: Connection, work: Erasing, rows: Iterable[Message | Delivery]) -> None:
    for row in rows:
        if isinstance(row, Message):
            said = work.mentions.replaced(row.text, ERASED)
            conn.execute(update(messages).where(messages.c.id == row.id).values(text=said))
        else:
            said = work.mentions.replaced(row.body, ERASED)
            conn.execute(update(deliveries).where(deliveries.c.id == row.id).values(body=said))


@whole("of one call, for a person who is erased")
def is_of_erased(conn: Connection, attempt_id: str | None) -> bool:
    """Whether the call's person has been erased: what is said of it now is not kept."""
    theirs = attempts.c.number.startswith(MARK, autoescape=True)
    query = select(attempts.c.id).where(attempts.c.id == attempt_id, theirs)
    return attempt_id is not None and conn.execute(query).first() is not None
