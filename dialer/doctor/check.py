"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """`what` was found, in one line; `remedy` is what to do, empty where nothing is."""

    name: str
    state: State
    what: str
    remedy: str = ""


def ok(name: str, what: str) -> Check:
    return Check(name, "ok", what)


def warn(name: str, what: str, remedy: str) -> Check:
    """The service works, but not as well as it could."""
    return Check(name, "warn", what, remedy)


def fail(name: str, what: str, remedy: str) -> Check:
    """The service cannot do its work so."""
    return Check(name, "fail", what, remedy)
