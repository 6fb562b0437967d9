"""What a feature needs from the running program: named and typed by the feature, given by who puts
the program together. The kit knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")

Parts = dict["Part[Any]", Any]


class Holder(Protocol):
    """Whatever carries parts: the context of a request."""

    @property
    def parts(self) -> Parts: ...


class Part(Generic[T]):
    """`absent` makes what stands here when nobody gave the part; it is made once for a holder."""

    def __init__(self, name: str, absent: Callable[[], T]) -> None:
        self._name, self._absent = name, absent

    def of(self, holder: Holder) -> T:
        if self not in holder.parts:
            holder.parts[self] = self._absent()
        found: T = holder.parts[self]
        return found

    def bind(self, value: T) -> tuple[Part[Any], T]:
        """One item of `Parts`."""
        return self, value

    def give(self, holder: Holder, value: T) -> None:
        holder.parts[self] = value

    def __repr__(self) -> str:
        return f"Part({self._name!r})"


def nothing() -> None:
    """For parts that may be missing."""
    return


def parts(*given: tuple[Part[Any], Any]) -> Parts:
    """Of what was bound."""
    return dict(given)
