"""Why a call was dialed: what was known when it was, kept with the call in a few bytes.

Kept as JSON arrays: what is new comes at the end, with a default.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from dialer.ports.gate import Passed


class Paced(Struct, frozen=True, array_like=True):
    """What pacing saw when it wished for `place` calls, this one among them."""

    method: str
    place: int
    ready: int
    talking: int
    ringing: int
    waiting: int
    bound_by: str


class Reasons(Struct, frozen=True, array_like=True):
    """`lead_attempt` and `number_attempt` count this call. `due_at` 0: never called before, or at
    once; `callback_at`: the time agreed on that this call keeps; `paced` None: a rep's own call.
    """

    list_name: str
    lead_attempt: int
    number_attempt: int
    priority: int
    due_at: float
    callback_at: float | None = None
    paced: Paced | None = None
    passed: Passed | None = None


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Reasons).decode


def written(reasons: Reasons | None) -> str | None:
    return None if reasons is None else _encode(reasons).decode()


def read(text: str | None) -> Reasons | None:
    """None also for what a version to come has written otherwise: a call is shown without it."""
    if not text:
        return None
    try:
        return _decode(text)
    except msgspec.ValidationError:
        return None


def named(reasons: Reasons | None) -> dict[str, Any] | None:
    """As plain data in which every value has its name: for whoever asks for all that is kept."""
    if reasons is None:
        return None
    parts = {"paced": reasons.paced, "passed": reasons.passed}
    said = {key: None if it is None else asdict(it) for key, it in parts.items()}
    return {**asdict(reasons), **said}
