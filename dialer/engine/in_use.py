"""Which people are rung or talked to now, by this process: one call at a time for each of them.

The gate reads what is on record; between its answer and the commit, and beside all attempts
(somebody outside whom a rep has called), only this knows. A second process is held off by the
store, which opens no two attempts on one number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class NumbersInUse:
    """Numbers (E.164) by what holds them: an attempt's id, or the leg of somebody outside.

    An attempt holds all numbers of its lead, for one person answers them. `number in` it: held.
    """

    def __init__(self) -> None:
        self._held: dict[str, frozenset[str]] = {}
        self._count: Counter[str] = Counter()

    def __contains__(self, number: object) -> bool:
        return number in self._count

    def take(self, holder: str, numbers: Iterable[str]) -> bool:
        """Hold all of them, or none and False if one is held by another."""
        wanted = frozenset(numbers)
        mine = self._held.get(holder, frozenset())
        if any(number in self._count for number in wanted - mine):
            return False
        self.hold(holder, wanted)
        return True

    def hold(self, holder: str, numbers: Iterable[str]) -> None:
        """These are in use, whoever else holds them: calls that are up when we come."""
        self.release(holder)
        self._held[holder] = held = frozenset(numbers)
        self._count.update(held)

    def release(self, holder: str) -> None:
        """It is over, or never came to be."""
        for number in self._held.pop(holder, ()):
            self._count[number] -= 1
            if not self._count[number]:
                del self._count[number]
