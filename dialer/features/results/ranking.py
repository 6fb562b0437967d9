"""Who sold how much today, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from dialer.ports.steering import AgentResult


class Standing(Struct, frozen=True):
    """One rep's or squad's day. More sales come first; of equal sales, longer talk; who has both
    alike shares the rank, and the next one is left out.
    """

    key: str
    calls: int
    talk_seconds: float
    sales: int
    rank: int = 0


def standings(
    rows: Iterable[AgentResult],
    is_sale: Callable[[AgentResult], bool],
    key: Callable[[AgentResult], str | None],
    known: Sequence[str] = (),
) -> list[Standing]:
    """Best first; `known` are there even without a call. Rows without a key are left out."""
    calls: dict[str, int] = defaultdict(int, dict.fromkeys(known, 0))
    talk: dict[str, float] = defaultdict(float)
    sales: dict[str, int] = defaultdict(int)
    for row in rows:
        if (of := key(row)) is None:
            continue
        calls[of] += row.calls
        talk[of] += row.talk_seconds
        sales[of] += row.calls if is_sale(row) else 0
    return ranked([Standing(of, calls[of], talk[of], sales[of]) for of in calls])


def ranked(found: Sequence[Standing]) -> list[Standing]:
    ordered = sorted(found, key=lambda it: (-it.sales, -it.talk_seconds, it.key))
    ranks: Mapping[tuple[int, float], int] = {
        (it.sales, it.talk_seconds): at for at, it in reversed(list(enumerate(ordered, start=1)))
    }
    return [
        Standing(it.key, it.calls, it.talk_seconds, it.sales, ranks[it.sales, it.talk_seconds])
        for it in ordered
    ]
