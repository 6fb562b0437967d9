"""Day files, as they are noted: one day of one fact, in UTC, written once and never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

_READ_BYTES = 1 << 20


class DayFile(Struct, frozen=True):
    """A file of facts, as it is noted in the store. `day`: days since 1970, in UTC."""

    fact: str
    day: int
    name: str
    sha256: str
    rows: int


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ_BYTES):
            found.update(part)
    return found.hexdigest()


def to_disk(path: Path) -> None:
    """When this returns, what was written to a file or folder survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
