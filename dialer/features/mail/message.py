"""A mail as it goes over the wire. Made once: whatever is sent again is the same, with its id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from msgspec import Struct

from dialer.settings.mail import is_address

_POLICY = SMTP.clone(cte_type="7bit")


class Attachment(Struct, frozen=True):
    """`kind`: as "text/csv"."""

    name: str
    kind: str
    data: bytes


class Letter(Struct, frozen=True, kw_only=True):
    """What stands in a mail. `html` "": text alone. `language`: as "zh-CN"."""

    subject: str
    text: str
    html: str = ""
    language: str = "en"
    attachments: Sequence[Attachment] = ()


def wire_text(letter: Letter, mail_id: str, sender: str, to: str, now: float) -> str:
    """In ASCII, lines ended by CR LF. Raises ValueError for what is no address, and for a line
    break in what goes into a header.
    """
    message = EmailMessage(_POLICY)
    message["From"] = Address(addr_spec=_checked(sender), display_name="Dialer")
    message["To"] = Address(addr_spec=_checked(to))
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for it in letter.attachments:
        main, _, sub = it.kind.partition("/")
        name = one_line(it.name)
        params = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(it.data, maintype=main, subtype=sub, filename=name, params=params)
    return message.as_bytes().decode("ascii")


def one_line(text: str) -> str:
    """Itself. Raises ValueError where a header would end in it, and another begin."""
    if any(ord(it) < 32 or it in "\x7f\x85\u2028\u2029" for it in text):
        raise ValueError("a header has no line breaks and no control characters")
    return text


def _checked(address: str) -> str:
    if not is_address(address):
        raise ValueError(f"{address!r} is no mail address")
    return address
