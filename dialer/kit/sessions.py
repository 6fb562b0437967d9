"""Sessions of browsers and tokens of programs: how they are named, kept, and when they end."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from typing import Final
from urllib.parse import urlsplit

from dialer.ports.accounts import AccountSession, ApiToken

#: Nobody at the screen, and no page that asks for anything.
IDLE_S: Final = 3600.0
#: A shift and its overtime; then the password is asked for again.
LONGEST_S: Final = 14 * 3600.0
#: How exactly is noted when somebody was last seen: each note is a write.
SEEN_EVERY_S: Final = 60.0
TOKEN_PREFIX: Final = "dialer_"  # noqa: S105  (what every token begins with)
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def new_key() -> str:
    """256 random bits as text: for a cookie or a token."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """As a key is kept. It is random, so a fast hash is enough: nothing shorter can be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def csrf_of(key: str) -> str:
    """What a page must say besides sending the cookie `key`, which other sites' pages cannot."""
    return hmac.new(key.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf(key: str, said: str) -> bool:
    return hmac.compare_digest(csrf_of(key).encode(), said.encode())


def is_live(session: AccountSession, now: float) -> bool:
    return now < session.expires_at and now - session.seen_at < IDLE_S


def is_to_be_noted(seen_at: float, now: float) -> bool:
    """It was long ago; or the clock was ahead then, and nobody would be idle until it comes there
    again.
    """
    return abs(now - seen_at) >= SEEN_EVERY_S


def expires_at(session: AccountSession, now: float) -> float:
    """When it ends: one begun while the clock was ahead lasts no longer than one begun now."""
    return min(session.expires_at, now + LONGEST_S)


def is_good(token: ApiToken, now: float) -> bool:
    return token.revoked_at is None and now < token.expires_at


def cookie_name(*, secure: bool) -> str:
    """With `__Host-`, browsers take the cookie over TLS from this very host only."""
    return "__Host-dialer" if secure else "dialer"


def is_secure(scheme: str, host: str, client: str) -> bool:
    """Whether cookies are for TLS only: always, but on this machine itself, spoken to in plain."""
    return scheme in {"https", "wss"} or not (is_loopback(_name(host)) and is_loopback(client))


def is_loopback(host: str) -> bool:
    """This machine, by address or by the name `localhost`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _name(host: str) -> str:
    """`127.0.0.1:8080` without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
