"""Who may ask: whoever has the token. On this machine, health and figures need none."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from fastapi import Request

from dialer.api.context import context_of
from dialer.api.errors import ProblemError


def is_token(offered: str, token: str) -> bool:
    """Compare in constant time; an empty token lets nobody in."""
    # Digests have one length, so that not even the token's length can be measured.
    hashes = [hashlib.sha256(text.encode()).digest() for text in (offered, token)]
    return bool(token) and hmac.compare_digest(*hashes)


def require_token(request: Request) -> None:
    """A dependency: the request carries `Authorization: Bearer TOKEN`. Raises ProblemError."""
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not offered.strip():
        raise ProblemError(401, "token-missing", "send the header 'Authorization: Bearer TOKEN'")
    if not is_token(offered.strip(), context_of(request).token):
        raise ProblemError(401, "token-wrong", "this token is not valid")


def require_token_from_afar(request: Request) -> None:
    """A dependency: as `require_token`, but a request from this machine needs none."""
    if not _is_loopback(request.client.host if request.client else ""):
        require_token(request)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
