"""Secrets the dialer makes for itself, in one file that only its owner may read.

The file is `secrets.toml` in the state folder: one `"name" = "value"` line each. Readers take the
file as it is; whoever adds a secret holds the lock beside it and puts a whole new file in place,
so that no reader ever sees half of one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets as random_secrets
import tomllib
from collections.abc import Iterator
from pathlib import Path

from dialer.settings.problems import quoted

FILE_NAME = "secrets.toml"
#: By which the do-not-call list knows erased numbers again: every machine of a database has it.
PEOPLE = "people.key"
#: 32 bytes of randomness as text: longer than any search can reach.
_SECRET_BYTES = 32


class SecretsError(Exception):
    """The secrets file cannot be used; the message says why and what to do."""


class SecretsFile:
    """The secrets of one state folder."""

    def __init__(self, state_dir: Path) -> None:
        self.path = state_dir / FILE_NAME

    def get(self, name: str) -> str | None:
        """The secret called `name`, if it was made already. Raises SecretsError."""
        return self._read().get(name)

    def get_or_make(self, name: str, *, size: int = _SECRET_BYTES) -> str:
        """The secret called `name`, made now when there is none. Raises SecretsError."""
        return self.get(name) or self._change(name, random_secrets.token_urlsafe(size), keep=True)

    def put(self, name: str, value: str) -> None:
        """Set a secret, whatever it was before. Raises SecretsError."""
        self._change(name, value, keep=False)

    def remove(self, name: str) -> None:
        """Forget a secret. Raises SecretsError."""
        self._change(name, None, keep=False)

    def _change(self, name: str, value: str | None, *, keep: bool) -> str:
        try:
            with self._locked():
                values = self._read()
                if keep and name in values:
                    return values[name]
                if value is None:
                    values.pop(name, None)
                else:
                    values[name] = value
                self._write(values)
        except OSError as error:
            raise SecretsError(
                f"cannot write {self.path}: {error.strerror}; the state folder must be writable"
            ) from None
        return value or ""

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> dict[str, str]:
        try:
            data = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SecretsError(f"cannot read {self.path}: {error.strerror}") from None
        except ValueError:
            raise SecretsError(
                f"{self.path} is not valid TOML: mend it, or remove it to have new secrets made"
            ) from None
        return {name: value for name, value in data.items() if isinstance(value, str)}

    def _write(self, values: dict[str, str]) -> None:
        lines = ["# Made by the dialer. Whoever can read this file can steer it.\n"]
        lines += [f"{quoted(name)} = {quoted(values[name])}\n" for name in sorted(values)]
        replace_file(self.path, "".join(lines), mode=0o600)


def replace_file(path: Path, text: str, *, mode: int) -> None:
    """Put a whole new file in the place of `path`, on disk when this returns. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
