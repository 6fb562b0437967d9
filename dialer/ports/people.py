"""Everything that is kept of one person, to be handed out or erased.

A person is a number and the leads that have it. What the law wants kept of calls stays without
the person: in the number's place stands a keyed hash of it, by which the do-not-call list still
knows the number and nobody else learns it. Numbers are few enough to try them all, so the key is
what protects them: it lies in the state folder's secrets, not in the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from dialer.ports.audit import AuditEntry, AuditRow
from dialer.ports.calls import CallStep
from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callback, Note
from dialer.ports.dnc import DncEntry
from dialer.ports.past_calls import SaidResult
from dialer.ports.recordings import Recording
from dialer.ports.rows import Lead
from dialer.ports.steering import Delivery, Message
from dialer.words import RecordingState

#: What every pseudonym begins with, and no number: one range of the do-not-call list's keys.
MARK = "#"
#: In the place of words about an erased person.
ERASED = "[erased]"
#: How the do-not-call list calls an erased number's reason.
REASON = "erased"
#: National numbers shorter than this are in every other text.
_TELLING_DIGITS = 7
_BETWEEN = r"[\s./()\-]*"


class Pseudonyms:
    """Numbers as keyed hashes: the same for the same number, and nothing without the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @cached_property
    def prefix(self) -> str:
        """With which all of this key begin."""
        return f"{MARK}{self._digest('the key itself')[:6]}-"

    def of(self, number: str) -> str:
        return self.prefix + self._digest(number)[:24]

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()


class Mentions:
    """A number in texts, however people write it."""

    def __init__(self, number: str, country_code: str) -> None:
        self.number = number
        self.national = number.removeprefix("+").removeprefix(country_code)
        whole = rf"(?:\+|00)?{_BETWEEN}{_spaced(country_code)}{_BETWEEN}(?:\(?0\)?{_BETWEEN})?"
        prefix = rf"(?:{whole}|0)?" if len(self.national) >= _TELLING_DIGITS else whole
        self._pattern = re.compile(rf"(?<![\d#]){prefix}{_spaced(self.national)}(?!\d)")

    def are_in(self, value: Any) -> bool:
        """Whether a text, or any text of plain data, has the number."""
        if isinstance(value, str):
            return self._pattern.search(value) is not None
        if isinstance(value, dict):
            return any(self.are_in(key) or self.are_in(item) for key, item in value.items())
        return isinstance(value, list | tuple) and any(map(self.are_in, value))

    def replaced(self, value: Any, by: str) -> Any:
        """The same text or plain data with `by` in the number's place."""
        if isinstance(value, str):
            return self._pattern.sub(by, value)
        if isinstance(value, dict):
            return {self.replaced(k, by): self.replaced(item, by) for k, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.replaced(item, by) for item in value]
        return value


class KeptOfCall(Struct, frozen=True):
    """Why a call was dialed, every value by its name, and what was said of it."""

    attempt_id: str
    reasons: Mapping[str, Any] | None
    results: Sequence[SaidResult]


class Person(Struct, frozen=True, kw_only=True):
    """What the store has of a person. `calls` are all on the number, and all of the leads, those
    included that stand under the number's pseudonym since an erasure.
    """

    number: str
    leads: Sequence[Lead] = ()
    calls: Sequence[Cdr] = ()
    notes: Sequence[Note] = ()
    callbacks: Sequence[Callback] = ()
    call_steps: Sequence[CallStep] = ()
    behind_calls: Sequence[KeptOfCall] = ()
    recordings: Sequence[Recording] = ()
    messages: Sequence[Message] = ()
    deliveries: Sequence[Delivery] = ()
    audit: Sequence[AuditRow] = ()
    dnc: DncEntry | None = None

    @property
    def numbers(self) -> list[str]:
        """The number, and the others of its leads."""
        others = [each.number for lead in self.leads for each in lead.numbers]
        return list(dict.fromkeys([self.number, *others]))

    def subjects(self) -> set[str]:
        """Ids under which the audit log tells of the person."""
        leads = {lead.id for lead in self.leads}
        return leads | {it.attempt_id for it in self.calls} | {it.id for it in self.callbacks}


class InCallError(Exception):
    """The person is being called or talks: what is being written cannot be erased yet."""


class People(Protocol):
    async def find(self, mentions: Mentions) -> Person: ...

    async def erase(self, person: Person, mentions: Mentions, entry: AuditEntry) -> None:
        """Take the person out of everything `find` gave, and put the numbers' pseudonyms on the
        do-not-call list for ever. `entry` tells of it without the number. Doing it again is
        harmless. Raises InCallError.
        """

    async def erased(self, numbers: Sequence[str]) -> frozenset[str]:
        """Those of `numbers` that were erased and not let in again since."""

    async def is_foreign(self) -> bool:
        """Whether numbers were erased under another key: then they cannot be known again."""


def deleted_recordings(person: Person) -> list[Recording]:
    """The rows that stay of a person's recordings, of those also that are still being made."""
    kept = [replace(row, state=RecordingState.DELETED, path="") for row in person.recordings]
    known = {row.attempt_id for row in kept}
    coming = [
        Recording(
            id=call.recording, attempt_id=call.attempt_id, path="", state=RecordingState.DELETED,
            created_at=call.placed_at,
        )
        for call in person.calls
        if call.recording and call.attempt_id not in known
    ]  # fmt: skip
    return kept + coming


def erased_entry(
    entry: AuditEntry, subjects: set[str], mentions: Mentions, name: str
) -> AuditEntry:
    """What stays of an entry: one about the person loses its words, any other only the number."""
    if entry.subject in subjects:
        before, after = _without_words(entry.before), _without_words(entry.after)
        return replace(entry, before=before, after=after)
    return replace(
        entry,
        subject=mentions.replaced(entry.subject, name),
        before=mentions.replaced(entry.before, name),
        after=mentions.replaced(entry.after, name),
    )


def _without_words(value: Any) -> Any:
    """Which fields there were, and nothing in them."""
    if isinstance(value, dict):
        return {key: _without_words(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_words(item) for item in value]
    return ERASED if isinstance(value, str) and value else value


def _spaced(digits: str) -> str:
    return _BETWEEN.join(digits)
