"""What a feature keeps in the store: how its part is made over a database, and in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Kept(Generic[T_co]):
    """A part of the store that its feature brings along; the store knows none of them by name.

    `over` makes it of a `dialer.store.database.Database`, `in_memory` of the audit log in memory;
    one contract suite holds the two to the same answers. `Store.kept` makes it once.
    """

    def __init__(
        self, name: str, over: Callable[[Any], T_co], in_memory: Callable[[Any], T_co]
    ) -> None:
        self.name, self.over, self.in_memory = name, over, in_memory

    def __repr__(self) -> str:
        return f"Kept({self.name!r})"
