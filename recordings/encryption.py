"""Recordings encrypted at rest: AES-256-GCM in chunks, so that any length plays from the start.

A file is MAGIC, the key's id (8 bytes), a random salt (16 bytes), then chunks of 64 KiB of sound,
each with its tag. The file's own key is HKDF-SHA256 of the site's key and the salt, so that
counting the chunks gives every nonce exactly once. A chunk's nonce holds its number and whether it
is the last: one that is moved, missing or cut off is noticed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"DLRREC1\n"
KEY_BYTES = 32
_SALT_BYTES = 16
_ID_BYTES = 8
_CHUNK = 64 * 1024
_TAG = 16


class KeyProblemError(Exception):
    """The key file, or a recording read with it, is not what it should be."""


@dataclass(frozen=True, slots=True)
class RecordingKey:
    """A site's key. `id` tells which key a file was written with, and says nothing about it."""

    secret: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(b"recording key id" + self.secret).digest()[:_ID_BYTES]

    def __repr__(self) -> str:
        return f"RecordingKey({self.id.hex()})"


def make_key(path: Path) -> RecordingKey:
    """A new key in a new file that only its owner may read; raises FileExistsError."""
    secret = os.urandom(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return RecordingKey(secret)


def read_key(path: Path) -> RecordingKey:
    """The key in a file; raises KeyProblemError when others may read it or it is no key."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblemError(f"recording key {path}: {error}") from error
    if mode & 0o077:
        raise KeyProblemError(f"recording key {path}: others may read it; chmod 600 {path}")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyProblemError(f"recording key {path}: it must hold {2 * KEY_BYTES} hex digits")
    return RecordingKey(secret)


def encrypt_file(path: Path, key: RecordingKey) -> None:
    """Replace the contents of `path`, in one step and on disk."""
    sealed = path.with_name(f"{path.name}.sealed")
    try:
        with path.open("rb") as source, _private(sealed) as target:
            _seal(source, target, key)
            target.flush()
            os.fsync(target.fileno())
        sealed.replace(path)
    finally:
        sealed.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _seal(source: BinaryIO, target: BinaryIO, key: RecordingKey) -> None:
    salt = os.urandom(_SALT_BYTES)
    target.write(MAGIC + key.id + salt)
    cipher = _cipher(key, salt)
    number, chunk = 0, source.read(_CHUNK)
    while True:
        following = source.read(_CHUNK)
        target.write(cipher.encrypt(_nonce(number, last=not following), chunk, None))
        if not following:
            return
        number, chunk = number + 1, following


def decrypted(path: Path, key: RecordingKey) -> Iterator[bytes]:
    """The contents of an encrypted file, chunk by chunk, none before it was authenticated.

    Raises KeyProblemError: no such file, another key, or damaged (then what came before is good).
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise KeyProblemError(f"{path.name}: not an encrypted recording")
        if (found := file.read(_ID_BYTES)) != key.id:
            raise KeyProblemError(f"{path.name}: needs key {found.hex()}, this is {key.id.hex()}")
        cipher = _cipher(key, file.read(_SALT_BYTES))
        number, sealed = 0, file.read(_CHUNK + _TAG)
        while True:
            following = file.read(_CHUNK + _TAG)
            try:
                yield cipher.decrypt(_nonce(number, last=not following), sealed, None)
            except (InvalidTag, ValueError) as error:
                raise KeyProblemError(f"{path.name}: damaged at chunk {number}") from error
            if not following:
                return
            number, sealed = number + 1, following


def _cipher(key: RecordingKey, salt: bytes) -> AESGCM:
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=MAGIC)
    return AESGCM(kdf.derive(key.secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def plain_size(path: Path) -> int:
    """How long the contents of an encrypted file are. Raises OSError."""
    sealed = path.stat().st_size - len(MAGIC) - _ID_BYTES - _SALT_BYTES
    chunks = max(1, -(-sealed // (_CHUNK + _TAG)))
    return max(0, sealed - chunks * _TAG)


def decrypted_part(path: Path, key: RecordingKey, start: int, stop: int) -> Iterator[bytes]:
    """Bytes [start, stop) of the contents; every chunk they lie in is authenticated first.

    Raises KeyProblemError as `decrypted` does.
    """
    header = len(MAGIC) + _ID_BYTES + _SALT_BYTES
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise KeyProblemError(f"{path.name}: not an encrypted recording")
        if (found := file.read(_ID_BYTES)) != key.id:
            raise KeyProblemError(f"{path.name}: needs key {found.hex()}, this is {key.id.hex()}")
        cipher = _cipher(key, file.read(_SALT_BYTES))
        number = start // _CHUNK
        file.seek(header + number * (_CHUNK + _TAG))
        sealed = file.read(_CHUNK + _TAG)
        while number * _CHUNK < stop and sealed:
            following = file.read(_CHUNK + _TAG)
            try:
                chunk = cipher.decrypt(_nonce(number, last=not following), sealed, None)
            except (InvalidTag, ValueError) as error:
                raise KeyProblemError(f"{path.name}: damaged at chunk {number}") from error
            first = number * _CHUNK
            yield chunk[max(0, start - first) : stop - first]
            number, sealed = number + 1, following
