"""Where a key stands in a TOML text."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.settings.lines import key_lines, line_of


def every_path(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        found |= every_path(inner, (*path, key))
    return found


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# a = 1\n\n[s]\na = 1", ("s", "a"), 4),
        ("[s]\r\n\r\na = 1\r\n", ("s", "a"), 3),
        ("[a.b]\nc = 1\n", ("a",), 1),
        ('[pool."north east"]\nratio = 2', ("pool", "north east", "ratio"), 2),
        ("[pool.'x.y']\nratio = 2", ("pool", "x.y", "ratio"), 2),
        ("a.b . c = 1", ("a", "b", "c"), 1),
        ("[[t]]\nk = 1\n[[t]]\nk = 2\n", ("t", 1, "k"), 4),
        ("[[t]]\n[[t.u]]\nk = 1\n[[t.u]]\nk = 2\n[[t]]\n[[t.u]]\nk=3", ("t", 0, "u", 1, "k"), 5),
        ("[[t]]\n[[t.u]]\n[[t]]\n[[t.u]]\nk=3", ("t", 1, "u", 0, "k"), 5),
        ("[[t]]\n[t.sub]\nk = 1", ("t", 0, "sub", "k"), 3),
        ("a = { b = 1, c = { d = 2 } }\ne = 1", ("a", "c", "d"), 1),
        ("a = [\n  1, # one\n  2,\n]\nb = 1", ("a", 1), 3),
        ("a = [\n {b = 1},\n {b = 2}]", ("a", 1, "b"), 3),
        ('a = """\n[no]\nb = 1\n"""\nb = 2', ("b",), 5),
        ("a = '''\n it''s # no\n'''\nb = 2", ("b",), 4),
        ('a = "# \\" ] } ="\nb = 2', ("b",), 2),
        ('a = """x\\""""\nb = 2', ("b",), 2),
        ('a = """x"""""\nb = 2', ("b",), 2),
        ("a = 1979-05-27 07:32:00Z # when\nb = 2", ("b",), 2),
        ('"\\u0062" = 2', ("b",), 1),
        ("a = []\nb = {}\nc = 1", ("c",), 3),
    ],
)
def test_a_key_is_found_on_its_line(text: str, path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(text)

    assert key_lines(text)[path] == line


def test_a_missing_key_is_reported_where_its_table_stands() -> None:
    lines = key_lines("a = 1\n[s]\nb = 1\n")

    assert line_of(lines, ("s", "missing")) == 2
    assert line_of(lines, ("nowhere",)) is None


keys = st.one_of(
    st.from_regex(re.compile(r"[A-Za-z0-9_-]{1,6}", re.ASCII), fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)
scalars = st.one_of(
    st.integers(-(2**60), 2**60),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=12),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def toml(text: str, style: int) -> str:
    """One TOML spelling of a string: basic, literal, or their long forms where they fit."""
    literal = re.fullmatch(r"[^'\x00-\x1f\x7f]*", text) is not None
    if style == 1 and literal:
        return f"'{text}'"
    if style == 2 and "\r" not in text and re.fullmatch(r"[^\x00-\x08\x0b-\x1f\x7f]*", text):
        return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    if style == 3 and literal:
        return f"'''{text}'''"
    return json.dumps(text, ensure_ascii=False)


class Writer:
    """Writes data as TOML in drawn spellings and notes on which line it wrote each key."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw = draw
        self.text = ""
        self.at: dict[tuple[str | int, ...], int] = {}

    def pick(self, count: int) -> int:
        return self.draw.draw(st.integers(0, count - 1))

    def note(self, path: tuple[str | int, ...]) -> None:
        self.at.setdefault(path, self.text.count("\n") + 1)

    def key(self, key: str) -> None:
        bare = re.fullmatch(r"[A-Za-z0-9_-]+", key, re.ASCII) is not None
        style = self.pick(3)
        if bare and style == 0:
            self.text += key
        elif style == 1 and "'" not in key and key.isprintable():
            self.text += f"'{key}'"
        else:
            self.text += json.dumps(key, ensure_ascii=False)

    def gap(self) -> None:
        self.text += ("", "\n", " # a = [ ' comment\n", "\r\n \t")[self.pick(4)]

    def value(self, value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            self.text += "{"
            for position, (key, inner) in enumerate(value.items()):
                self.text += ", " if position else " "
                self.pair(key, inner, path)
            self.text += "}"
        elif isinstance(value, list):
            self.text += "["
            for position, inner in enumerate(value):
                self.text += "," if position else ""
                self.gap()
                self.note((*path, position))
                self.value(inner, (*path, position))
            self.gap()
            self.text += "]"
        elif isinstance(value, str):
            self.text += toml(value, self.pick(4))
        else:
            self.text += json.dumps(value)

    def pair(self, key: str, value: Any, path: tuple[str | int, ...]) -> None:
        self.note((*path, key))
        self.key(key)
        self.text += (" = ", "=", "\t=")[self.pick(3)]
        self.value(value, (*path, key))

    def table(self, table: dict[str, Any], path: tuple[str | int, ...], keys: list[str]) -> None:
        nested = []
        for key, value in table.items():
            is_table = isinstance(value, dict) and self.pick(2)
            is_tables = (
                isinstance(value, list)
                and value
                and all(isinstance(item, dict) for item in value)
                and self.pick(2)
            )
            if is_table or is_tables:
                nested.append((key, value))
                continue
            self.pair(key, value, path)
            self.text += ("\n", " # why\n", "\r\n")[self.pick(3)]
        for key, value in nested:
            elements = value if isinstance(value, list) else [value]
            for position, element in enumerate(elements):
                inner = (*path, key)
                self.note(inner)
                if isinstance(value, list):
                    inner = (*inner, position)
                    self.note(inner)
                self.text += "[[" if isinstance(value, list) else "["
                for depth, name in enumerate([*keys, key]):
                    self.text += "." if depth else ""
                    self.key(name)
                self.text += "]]\n" if isinstance(value, list) else "]\n"
                self.table(element, inner, [*keys, key])


@given(st.dictionaries(keys, values, max_size=5), st.data())
def test_every_key_of_any_text_is_found_where_it_was_written(
    table: dict[str, Any], data: st.DataObject
) -> None:
    writer = Writer(data)
    writer.table(table, (), [])
    read = tomllib.loads(writer.text)

    lines = key_lines(writer.text)

    assert set(lines) == every_path(read)
    assert lines == writer.at
