"""The URL of a PostgreSQL as hosts and manuals give it, taken apart for the driver.

Hosts print libpq's parameters (`?sslmode=require`), which asyncpg reads from a DSN only and
SQLAlchemy hands to it as arguments that it does not have. What has no counterpart is refused, in
one line, rather than left out: `channel_binding=require` is a promise.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from sqlalchemy import URL

from dialer.ports.store import StoreError

CONNECT_TIMEOUT_S = 15.0
STATEMENTS_KEPT = 100
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# libpq's own names, which asyncpg understands in a DSN.
_OF_DSN = {
    "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation",
    "ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs", "passfile",
    "krbsrvname", "gsslib",
}  # fmt: skip
_FILES = {"sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile"}
# Settings of the session, sent when it begins.
_OF_SESSION = {"application_name", "options", "search_path", "statement_timeout", "lock_timeout"}
# What asks for nothing that is not done anyway.
_AS_IT_IS = {
    "client_encoding": {"utf8", "utf-8"},
    "channel_binding": {"prefer", "disable"},
    "gssencmode": {"prefer", "disable"},
}
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_SIZES = ("statement_cache_size", "prepared_statement_cache_size")
_HOSTS = {"host", "port"}


class PostgresAddress(Struct, frozen=True):
    """`url` has host, user and database only; `arguments` are the driver's.

    `pooled`: said in the URL, whether a pooler stands in between; None where it is to be found out.
    """

    url: URL
    arguments: Mapping[str, Any]
    pooled: bool | None

    def connecting(self, *, pooled: bool) -> dict[str, Any]:
        """All arguments of a connection. A pooler's next transaction may be on another server
        process, which does not have the statements prepared on this one."""
        kept = 0 if pooled else STATEMENTS_KEPT
        return {**dict.fromkeys(_SIZES, kept), **self.arguments}


def postgres_address(url: URL) -> PostgresAddress:
    """Raises StoreError that names the parameter which is not understood."""
    said = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    hosts = {key: value for key, value in url.query.items() if key in _HOSTS}
    reading = _Reading()
    for key, value in said.items():
        if key not in _HOSTS:
            reading.take(key, value)
    if reading.pooled is None and any(reading.arguments.get(size) == 0 for size in _SIZES):
        reading.pooled = True
    return PostgresAddress(url.set(query=hosts), reading.done(), reading.pooled)


class _Reading:
    """The parameters of one URL."""

    def __init__(self) -> None:
        self.arguments: dict[str, Any] = {"timeout": CONNECT_TIMEOUT_S}
        self.pooled: bool | None = None
        self._dsn: dict[str, str] = {}
        self._session: dict[str, str] = {"application_name": "dialer"}

    def take(self, key: str, value: str) -> None:
        if key in {"sslmode", "ssl"}:
            self._dsn["sslmode"] = _ssl_mode(key, value)
        elif key in _OF_DSN:
            self._dsn[key] = _readable(key, value) if key in _FILES else value
        elif key in _OF_SESSION:
            self._session[key] = value
        elif key == "connect_timeout":
            self.arguments["timeout"] = _number(key, value, float) or CONNECT_TIMEOUT_S
        elif key in _SIZES:
            self.arguments[key] = _number(key, value, int)
        elif key == "pgbouncer":
            self.pooled = _switch(key, value)
        elif value.lower() not in _AS_IT_IS.get(key, ()):
            raise _refused(key, value)

    def done(self) -> dict[str, Any]:
        found = {**self.arguments, "server_settings": self._session}
        if self._dsn.get("sslrootcert") == "system":  # libpq's word; asyncpg takes it for a file
            del self._dsn["sslrootcert"]
            self._dsn.pop("sslmode", None)
            found["ssl"] = ssl.create_default_context()
        if self._dsn:
            found["dsn"] = f"postgresql://?{urlencode(self._dsn)}"
        return found


def _ssl_mode(key: str, value: str) -> str:
    mode = value.lower()
    if key == "ssl" and mode in _YES | _NO:
        return "require" if mode in _YES else "disable"
    if mode not in _MODES:
        raise StoreError(f"database URL: {key}={value[:40]} is none of {', '.join(_MODES)}")
    return mode


def _readable(key: str, value: str) -> str:
    """The driver would say that some file is missing, without its name."""
    if (key, value) != ("sslrootcert", "system"):
        try:
            Path(value).open("rb").close()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "no file name"
            raise StoreError(f"database URL: {key}={value[:200]}: {why}") from error
    return value


def _number(key: str, value: str, kind: Callable[[str], float]) -> float:
    try:
        found = kind(value)
    except ValueError:
        found = -1
    if not 0 <= found <= 1e6:
        raise StoreError(f"database URL: {key}={value[:40]} is not a number")
    return found


def _switch(key: str, value: str) -> bool:
    if value.lower() not in _YES | _NO:
        raise StoreError(f"database URL: {key}={value[:40]} is neither true nor false")
    return value.lower() in _YES


def _refused(key: str, value: str) -> StoreError:
    if key in _AS_IT_IS:
        can = " or ".join(sorted(_AS_IT_IS[key]))
        return StoreError(
            f"database URL: {key}={value[:40]} cannot be kept here; write {can}, or leave it out"
        )
    known = {"sslmode", "connect_timeout", "pgbouncer", *_OF_DSN, *_OF_SESSION, *_SIZES}
    meant = "".join(get_close_matches(key, sorted(known), n=1))
    remedy = f"write {meant}, or leave it out" if meant else "leave it out"
    return StoreError(f"database URL: {key[:40]!r} is not understood; {remedy}")
