"""A part of PromQL, read strictly: what rules and dashboards of ours are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\")|(?P<range>\[\d+[smhd]\])|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<sign>=~|!~|!=|==|>=|<=|[-+*/=<>(){},]))"
)
_LEVELS = (("or",), ("and", "unless"), ("==", "!=", ">", "<", ">=", "<="), ("+", "-"), ("*", "/"))
_MATCHERS = ("=", "!=", "=~", "!~")
AGGREGATIONS = ("sum", "max", "min", "avg", "count")
#: By name: how many arguments, and whether the last is a range of time.
FUNCTIONS = {
    "increase": (1, True),
    "rate": (1, True),
    "histogram_quantile": (2, False),
    "abs": (1, False),
}


@dataclass(frozen=True)
class Node:
    """`what`: "number", "series", "call", "sum by" or an operator; `name` of series and call."""

    what: str
    name: str = ""
    labels: tuple[str, ...] = ()
    matchers: tuple[tuple[str, str, str], ...] = ()
    span: str = ""
    number: float = 0.0
    parts: tuple[Node, ...] = field(default=())

    def series(self) -> Iterator[Node]:
        """Every series that is asked for."""
        if self.what == "series":
            yield self
        for part in self.parts:
            yield from part.series()


class PromqlError(ValueError):
    """Not in the part of PromQL that is read here."""


def read(text: str) -> Node:
    """Raises PromqlError."""
    reader = _Reader(text)
    found = reader.level(0)
    if reader.tokens:
        raise PromqlError(f"{reader.tokens[0][1]!r} stands where nothing may, in {text!r}")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            if not (found := _TOKEN.match(text, at)):
                raise PromqlError(f"{text[at:]!r} cannot be read")
            self.tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            at = found.end()

    def level(self, depth: int) -> Node:
        if depth == len(_LEVELS):
            return self.one()
        found = self.level(depth + 1)
        while self.tokens and self.tokens[0][1] in _LEVELS[depth]:
            sign = self.take()
            labels = self.matching()
            parts = (found, self.level(depth + 1))
            if any(part.span for part in parts):
                raise PromqlError(f"a range of time is no operand of {sign}")
            found = Node(sign, labels=labels, parts=parts)
        return found

    def matching(self) -> tuple[str, ...]:
        if not self.is_next("on", "ignoring"):
            return ()
        self.take()
        labels = self.labels()
        if self.is_next("group_left", "group_right"):
            self.take()
            self.labels()
        return labels

    def one(self) -> Node:
        if self.is_next("("):
            self.take("(")
            found = self.level(0)
            self.take(")")
            return found
        kind, word = self.tokens[0] if self.tokens else ("end", "")
        if kind == "number":
            return Node("number", number=float(self.take()))
        if kind != "name":
            raise PromqlError(f"{word!r} begins nothing")
        self.take()
        if word in AGGREGATIONS:
            return self.aggregation(word)
        return self.call(word) if self.is_next("(") else self.selector(word)

    def aggregation(self, name: str) -> Node:
        self.take("by")
        labels = self.labels()
        self.take("(")
        part = self.level(0)
        self.take(")")
        if part.span:
            raise PromqlError(f"{name} of a range of time")
        return Node(f"{name} by", labels=labels, parts=(part,))

    def call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise PromqlError(f"no function is called {name}")
        self.take("(")
        parts = [self.level(0)]
        while self.is_next(","):
            self.take()
            parts.append(self.level(0))
        self.take(")")
        number, of_range = FUNCTIONS[name]
        if len(parts) != number or bool(parts[-1].span) is not of_range:
            raise PromqlError(f"{name} of other arguments than it has")
        return Node("call", name, parts=tuple(parts))

    def selector(self, name: str) -> Node:
        matchers = []
        if self.is_next("{"):
            self.take()
            while not self.is_next("}"):
                label, how, value = self.take(), self.take(), self.take()
                if how not in _MATCHERS or not value.startswith('"'):
                    raise PromqlError(f"{label}{how}{value} matches nothing")
                matchers.append((label, how, value[1:-1]))
                if not self.is_next("}"):
                    self.take(",")
            self.take("}")
        is_range = bool(self.tokens) and self.tokens[0][0] == "range"
        return Node(
            "series", name, matchers=tuple(matchers), span=self.take()[1:-1] if is_range else ""
        )

    def labels(self) -> tuple[str, ...]:
        self.take("(")
        found = []
        while not self.is_next(")"):
            found.append(self.take())
            if not self.is_next(")"):
                self.take(",")
        self.take(")")
        return tuple(found)

    def is_next(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0][1] in words

    def take(self, *words: str) -> str:
        if not self.tokens or (words and self.tokens[0][1] not in words):
            raise PromqlError(f"{' or '.join(words) or 'more'} is missing")
        return self.tokens.pop(0)[1]
