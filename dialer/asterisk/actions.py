"""Writing an action for Asterisk that cannot be misread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dialer.asterisk.errors import EncodeError

Value = str | int | float | bool
Pairs = Iterable[tuple[str, Value]]
Action = Mapping[str, Value | Sequence[Value]] | Pairs

# Asterisk reads an action into a buffer of 1,024 bytes a line and 128 headers; beyond these it
# throws the line away and goes on with the rest, that is, with another action than was meant.
MAX_ACTION_LINE = 1022
MAX_ACTION_HEADERS = 128
MAX_CHANNEL_ID = 148  # 149 is refused by Asterisk 22

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_VARIABLE_NAME = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]*")
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9]*/[A-Za-z0-9_.+*#@:;/~-]+")
_CHANNEL_ID = re.compile(r"[A-Za-z0-9_.-]+")
_FORBIDDEN = re.compile(r"[\r\n\0]")
# A comma begins the next variable; quotes and backslashes are eaten by Asterisk's splitter.
_SPLITTERS = re.compile(r'[,"\\]')


def encode(action: Action) -> bytes:
    """An action as bytes; values that are lists become repeated headers.

    Raises EncodeError for whatever Asterisk would read as something else than was given here.
    """
    lines = [_line(name, value) for name, value in pairs_of(action)]
    if not lines:
        raise EncodeError("an action without headers: give at least Action")
    if len(lines) > MAX_ACTION_HEADERS:
        raise EncodeError(f"an action of {len(lines)} headers: at most {MAX_ACTION_HEADERS}")
    return b"\r\n".join(lines) + b"\r\n\r\n"


def pairs_of(action: Action) -> Iterator[tuple[str, Value]]:
    items = action.items() if isinstance(action, Mapping) else action
    for name, value in items:
        if isinstance(value, (list, tuple)):
            yield from ((name, each) for each in value)
        else:
            yield name, value  # type: ignore[misc]  # a str is a Sequence, too


def _line(name: str, value: Value) -> bytes:
    if not _HEADER_NAME.fullmatch(name):
        raise EncodeError(f"header name {name!r}: letters, digits, - and _ only")
    text = _text(value)
    if _FORBIDDEN.search(text):
        raise EncodeError(f"the value of {name} holds a line break or NUL: remove it")
    try:
        line = f"{name}: {text}".encode()
    except UnicodeEncodeError:
        raise EncodeError(f"the value of {name} is not valid Unicode") from None
    if len(line) > MAX_ACTION_LINE:
        raise EncodeError(f"{name} takes {len(line)} bytes: Asterisk reads {MAX_ACTION_LINE}")
    return line


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def variable(name: str, value: Value) -> tuple[str, str]:
    """A `Variable` header that sets exactly one channel variable to exactly this value."""
    if not _VARIABLE_NAME.fullmatch(name):
        raise EncodeError(f"variable name {name!r}: letters, digits and _ only, a letter first")
    text = _text(value)
    if _SPLITTERS.search(text) or _FORBIDDEN.search(text):
        raise EncodeError(f"variable {name}: no commas, quotes, backslashes or line breaks")
    return "Variable", f"{name}={text}"


def channel_name(text: str) -> str:
    """`text` if it can name one channel to dial (`PJSIP/+49…@trunk`), else EncodeError."""
    if not _CHANNEL.fullmatch(text):
        raise EncodeError("a channel looks like Technology/resource, without blanks or commas")
    return text


def channel_id(text: str) -> str:
    """`text` if Asterisk takes it as a ChannelId, else EncodeError."""
    if not _CHANNEL_ID.fullmatch(text) or len(text) > MAX_CHANNEL_ID:
        raise EncodeError(f"a channel id is 1 to {MAX_CHANNEL_ID} letters, digits, - _ and .")
    return text
