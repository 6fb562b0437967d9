"""Many new leads as columns: how a list of a million is read, handed on and written.

An object for each lead and each of its numbers costs more than writing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import msgspec
from msgspec import Struct

from dialer.ports.rows import LeadNumber, NewLead

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class NewLeads(Struct, frozen=True, array_like=True, kw_only=True):
    """Lists of one length, a place for each lead; those of numbers are longer, lead by lead."""

    name: list[str]
    timezone: list[str | None]
    language: list[str | None]
    owner: list[str | None]
    priority: list[int]
    next_call_at: list[float]
    custom: list[str]  # a JSON object each
    list_name: list[str]
    import_id: list[str | None]
    import_row: list[int | None]
    how_many: list[int]  # numbers of each lead
    number: list[str]
    kind: list[str]
    extension: list[str]
    attempts: list[int]
    dead: list[bool]

    @classmethod
    def of(cls, leads: Sequence[NewLead]) -> NewLeads:
        numbers = [number for lead in leads for number in lead.numbers]
        return cls(
            name=[it.name for it in leads],
            timezone=[it.timezone for it in leads],
            language=[it.language for it in leads],
            owner=[it.owner for it in leads],
            priority=[it.priority for it in leads],
            next_call_at=[it.next_call_at for it in leads],
            custom=[_encode(it.custom).decode() if it.custom else "{}" for it in leads],
            list_name=[it.list_name for it in leads],
            import_id=[it.import_id for it in leads],
            import_row=[it.import_row for it in leads],
            how_many=[len(it.numbers) for it in leads],
            number=[it.number for it in numbers],
            kind=[it.kind for it in numbers],
            extension=[it.extension for it in numbers],
            attempts=[it.attempts for it in numbers],
            dead=[it.dead for it in numbers],
        )

    def __len__(self) -> int:
        return len(self.name)

    def __iter__(self) -> Iterator[NewLead]:
        for i, (start, end) in enumerate(self.spans()):
            yield NewLead(
                numbers=[self._number(at) for at in range(start, end)],
                name=self.name[i],
                timezone=self.timezone[i],
                language=self.language[i],
                owner=self.owner[i],
                priority=self.priority[i],
                next_call_at=self.next_call_at[i],
                custom=_decode(self.custom[i]),
                list_name=self.list_name[i],
                import_id=self.import_id[i],
                import_row=self.import_row[i],
            )

    def _number(self, at: int) -> LeadNumber:
        return LeadNumber(
            self.number[at],
            self.kind[at],
            self.attempts[at],
            self.dead[at],
            extension=self.extension[at],
        )

    def spans(self) -> Iterator[tuple[int, int]]:
        """From where to where in the lists of numbers those of each lead stand."""
        return pairwise(accumulate(self.how_many, initial=0))


LeadsToAdd = Sequence[NewLead] | NewLeads
