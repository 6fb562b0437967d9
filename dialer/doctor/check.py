"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass

from dialer.words import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """`what` was found, in one line; `remedy` is what to do, empty where nothing is."""

    name: str
    state: Finding
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
