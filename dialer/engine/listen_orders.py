"""Whom a supervisor's phone should hear, from what is wanted and what the rep does. Pure."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from dialer.words import WatchMode

MODES: tuple[WatchMode, ...] = get_args(WatchMode)


class RepCall(Struct, frozen=True):
    """A rep hears somebody. `since` tells one time in a bridge from the next; `together`: it is the
    callee, so that one can join them.
    """

    attempt: str
    campaign: str
    leg: str
    since: float
    together: bool


class Order(Struct, frozen=True):
    """Where a supervisor's phone should be. `rest`: hears nobody."""

    kind: Literal["rest", "hear", "whisper", "join"] = "rest"
    attempt: str = ""
    leg: str = ""
    since: float = 0.0


REST = Order()


def order_for(mode: WatchMode, call: RepCall | None) -> Order:
    """A new time in a bridge is another order: listening is begun anew with each."""
    if call is None:
        return REST
    if mode in {"barge", "take-over"}:
        if not call.together:
            return REST
        return Order("join", call.attempt, call.leg, call.since)
    kind: Literal["hear", "whisper"] = "whisper" if mode == "whisper" else "hear"
    return Order(kind, call.attempt, call.leg, call.since)
