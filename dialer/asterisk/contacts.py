"""Which phone is gone, and whether a leg was dialed to that one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dialer.asterisk.messages import Message

#: What a leg was dialed to, as AMI's Getvar asks for it.
TARGET = "CHANNEL(pjsip,target_uri)"
_ADDRESS = re.compile(r"<?sips?:(?:[^@>]*@)?([^;?>]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LostPhone:
    """A phone that is gone: a browser's whose WebSocket is closed, or one that does not answer any
    more. `address` is its contact's host:port.
    """

    endpoint: str
    address: str


def is_page(message: Message) -> bool:
    """Whether a contact is a browser's page."""
    return "transport=ws" in message.get("URI", "").lower()


def lost(message: Message) -> LostPhone | None:
    """What a ContactStatus says of a phone that is gone: most say nothing of one.

    A desk phone whose registration is removed may still be in its call.
    """
    uri, status = message.get("URI", ""), message.get("ContactStatus")
    is_closed = status == "Removed" and is_page(message)
    if not is_closed and status != "Unreachable":
        return None
    return LostPhone(message.get("AOR", ""), address(uri))


def lost_of(details: Iterable[Message]) -> list[LostPhone]:
    """Of what a switch says of an endpoint (PJSIPShowEndpoint): contacts that do not answer."""
    return [
        LostPhone(each.get("AOR", ""), address(each.get("URI", "")))
        for each in details
        if each.event == "ContactStatusDetail" and each.get("Status") == "Unreachable"
    ]


#: What a registration is told by: Created and Reachable where contacts are asked whether they live.
_REGISTERED = frozenset({"NonQualified", "Created", "Reachable"})


def registered(message: Message) -> str:
    """The phone that has just registered, or ""."""
    is_back = message.get("ContactStatus") in _REGISTERED
    return str(message.get("AOR", "")) if is_back else ""


def is_on(phone: LostPhone, target: str) -> bool:
    """Whether a leg with this target was on that phone; yes, where nobody can tell.

    A page that is loaded again registers anew before the old registration is told gone, and its
    leg must stay. To end a leg too many costs one call to the phone; to keep one that is on a
    closed socket bridges callees to nobody.
    """
    known = address(target)
    return not known or not phone.address or known == phone.address


def address(uri: str) -> str:
    """host:port of a SIP URI in lower case; "" for what is none."""
    found = _ADDRESS.match(uri.strip())
    return found[1].strip().lower() if found else ""
