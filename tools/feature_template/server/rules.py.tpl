"""What @a one@ may be, beyond what its fields say. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dialer.features.@many@.records import @One@
from dialer.kit.faults import Fault


def faults(record: @One@, pools: Collection[str]) -> Iterator[Fault]:
    """Each at its field. `pools`: those there are."""
    if record.pool not in pools:
        detail = f"there is no pool {record.pool!r}"
        yield Fault("pool", "no-such-pool", {"name": record.pool}, detail)
