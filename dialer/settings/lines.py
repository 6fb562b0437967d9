"""On which line of a TOML text a key stands, so that a message can point at it.

The text must be valid TOML (`tomllib` has read it): this scanner finds keys and skips values, it
checks nothing. A path is a tuple of keys and, in arrays, positions counted from 0:
`("trunk", 1, "kind")` is `kind` under the second `[[trunk]]`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
Span = tuple[int, int]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
# A basic string knows escapes, a literal string does not; up to two quotes may end a long one.
_STRINGS = (
    ('"""', re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL)),
    ("'''", re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL)),
    ('"', re.compile(r'"(?:[^"\\\n]|\\.)*"')),
    ("'", re.compile(r"'[^'\n]*'")),
)


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table header and array element in `text`.

    A table that is only implied (`a` in `[a.b]`) stands where it was first named.
    """
    return _Scan(text).run()


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, or of the nearest thing around it; None for the file as a whole."""
    for length in range(len(path), 0, -1):
        if (line := lines.get(path[:length])) is not None:
            return line
    return None


@dataclass
class Layout:
    """Where things stand in a text, as offsets of its signs."""

    #: The value of every key, those inside inline tables and arrays included.
    values: dict[Path, Span] = field(default_factory=dict)
    #: From key to the end of the value, of pairs that have a line of their own.
    pairs: dict[Path, Span] = field(default_factory=dict)
    #: The end of each table's last pair, or of its header; () is the top of the file, once it has
    #: a pair.
    ends: dict[Path, int] = field(default_factory=dict)
    #: Where the first header begins.
    first_header: int | None = None


def layout(text: str) -> Layout:
    """Where the keys and tables of a valid TOML text stand."""
    scan = _Scan(text)
    scan.run()
    return scan.layout


class _Scan:
    """One walk through the text. `at` only ever moves forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.layout = Layout()
        self._counted_to = 0
        self._line = 1
        self._elements: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(_BLANK_LINES)
        while self.at < len(self.text):
            start = self.at
            if self.text[self.at] == "[":
                if self.layout.first_header is None:
                    self.layout.first_header = start
                table = self._header()
                self.layout.ends[table] = self.at
            else:
                path = self._pair(table)
                end = self.layout.values[path][1]
                self.layout.pairs[path] = (start, end)
                self.layout.ends[table] = end
            self._skip(_BLANK_LINES)
        return self.lines

    def _header(self) -> Path:
        line = self._here()
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        keys = self._dotted()
        self.at += 2 if is_array else 1
        path: Path = ()
        for depth, key in enumerate(keys, start=1):
            path = (*path, key)
            self.lines.setdefault(path, line)
            if is_array and depth == len(keys):
                self._elements[path] = self._elements.get(path, -1) + 1
            if path in self._elements:
                path = (*path, self._elements[path])
                self.lines.setdefault(path, line)
        return path

    def _pair(self, table: Path) -> Path:
        line = self._here()
        path = table
        for key in self._dotted():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        start = self.at
        self._value(path)
        self.layout.values[path] = (start, start + len(self.text[start : self.at].rstrip()))
        return path

    def _dotted(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            keys.append(self._key())
            self._skip(_BLANK)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _key(self) -> str:
        if (match := _BARE_KEY.match(self.text, self.at)) is not None:
            self.at = match.end()
            return match.group()
        start = self.at
        self._string()
        return str(tomllib.loads(f"key = {self.text[start : self.at]}")["key"])

    def _string(self) -> bool:
        for opening, pattern in _STRINGS:
            if self.text.startswith(opening, self.at):
                match = pattern.match(self.text, self.at)
                if match is None:
                    raise ValueError("the text is not valid TOML")
                self.at = match.end()
                return True
        return False

    def _value(self, path: Path) -> None:
        sign = self.text[self.at : self.at + 1]
        if sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline_table(path)
        elif not self._string():
            self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        position = 0
        while self._next_item("]"):
            self.lines[(*path, position)] = self._here()
            self._value((*path, position))
            position += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._next_item("}"):
            self._pair(path)

    def _next_item(self, closing: str) -> bool:
        self._skip(_BLANK_LINES)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_BLANK_LINES)
        if self.text[self.at] != closing:
            return True
        self.at += 1
        return False

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def _here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line
