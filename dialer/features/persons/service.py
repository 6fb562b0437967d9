"""One person, handed out or erased: the store, the recordings, and the rows that did not go in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import phonenumbers
import soundfile
from msgspec import Struct

from dialer.kit.errors import conflict
from dialer.leads import rejected
from dialer.ports.audit import AuditEntry
from dialer.ports.cdr import Cdr
from dialer.ports.people import InCallError, Mentions, Person, Pseudonyms
from dialer.ports.store import Store
from recordings.encryption import KeyProblemError
from recordings.export import export_wav
from recordings.library import KeptFile, Library, NoSuchRecordingError
from recordings.naming import find_raw

DOCUMENT = "person.json"
SOUNDS = "recordings"
#: The store's day of a call and the folder's may differ by a retry over midnight.
_A_DAY = timedelta(days=1)


class Found(Struct, frozen=True, kw_only=True):
    """A person as everything knows them. `kept`: calls by their ids, whose sound lies on disk."""

    person: Person
    rejected: Sequence[rejected.RejectedRow]
    kept: dict[str, KeptFile]


class PeopleDesk:
    """Of one installation. `who` is noted in the audit log."""

    def __init__(
        self, store: Store, library: Library, imports: Path, pseudonyms: Pseudonyms, *, who: str
    ) -> None:
        self._store, self._library, self._imports = store, library, imports
        self._pseudonyms, self._who = pseudonyms, who

    def name_of(self, number: str) -> str:
        """What stands for the number where it is kept no more."""
        return self._pseudonyms.of(number)

    async def export(self, number: str, *, now: float, folder: Path | None) -> dict[str, Any]:
        """All that is kept, as plain data; with `folder` also as files in it. It is noted."""
        found = await self._find(mentions_of(number))
        document = document_of(found, now)
        if folder is not None:
            document["files"] = await asyncio.to_thread(self._write, found, folder)
            await asyncio.to_thread(_write_document, folder, document)
        await self._store.audit.record(self._entry("person.export", number, found, now))
        return document

    async def erase(self, number: str, *, now: float, reason: str) -> dict[str, int]:
        """What was erased, by kind. Raises Refused while the person is in a call.

        Done again, it finishes what was interrupted.
        """
        mentions = mentions_of(number)
        found = await self._find(mentions)
        entry = self._entry("person.erase", number, found, now, reason)
        try:
            await self._store.people.erase(found.person, mentions, entry)
        except InCallError:
            raise conflict(
                "in-call", "this person is in a call, or about to be: try again when it is over"
            ) from None
        await asyncio.to_thread(self._delete_sounds, found)
        await asyncio.to_thread(rejected.erase, self._imports, mentions)
        return counts_of(found)

    async def _find(self, mentions: Mentions) -> Found:
        person = await self._store.people.find(mentions)
        return Found(
            person=person,
            rejected=await asyncio.to_thread(rejected.rows_of, self._imports, mentions),
            kept=await asyncio.to_thread(self._sounds_of, person.calls),
        )

    def _sounds_of(self, calls: Sequence[Cdr]) -> dict[str, KeptFile]:
        found = {}
        for call in calls:
            day = datetime.fromtimestamp(call.placed_at, UTC).date()
            files = self._library.find(
                attempt=call.attempt_id, since=day - _A_DAY, until=day + _A_DAY
            )
            for kept in files:
                found[call.attempt_id] = kept
        return found

    def _write(self, found: Found, folder: Path) -> list[dict[str, Any]]:
        """Each recording as WAV; one that cannot be read is named with the reason."""
        sounds = folder / SOUNDS
        sounds.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        told: list[dict[str, Any]] = []
        for row in found.person.recordings:
            if row.attempt_id not in found.kept:
                continue
            target = sounds / f"{row.id}.wav"
            try:
                seconds = export_wav(self._library, row, target)
            except (NoSuchRecordingError, KeyProblemError, soundfile.SoundFileError) as error:
                told.append({"recording": row.id, "error": str(error)})
            else:
                file = str(target.relative_to(folder))
                told.append({"recording": row.id, "file": file, "seconds": seconds})
        return told

    def _delete_sounds(self, found: Found) -> None:
        for kept in found.kept.values():
            kept.path.unlink(missing_ok=True)
        for call in found.person.calls:
            if (raw := find_raw(self._library.root, call.attempt_id)) is not None:
                raw.unlink(missing_ok=True)

    def _entry(
        self, what: str, number: str, found: Found, now: float, reason: str = ""
    ) -> AuditEntry:
        told: dict[str, Any] = {**counts_of(found), **({"reason": reason} if reason else {})}
        subject = self.name_of(number)
        return AuditEntry(at=now, who=self._who, what=what, subject=subject, after=told)


def mentions_of(number: str) -> Mentions:
    """`number` in E.164."""
    return Mentions(number, str(phonenumbers.parse(number).country_code))


def document_of(found: Found, now: float) -> dict[str, Any]:
    """Everything as plain data that JSON can hold. Times are unix seconds."""
    person = found.person
    plain = msgspec.to_builtins(person)
    return {
        "number": person.number,
        "exported_at": now,
        "counts": counts_of(found),
        "do_not_call": plain["dnc"],
        **{name: plain[name] for name in plain if name not in {"number", "dnc"}},
        "rejected_rows": msgspec.to_builtins(found.rejected),
    }


def counts_of(found: Found) -> dict[str, int]:
    person = found.person
    return {
        "leads": len(person.leads),
        "calls": len(person.calls),
        "recordings": len(found.kept),
        "notes": len(person.notes),
        "callbacks": len(person.callbacks),
        "messages": len(person.messages),
        "deliveries": len(person.deliveries),
        "audit": len(person.audit),
        "rejected_rows": len(found.rejected),
    }


def _write_document(folder: Path, document: dict[str, Any]) -> None:
    path = folder / DOCUMENT
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
