"""The FastAGI wire format, both directions. Pure: bytes in, values out.

A request is a block of `agi_name: value` lines ended by an empty line; then commands go to
Asterisk one line each and a reply comes back for each. All lines end in a bare LF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agi.errors import BadCommandError, BadRequestError

# Asterisk reads a command into a buffer of 2,048 bytes; what is longer is cut into two commands.
MAX_COMMAND = 2046

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([^\r\n\0\"\\ ]*\))?")
_FORBIDDEN = re.compile(r"[\r\n\0]")
_REPLY = re.compile(r"(\d{3})([ -])(.*)", re.DOTALL)
_RESULT = re.compile(r"result=(\S*) ?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AgiRequest:
    """What Asterisk says of the call; `variables` are all `agi_…` headers as they came."""

    variables: dict[str, str]

    @property
    def network_script(self) -> str:
        """The path in `agi://host/path`, without a query."""
        return self.variables.get("agi_network_script", "").partition("?")[0].strip("/")

    @property
    def uniqueid(self) -> str:
        """The channel's id."""
        return self.variables.get("agi_uniqueid", "")

    @property
    def channel(self) -> str:
        """The channel's name."""
        return self.variables.get("agi_channel", "")

    @property
    def args(self) -> list[str]:
        """The arguments of the AGI application, in order."""
        args: list[str] = []
        while (value := self.variables.get(f"agi_arg_{len(args) + 1}")) is not None:
            args.append(value)
        return args


@dataclass(frozen=True, slots=True)
class AgiReply:
    """One reply: `200 result=1 (data)` is `AgiReply(200, "1", "data")`.

    `data` is what follows the result, without its parentheses; for an error, Asterisk's text.
    """

    code: int
    result: str
    data: str = ""

    @property
    def ok(self) -> bool:
        """Whether Asterisk took the command."""
        return self.code == 200


@dataclass(slots=True)
class RequestParser:
    """Reads one request incrementally. After `request` is set, `rest` holds what came behind."""

    max_line: int = 2_048
    max_headers: int = 128
    request: AgiRequest | None = None
    rest: bytes = b""
    _buffer: bytes = b""
    _found: dict[str, str] = field(default_factory=dict)
    _lines: int = 0

    def feed(self, data: bytes) -> AgiRequest | None:
        """The request once it is complete. Raises BadRequestError at the first offence."""
        if not self._lines and len(self._buffer) + len(data) <= self.max_line:
            found = self._at_once(self._buffer + data)
            if found is not None:
                self._buffer, self.request = b"", AgiRequest(found)
                return self.request
            if self._begins_well(self._buffer + data):
                self._buffer += data
                return None
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for index, line in enumerate(lines):
            if not line:
                return self._complete(b"\n".join([*lines[index + 1 :], self._buffer]))
            self._take(line)
        self._check_rest()
        return None

    def _at_once(self, data: bytes) -> dict[str, str] | None:
        """A well-formed request that is whole; None: look closer.

        A third of the cost of a look at each line. Asterisk sends the first line by itself.
        """
        if data[-2:] != b"\n\n" or data[:4] != b"agi_":
            return None
        count = data.count(b"\n") - 1
        if count > self.max_headers or data.count(b"\nagi_") != count - 1:
            return None
        lines = data[:-2].decode("utf-8", "replace").split("\n")
        try:
            return dict([line.split(": ", 1) for line in lines])
        except ValueError:
            return None

    def _begins_well(self, data: bytes) -> bool:
        """Whole header lines, not too many, and no blank one: the rest is worth waiting for."""
        lines = data.count(b"\n")
        return (
            data[:4] == b"agi_"
            and data[-1:] == b"\n"
            and lines <= self.max_headers
            and data.count(b": ") >= lines
            and data.count(b"\nagi_") == lines - 1
            and b"\n\n" not in data
        )

    def _complete(self, rest: bytes) -> AgiRequest:
        if not self._lines:
            raise BadRequestError("an empty request")
        self._buffer, self.rest = b"", rest
        self.request = AgiRequest(self._found)
        return self.request

    def _take(self, line: bytes) -> None:
        self._lines += 1
        if len(line) > self.max_line:
            raise BadRequestError(f"a line of {len(line)} bytes, at most {self.max_line}")
        if self._lines > self.max_headers:
            raise BadRequestError(f"more than {self.max_headers} headers")
        text = line.decode("utf-8", "replace")
        name, found, value = text.partition(": ")
        if not found:
            name, found, value = text.partition(":")
        if not found or not name.startswith("agi_"):
            raise BadRequestError("a line that is no `agi_name: value`")
        self._found[name] = value

    def _check_rest(self) -> None:
        if len(self._buffer) > self.max_line:
            raise BadRequestError(f"a line of more than {self.max_line} bytes")
        if self._buffer and not b"agi_".startswith(self._buffer[:4]):
            raise BadRequestError("a line that is no `agi_name: value`")


def parse_reply(line: str) -> AgiReply | None:
    """A reply line as a value; None if it is none. `520-…` begins one of several lines."""
    found = _REPLY.fullmatch(line)
    if found is None:
        return None
    code, text = int(found[1]), found[3].strip()
    result = _RESULT.fullmatch(text)
    if result is None:
        return AgiReply(code, "", text)
    data = result[2].strip()
    if data.startswith("(") and data.endswith(")"):
        data = data[1:-1]
    return AgiReply(code, result[1], data)


def quote(value: str) -> str:
    """`value` as one quoted argument. Raises BadCommandError for line breaks and NUL."""
    if _FORBIDDEN.search(value):
        raise BadCommandError("a value holds a line break or NUL: remove it")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def set_variable(name: str, value: str) -> bytes:
    """The command that sets channel variable (or function) `name`."""
    if not _VARIABLE.fullmatch(name):
        raise BadCommandError(f"variable name {name!r}: letters, digits and _ only")
    return command(f"SET VARIABLE {name} {quote(value)}")


def command(text: str) -> bytes:
    """`text` as one line; its arguments must have been quoted by `quote`."""
    if not text.strip() or _FORBIDDEN.search(text):
        raise BadCommandError("a command is one line without line breaks or NUL")
    try:
        line = text.encode()
    except UnicodeEncodeError:
        raise BadCommandError("the command is not valid Unicode") from None
    if len(line) > MAX_COMMAND:
        raise BadCommandError(f"a command of {len(line)} bytes: Asterisk reads {MAX_COMMAND}")
    return line + b"\n"
