"""Secrets that must be read again, so cannot be hashed: sealed with a key beside the database.

Whoever steals the database alone has no second factor of anyone.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from dialer.kit.errors import Kind, Refused
from dialer.settings.secrets import SecretsError, SecretsFile

KEY = "accounts.key"


def _box(state_dir: Path) -> Fernet:
    try:
        key = SecretsFile(state_dir).get_or_make(KEY, size=32)
    except SecretsError as error:
        raise Refused(Kind.BROKEN, "secrets", str(error)) from None
    return Fernet(key + "=" * (-len(key) % 4))


def sealed(state_dir: Path, secret: str) -> str:
    """Raises Refused."""
    return _box(state_dir).encrypt(secret.encode()).decode()


def opened(state_dir: Path, text: str) -> str:
    """Raises Refused, also when the key is not that of the database."""
    try:
        return _box(state_dir).decrypt(text.encode()).decode()
    except InvalidToken:
        raise Refused(
            Kind.BROKEN,
            "secrets",
            "second factors cannot be read: secrets.toml does not belong to this database",
        ) from None
