"""What people do with differences."""

from __future__ import annotations

from dialer.features.reconcile.records import Difference
from dialer.kit.errors import conflict
from dialer.kit.records.service import Keeper


async def settled(
    keeper: Keeper[Difference], record_id: str, version: int, note: str
) -> Difference:
    """Somebody has looked into it. Raises Refused: not known, changed since, or over already."""
    before = await keeper.one(record_id)
    if before.archived_at is not None and before.version == version:
        raise conflict("settled-already", "this difference is settled already")
    said = {"settled": "known", "note": note}
    after = await keeper.edit(record_id, version, said)
    return await keeper.archive(record_id, after.version)
