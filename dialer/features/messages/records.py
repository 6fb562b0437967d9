"""Messages as they are shown. `to` is agent/CODE, pool/NAME or all; times are unix seconds."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class ReadBy(Struct, frozen=True):
    """A rep who got it; None: not read yet."""

    agent: str
    name: Annotated[str, Meta(description="The rep's; empty for one who is there no more.")]
    read_at: float | None


class ReceivedMessage(Struct, frozen=True):
    """As its receiver has it."""

    id: str
    at: float
    who: str
    to: str
    text: str
    read_at: float | None


class SentMessage(Struct, frozen=True):
    """As its sender has it."""

    id: str
    at: float
    who: str
    to: str
    text: str
    receipts: list[ReadBy]


class Mail(Struct, frozen=True):
    """Both ways, newest first."""

    received: Annotated[list[ReceivedMessage], Meta(description="By the rep that you are.")]
    sent: Annotated[list[SentMessage], Meta(description="By you.")]
