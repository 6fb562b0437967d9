"""Whom to tell, as it is said on a screen; those of the settings file stand there."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.ports.records import Record, RecordType

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
#: No user and password: the signature proves who sends it.
_URL = r"^https?://[^\s/@?#]+([/?#]\S*)?$"


class Receiver(Record, frozen=True, kw_only=True):
    """One who is told over HTTP, as `[webhook.NAME]` of the settings file is.

    `secret_no`: which of the secrets made for it signs; one more makes a new one.
    """

    name: Annotated[str, Meta(pattern=_NAME, max_length=64)]
    url: Annotated[str, Meta(pattern=_URL, max_length=1000)]
    events: Annotated[list[str], Meta(min_length=1, max_length=50)]
    numbers: bool = False
    on: bool = True
    timeout_s: Annotated[float, Meta(gt=0, le=30)] = 5.0
    secret_no: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


RECEIVER = RecordType(
    "receiver",
    Receiver,
    unique=("name",),
    search=("name", "url"),
    filters=("on",),
    sorts=("name",),
)


class SecretShown(Struct, frozen=True):
    """By which the receiver knows that a message is from here."""

    secret: str


class Probed(Struct, frozen=True):
    """What became of a message sent to try a receiver. `status`: None where nothing answered."""

    status: int | None
    error: str
    seconds: float
