"""Proof that a browser has logged in to an account before. It opens nothing.

All it does is to keep what strangers try away from who is none: with it a login is counted by
itself (`throttle.py`). The cookie holds one proof for each account, for reps share desks: which
account (only in a keyed hash), when, and something random.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

COOKIE: Final = "dialer-device"
#: The only requests that need it.
PATH: Final = "/api/v1/session"
LASTS_S: Final = 180 * 86_400
#: As many reps as take turns at one desk.
MOST: Final = 12
_BETWEEN = "~"


def proof_of(cookie: str, account: str, key: bytes, now: float) -> str:
    """What proves an earlier login to `account`; "" without a proof that holds."""
    if not key:
        return ""
    for entry in cookie.split(_BETWEEN)[:MOST]:
        told, _, mac = entry.rpartition(".")
        if hmac.compare_digest(_mac(told, account, key).encode(), mac.encode()):
            return entry if now - _made_at(told) < LASTS_S else ""
    return ""


def with_proof(cookie: str, account: str, key: bytes, now: float) -> str:
    """The cookie with a fresh proof for `account` before the others."""
    told = f"{secrets.token_urlsafe(6)}.{int(now):x}"
    others = [entry for entry in cookie.split(_BETWEEN) if entry]
    kept = [entry for entry in others if not proof_of(entry, account, key, 0.0)]
    return _BETWEEN.join([f"{told}.{_mac(told, account, key)}", *kept][:MOST])


def _mac(told: str, account: str, key: bytes) -> str:
    return hmac.new(key, f"{told}.{account}".encode(), hashlib.sha256).hexdigest()[:32]


def _made_at(told: str) -> float:
    try:
        return float(int(told.rpartition(".")[2], 16))
    except ValueError:
        return 0.0
