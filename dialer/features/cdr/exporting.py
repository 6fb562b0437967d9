"""Calls as a file: which columns there are, and the rows in portions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from dialer.features.cdr import looking
from dialer.features.cdr.records import CallRow
from dialer.kit.auth import Caller
from dialer.kit.export import SheetWish
from dialer.kit.scope import Reach
from dialer.kit.sheets import Cell, Kind, kind_of
from dialer.ports.past_calls import CallFilter

#: Calls that are read at once.
PORTION = 1000
NOTES = "notes"
KINDS: Final[Mapping[str, Kind]] = {
    **{it: kind_of(it) for it in CallRow.__struct_fields__},
    "hangup_cause": "number",
    "sip_code": "number",
    NOTES: "text",
}


async def portions(
    caller: Caller, wanted: CallFilter, scope: Reach, wish: SheetWish
) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    """Newest first, as the list shows them; numbers as the caller may see them."""
    calls = caller.context.store.past_calls
    ids = [it.id for it in wish.columns]
    below: str | None = None
    while True:
        found = await calls.look(wanted, scope, below=below, limit=PORTION)
        below, rows = found.next, looking.rows(caller, found.calls)
        noted = await _notes(caller, rows, scope) if NOTES in ids else {}
        cells = [_cell(it, wish, noted) for it in ids]
        if rows:
            yield [[cell(row) for cell in cells] for row in rows]
        if below is None:
            return


def _cell(name: str, wish: SheetWish, noted: Mapping[str, str]) -> Callable[[CallRow], Cell]:
    """How a column is read of a row."""
    if name == NOTES:
        return lambda row: noted.get(row.id)
    if name == "campaign":
        return lambda row: row.campaign_title
    if name == "disposition":
        return lambda row: _disposition(row, wish.language)
    words = wish.words.get(name, {})

    def plain(row: CallRow) -> Cell:
        value: Cell = getattr(row, name)
        return words.get(value, value) if isinstance(value, str) else value

    return plain


def _disposition(row: CallRow, language: str) -> str | None:
    in_chinese = row.disposition_title_zh if language.startswith("zh") else None
    return in_chinese or row.disposition_title or row.disposition


async def _notes(caller: Caller, rows: Sequence[CallRow], scope: Reach) -> dict[str, str]:
    said: dict[str, list[str]] = {}
    for note in await caller.context.store.past_calls.notes([it.id for it in rows], scope):
        said.setdefault(note.attempt_id, []).append(note.text)
    return {call: "\n".join(texts) for call, texts in said.items()}
