"""AMI messages as they come in.

A message is a block of `Name: value` lines. What comes in is kept as bytes and indexed at the
first look-up: of many events only the name is ever read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MAX_NEEDLES = 256
_NEEDLES: dict[str, bytes] = {}


class Message(Mapping[str, str]):
    """One message from Asterisk: look-ups ignore case; of a repeated header `[]` gives the first.

    `event` is the event's name, or "" for a response. Lines without a colon are kept under "".
    """

    __slots__ = ("_headers", "_lower", "event", "raw")

    def __init__(self, raw: bytes, event: str = "") -> None:
        self.raw = raw
        self.event = event
        self._headers: dict[str, str] | None = None
        self._lower: dict[str, str] | None = None

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Message:
        """The message with these headers, as the parser would have read it."""
        listed = list(pairs)
        raw = "\r\n".join(f"{name}: {value}" for name, value in listed).encode()
        first = listed[0] if listed else ("", "")
        return cls(raw, first[1] if first[0] == "Event" else "")

    @property
    def headers(self) -> dict[str, str]:
        """The first value of each header, by its name as Asterisk spelled it."""
        if self._headers is None:
            self._headers = self._index()
        return self._headers

    def _index(self) -> dict[str, str]:
        lines = self.raw.decode("utf-8", "replace").split("\r\n")
        try:
            headers = dict([line.split(": ", 1) for line in lines])
        except ValueError:
            headers = {}
        if len(headers) == len(lines):
            return headers
        headers = {}
        for name, value in map(_split, lines):
            headers.setdefault(name, value)
        return headers

    def pairs(self) -> list[tuple[str, str]]:
        """All headers in the order they came, repeated ones included."""
        return [_split(line) for line in self.raw.decode("utf-8", "replace").split("\r\n")]

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return str(value)

    def get(self, name: str, default: Any = None) -> Any:
        """The first value of header `name`, or `default`.

        A few look-ups by search cost less than an index of all headers (0.7 against 5 us), so
        the index is made only when a name is not there as spelled.
        """
        needle = _NEEDLES.get(name) or _needle(name)
        raw = self.raw
        start = raw.find(needle)
        if start >= 0:
            start += len(needle)
            stop = raw.find(b"\r\n", start)
            return (raw[start:] if stop < 0 else raw[start:stop]).decode("utf-8", "replace")
        headers = self.headers
        if name in headers:
            return headers[name]
        if self._lower is None:
            self._lower = {}
            for known, text in headers.items():
                self._lower.setdefault(known.lower(), text)
        return self._lower.get(name.lower(), default)

    def getall(self, name: str) -> list[str]:
        """Every value of header `name` in order; empty if there is none."""
        wanted = name.lower()
        return [value for known, value in self.pairs() if known.lower() == wanted]

    def __iter__(self) -> Iterator[str]:
        return iter(self.headers)

    def __len__(self) -> int:
        return len(self.headers)

    def __eq__(self, other: object) -> bool:
        return self.raw == other.raw if isinstance(other, Message) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        kind = self.event or f"Response {self.response}"
        return f"<Message {kind}, {len(self)} headers>"

    @property
    def response(self) -> str:
        """`Success`, `Error`, …; empty for an event."""
        return "" if self.event else str(self.get("Response", ""))

    @property
    def action_id(self) -> str:
        """The ActionID of the action this belongs to, or "" (found without indexing)."""
        return self._find(b"\r\nActionID: ") or ""

    @property
    def timestamp(self) -> float | None:
        """When Asterisk sent the event, unix seconds with microseconds; None without the header."""
        try:
            return float(self._find(b"\r\nTimestamp: ") or "")
        except ValueError:
            return None

    @property
    def output(self) -> list[str]:
        """The lines a `Command` printed."""
        return self.getall("Output")

    def variables(self, header: str = "ChanVariable") -> dict[str, str]:
        """Repeated `ChanVariable: NAME=value` headers as a dictionary."""
        split = (text.partition("=") for text in self.getall(header))
        return {name: value for name, _, value in split}

    def _find(self, needle: bytes) -> str | None:
        raw = self.raw
        start = raw.find(needle)
        if start < 0:
            return None
        start += len(needle)
        stop = raw.find(b"\r\n", start)
        return (raw[start:] if stop < 0 else raw[start:stop]).decode("utf-8", "replace")


def _needle(name: str) -> bytes:
    """What to look for; kept for the few names that a program asks for."""
    needle = b"\r\n" + name.encode("utf-8", "replace") + b": "
    if len(_NEEDLES) < _MAX_NEEDLES:
        _NEEDLES[name] = needle
    return needle


def _split(line: str) -> tuple[str, str]:
    """`Name: value` or `Name:value`; a line without a colon is a value without a name."""
    name, found, value = line.partition(": ")
    if not found:
        name, found, value = line.partition(":")
    return (name, value) if found else ("", line)
