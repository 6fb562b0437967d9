"""Mails as they are kept and shown; what stands in one is kept beside it until it is sent."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from dialer.ports.records import Moment, Record, RecordType
from dialer.words import DeliveryState, MailKind


class OutboxMail(Record, frozen=True, kw_only=True):
    """A mail to one person. `error`: in the server's words, or ours, why it is not sent yet."""

    kind: MailKind
    address: Annotated[str, Meta(max_length=254)]
    account: Annotated[str, Meta(max_length=64, description="Whose address it is.")] = ""
    subject: Annotated[str, Meta(max_length=200)]
    state: DeliveryState = "waiting"
    tries: int = 0
    next_at: Moment
    sent_at: Moment | None = None
    error: str = ""


MAIL = RecordType(
    "mail",
    OutboxMail,
    search=("address", "subject", "account"),
    filters=("state", "kind", "account"),
)
