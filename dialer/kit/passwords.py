"""Passwords: what is one, how it is kept, and those that are good for one login."""

from __future__ import annotations

import functools
import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB, two passes, one lane: the least that OWASP's password storage sheet takes for argon2id.
# More memory would be better, but logins at the change of a shift share the machine with calls:
# fifty at once must neither fill its memory nor take its cores for long (some 20 ms each).
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
# No signs that are read for another: this is typed from a terminal or a slip of paper.
_SIGNS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_GROUP: Final = 5


def hashed(password: str) -> str:
    """argon2id in its own notation, salt and costs included. Takes some 20 ms."""
    return _hasher.hash(_plain(password))


def is_password(kept: str, offered: str) -> bool:
    """Whether `offered` is what `kept` was made of. Takes as long for a wrong one."""
    try:
        return _hasher.verify(kept, _plain(offered))
    except (VerificationError, InvalidHashError):
        return False


def is_dated(kept: str) -> bool:
    """True when it was hashed at other costs than those of today."""
    return _hasher.check_needs_rehash(kept)


def fault_of(password: str, name: str) -> str | None:
    """Why this may not be the password of the account `name`; None when it may."""
    plain = _plain(password)
    if len(plain) < MIN_LENGTH:
        return f"a password has at least {MIN_LENGTH} signs"
    if len(plain) > MAX_LENGTH:
        return f"a password has at most {MAX_LENGTH} signs"
    if len(set(plain)) < 5:
        return "a password has at least five different signs"
    if name.lower() in plain.lower() and len(plain) < len(name) + MIN_LENGTH:
        return "a password is not made of the account's name"
    return None


def one_time() -> str:
    """A password for one login: 100 bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@functools.cache
def nobodys() -> str:
    """Verified where there is no such account: that takes as long as where there is one."""
    return hashed(one_time())


def _plain(password: str) -> str:
    """One spelling: keyboards differ in how they compose the same letter."""
    return unicodedata.normalize("NFKC", password)
