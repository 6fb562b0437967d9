"""What went wrong in a database, as one line for a person."""

from __future__ import annotations

import re

from dialer.ports.store import StoreError, StoreFullError

_MIGRATE = "run the migrations"
_CORRECT_NAME = "create it, or correct [store] url"
_CORRECT_LOGIN = "correct user and password in [store] url"
_POOLER = "a pooler stands in between: add ?pgbouncer=true to [store] url"
_START = "start it, or correct [store] url"
#: PostgreSQL's disk_full. SQLite says "database or disk is full".
DISK_FULL = "53100"
# By SQLSTATE: PostgreSQL's messages are in the language of the server.
_BY_STATE = {
    "3D000": _CORRECT_NAME,
    "28000": _CORRECT_LOGIN,
    "28P01": _CORRECT_LOGIN,
    "42P01": _MIGRATE,
    "42703": _MIGRATE,
    "26000": _POOLER,
    "42P05": _POOLER,
    "25006": "this server takes no writes: name the primary one in [store] url",
    "42501": "the role of [store] url must own the database's tables",
    "53300": "raise the server's max_connections, or put a pooler before it",
}
# SQLite has no states, a pooler not its own, and a state may have two reasons.
_BY_WORDS = {
    "pg_hba.conf": "let this machine in there, or add ?sslmode=require to [store] url",
    "no such table|no such column": _MIGRATE,
    "locked": "another program holds the database",
    r"no such database|database \"[^\"]*\" does not exist": _CORRECT_NAME,
    "no such user|authentication failed|SASL": _CORRECT_LOGIN,
    "Connect call failed|Name or service not known|Multiple exceptions": _START,
}
_CLASS = re.compile(r"<class '[^']*'>: ")  # what SQLAlchemy's asyncpg puts before some messages


def explained(error: Exception, where: str) -> StoreError:
    """The first line of the driver's message, without the statement, and what to do about it."""
    if isinstance(error, StoreError):
        return error
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, TimeoutError) and not str(cause):
        return StoreError(f"database {where}: no answer in time; {_START}")
    first = _CLASS.sub("", (str(cause).splitlines() or [repr(cause)])[0])
    if state_of(error) == DISK_FULL or "disk is full" in first:
        return StoreFullError(f"database {where}: {first}; make room on its disk")
    by_words = (remedy for words, remedy in _BY_WORDS.items() if re.search(words, first))
    remedy = next(by_words, "") or _BY_STATE.get(state_of(error) or "", "")
    return StoreError(f"database {where}: {first}" + (f"; {remedy}" if remedy else ""))


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's SQLSTATE, of its driver's error or of SQLAlchemy's around it."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None
