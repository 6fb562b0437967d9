"""@Title@ as they are kept, sent and shown: the fields, said once."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from dialer.ports.records import Record, RecordType
from dialer.ports.scope import OfPool


class @One@(Record, frozen=True, kw_only=True):
    """What a person says of @a one@; the rest is as every record has it."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    pool: Annotated[str, Meta(min_length=1, max_length=64)]
    text: Annotated[str, Meta(max_length=2000)] = ""


@ONE@ = RecordType(
    "@one@",
    @One@,
    scope=OfPool,
    unique=("name",),
    search=("name", "text"),
    filters=("pool",),
    sorts=("name",),
)
