"""What became of leads that were put in."""

from __future__ import annotations

from msgspec import Struct


class Duplicate(Struct, frozen=True):
    """Row `index` of the batch was left out because `number` is already known."""

    index: int
    number: str
    lead_id: str  # who has it
    import_id: str | None
    import_row: int | None


class Added(Struct, frozen=True):
    lead_ids: list[str]  # of those that went in, in order
    duplicates: list[Duplicate]
