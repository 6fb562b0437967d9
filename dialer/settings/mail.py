"""[mail]: the server that takes our mail."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic.config import JsonDict

from dialer.settings.kinds import FilePath, Line, Secret, Section
from dialer.words import MailSecurity

#: What every server takes; nothing in it can end a header or begin another address.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LONGEST_ADDRESS = 254
_LIVE: JsonDict = {"live": True}


def is_address(text: str) -> bool:
    """Whether mail can be sent there, as far as it is written: `anna@example.com`."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _address(value: str) -> str:
    if value and not is_address(value):
        raise ValueError('must be an address such as "dialer@example.com"')
    return value


class MailSettings(Section):
    """Mail, docs/operations.md: reports that people have sent to them. Off, and without a host of
    one's own it is handed to the mail server of this machine.
    """

    on: bool = Field(default=False, description="true: mail is sent.", json_schema_extra=_LIVE)
    host: Line = Field(
        default="127.0.0.1", description="The server that takes mail.", json_schema_extra=_LIVE
    )
    port: int = Field(
        default=25,
        ge=1,
        le=65535,
        description="Its port: usually 587 for starttls, 465 for tls, 25 for none.",
        json_schema_extra=_LIVE,
    )
    security: MailSecurity = Field(
        default="none",
        description="starttls, tls (from the first byte on) or none. A password goes to another "
        "machine only under one of the first two.",
        json_schema_extra=_LIVE,
    )
    ca_file: FilePath | None = Field(
        default=None,
        description="Certificates by which the server is known, as PEM. Not set: those of the "
        "system.",
        json_schema_extra=_LIVE,
    )
    user: Line = Field(
        default="", description="Whom we log in as. Empty: nobody.", json_schema_extra=_LIVE
    )
    password: Secret | None = Field(
        default=None, description="env:NAME, file:PATH or itself.", json_schema_extra=_LIVE
    )
    sender: Annotated[str, AfterValidator(_address)] = Field(
        default="",
        description='Whom mail is from, as "dialer@example.com".',
        json_schema_extra=_LIVE,
    )
    timeout_s: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="An answer of the server must come within so many seconds.",
        json_schema_extra=_LIVE,
    )
    give_up_h: float = Field(
        default=48.0,
        gt=0,
        le=720,
        description="What could not be sent for so many hours is given up.",
        json_schema_extra=_LIVE,
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.on and not self.sender:
            raise ValueError("sender: must be set where mail is sent")
        if self.user and self.security == "none" and not is_loopback(self.host):
            raise ValueError("security: a password would travel in clear: starttls or tls")
        return self


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
