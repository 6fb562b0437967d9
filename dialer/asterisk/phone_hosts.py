"""Where a phone with a fixed contact may be. Pure, but for asking the name server.

Such a phone is called as long as its rep is at work, past every rule for callees: no do-not-call
list, no hours, no record. So its contact must be a phone of the house, never a way out: who may add
a rep must not be able to call the world with it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Iterable[str]]

#: Where phones of the house are, unless an administrator says it: this machine, private networks
#: (RFC 1918, RFC 4193), link-local ones and those behind a carrier's NAT (RFC 6598).
PRIVATE = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
)
LIKE = "contact must be like sip:NAME@HOST:PORT"
_CONTACT = re.compile(
    r"sips?:(?P<user>[A-Za-z0-9_.+-]+)@(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?"
    r"(;transport=(udp|tcp|tls))?"
)
_NUMBER = re.compile(r"\+.*|[0-9]{7,}")


@dataclass(frozen=True)
class Contact:
    """A SIP URI that a phone is called at."""

    user: str
    host: str


def parse(contact: str) -> Contact | None:
    """None for what is no SIP URI of a phone."""
    found = _CONTACT.fullmatch(contact)
    return Contact(found["user"], found["host"].strip("[]").lower()) if found else None


def addresses(host: str) -> frozenset[str]:
    """What the name server says of a name; nothing where it knows none, or cannot be asked."""
    try:
        return frozenset(str(info[4][0]) for info in socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return frozenset()


@dataclass(frozen=True)
class PhoneHosts:
    """`allowed`: networks (10.1.2.0/24), addresses, names, and .domains; empty: PRIVATE.
    `barred`: hosts and networks of trunks, and the switch's own addresses.
    """

    allowed: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    resolve: Resolve = addresses

    def problem(self, contact: str) -> str:
        """Why no phone may be there; "" where one may."""
        found = parse(contact)
        if found is None:
            return LIKE
        if found.host in _words(self.barred) or self._is_barred(self._addresses(found.host)):
            return f"{found.host} is a trunk's host, or this switch: a phone must be elsewhere"
        if not self._is_allowed(found.host):
            return (
                f"{found.host} is no place for a phone: an administrator allows it by phone_hosts "
                "in [asterisk]"
            )
        if not self.allowed and _NUMBER.fullmatch(found.user):
            # Where it might be handed on to the outside: a telephone system of the house, say.
            return (
                f"{found.user} looks like a telephone number: name the phone otherwise, or have an "
                "administrator list its host in phone_hosts of [asterisk]"
            )
        return ""

    def _is_barred(self, found: frozenset[IpAddress]) -> bool:
        barred = {address for word in self.barred for address in self._networks(word)}
        return any(address in network for address in found for network in barred)

    def _networks(self, word: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        try:
            return [ipaddress.ip_network(word, strict=False)]
        except ValueError:
            return [ipaddress.ip_network(str(address)) for address in self._addresses(word)]

    def _is_allowed(self, host: str) -> bool:
        address = _address(host)
        for word in self.allowed or PRIVATE:
            try:
                network = ipaddress.ip_network(word, strict=False)
            except ValueError:
                if address is None and _is_name(host, word.lower()):
                    return True
            else:
                if address is not None and address in network:
                    return True
        return False

    def _addresses(self, host: str) -> frozenset[IpAddress]:
        address = _address(host)
        if address is not None:
            return frozenset({address})
        told = (_address(one.partition("%")[0]) for one in self.resolve(host))
        return frozenset(one for one in told if one is not None)


def _words(barred: Iterable[str]) -> set[str]:
    return {word.lower() for word in barred}


def _is_name(host: str, word: str) -> bool:
    return host.endswith(word) if word.startswith(".") else host == word


def _address(text: str) -> IpAddress | None:
    """IPv4 in IPv6's clothes is IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
