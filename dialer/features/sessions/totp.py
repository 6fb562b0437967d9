"""Time-based one-time passwords (RFC 6238 over RFC 4226), and codes for when the phone is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote, urlencode

STEP_S: Final = 30
DIGITS: Final = 6
#: Clocks of phones differ by up to a step, and so do the moments of reading and sending.
DRIFT_STEPS: Final = 1
RECOVERY_CODES: Final = 10


def new_secret() -> str:
    """160 bits (RFC 4226 section 4, R6) in base 32, as authenticator programs take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def hotp(key: bytes, counter: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """RFC 4226 section 5.3: the code for a counter."""
    mac = hmac.new(key, counter.to_bytes(8, "big"), digest).digest()
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def latest_step(now: float) -> int:
    """The last that a code may have now."""
    return int(now // STEP_S) + DRIFT_STEPS


def matching_step(secret: str, code: str, now: float, *, after: int) -> int | None:
    """The time step that `code` belongs to, newer than step `after`; None when there is none.

    A step taken in what is still to come was taken while the clock was ahead, and shuts nobody out.
    """
    key, present = base64.b32decode(secret), int(now // STEP_S)
    after = after if after <= latest_step(now) else -1
    offered = code.replace(" ", "").encode()
    found = None
    # Every step is compared, whichever matches: the time it takes tells nothing.
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if hmac.compare_digest(hotp(key, max(step, 0)).encode(), offered) and step > after:
            found = step
    return found


def uri(secret: str, account: str, issuer: str = "Dialer") -> str:
    """What an authenticator reads from a QR code."""
    query = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_S})
    return f"otpauth://totp/{quote(f'{issuer}:{account}', safe='')}?{query}"


def new_recovery_codes() -> list[str]:
    """Each good for one login: 50 bits, behind the same throttle as passwords."""
    codes = (base64.b32encode(secrets.token_bytes(7)).decode()[:10] for _ in range(RECOVERY_CODES))
    return [f"{code[:5]}-{code[5:]}".lower() for code in codes]


def recovery_digest(account_id: str, code: str) -> str:
    """As it is kept: random codes need no slow hash, and the account is their salt."""
    plain = code.strip().lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{account_id}:{plain}".encode()).hexdigest()
