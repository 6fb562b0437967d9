"""Change single keys in the text of a settings file, and nothing else of it.

Comments, order and spelling of all other lines stay as a person wrote them. What comes out is
checked against what was meant before it is handed back, so a text that is laid out in a way this
does not know is refused, never spoiled.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from dialer.settings.campaign_files import toml_value
from dialer.settings.lines import Layout, Path, Span, layout
from dialer.settings.problems import dotted

Table = tuple[str, ...]
#: Take the key out: its default holds again.
UNSET = None


class CannotEditError(Exception):
    """The text cannot be changed so: the message says which key, and what to do instead."""


def edited(text: str, table: Table, changes: Mapping[str, Any]) -> str:
    """`text` with keys of `table` changed; keys are dotted, None takes one out.

    Raises CannotEditError, and ValueError when `text` is no valid TOML.
    """
    for key, value in changes.items():
        text = _with(text, table, (*table, *key.split(".")), value)
    return text


def _with(text: str, table: Table, path: Table, value: Any) -> str:
    wanted = tomllib.loads(text)
    _put(wanted, path, value)
    for candidate in _candidates(text, table, path, value):
        try:
            found = tomllib.loads(candidate)
            if found == wanted or (value is UNSET and _bare(found) == _bare(wanted)):
                return candidate
        except tomllib.TOMLDecodeError:
            continue
    raise CannotEditError(f"{dotted(path)} cannot be changed here: edit the settings file")


def _bare(data: Any) -> Any:
    """Without empty tables: one whose last key was taken out may be gone with it."""
    if not isinstance(data, dict):
        return data
    inside = {key: _bare(value) for key, value in data.items()}
    return {key: value for key, value in inside.items() if value != {}}


def _put(data: dict[str, Any], path: Table, value: Any) -> None:
    *around, key = path
    for part in around:
        if value is UNSET and part not in data:
            return
        inner = data.setdefault(part, {})
        if not isinstance(inner, dict):
            raise CannotEditError(f"{dotted(path)} is inside {part!r}, which is no table")
        data = inner
    if value is UNSET:
        data.pop(key, None)
    else:
        data[key] = copy.deepcopy(value)


def _candidates(text: str, table: Table, path: Table, value: Any) -> Iterator[str]:
    """Texts that may be what is meant, the least change first."""
    found = layout(text)
    if value is UNSET:
        yield from _without(text, found, path)
        return
    written = toml_value(value)
    if path in found.values:
        yield _replaced(text, found.values[path], written)
    yield from _in_inline_table(text, found, path, value)
    yield from _replaced_tables(text, found, path, written)
    for length in range(len(path) - 1, len(table) - 1, -1):
        if (at := _room(text, found, path[:length])) is not None:
            yield _with_line(text, at, f"{dotted(path[length:])} = {written}")
    for header in (table, path[:-1]):
        yield _with_table(text, header, f"{dotted(path[len(header) :])} = {written}")


def _with_table(text: str, header: Table, line: str) -> str:
    """A new table at the end."""
    newline = _newline(text)
    gap = "" if not text or text.endswith(newline * 2) else newline
    gap = gap if not text or text.endswith("\n") else gap + newline
    head = f"[{dotted(header)}]{newline}" if header else ""
    return f"{text}{gap}{head}{line}{newline}"


def _without(text: str, found: Layout, path: Table) -> Iterator[str]:
    yield text  # it is not there
    if path in found.pairs:
        yield _cut(text, found.pairs[path])
    yield from _in_inline_table(text, found, path, UNSET)
    yield _cut_all(text, found, path)


def _in_inline_table(text: str, found: Layout, path: Table, value: Any) -> Iterator[str]:
    """The nearest table around it that is a value of its own, written anew."""
    for length in range(len(path) - 1, 0, -1):
        around = path[:length]
        if around in found.values:
            table = _at(tomllib.loads(text), around)
            _put(table, path[length:], value)
            yield _replaced(text, found.values[around], toml_value(table))


def _replaced_tables(text: str, found: Layout, path: Table, written: str) -> Iterator[str]:
    """A value that stands there as tables and keys of its own gives way to one in a line."""
    if path in found.values or not any(other[: len(path)] == path for other in found.ends):
        return
    rest = _cut_all(text, found, path)
    after = layout(rest)
    for length in range(len(path) - 1, -1, -1):
        if (at := _room(rest, after, path[:length])) is not None:
            yield _with_line(rest, at, f"{dotted(path[length:])} = {written}")


def _cut_all(text: str, found: Layout, path: Table) -> str:
    """Without every pair and header below `path`."""
    spans = [span for other, span in found.pairs.items() if _below(other, path)]
    for other, end in found.ends.items():
        if other and _below(other, path):
            spans.append(_header_span(text, found, other, end))
    for span in sorted(set(spans), reverse=True):
        text = _cut(text, span)
    return text


def _header_span(text: str, found: Layout, table: Path, end: int) -> Span:
    inside = [span for pair, span in found.pairs.items() if _below(pair, table)]
    first = min((start for start, _ in inside if start < end), default=end)
    start = text.rfind("[", 0, first)
    start = text.rfind("\n", 0, start) + 1
    close = text.find("]", start)
    stop = close + 2 if text.startswith("]]", close) else close + 1
    return (start, stop)


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _at(data: Any, path: Table) -> dict[str, Any]:
    for part in path:
        data = data[part]
    if not isinstance(data, dict):
        raise CannotEditError(f"{dotted(path)} is no table")
    return data


def _room(text: str, found: Layout, table: Table) -> int | None:
    """The offset of the line end behind which a pair of `table` can be put."""
    if table in found.ends:
        return _line_end(text, found.ends[table])
    if table:
        return None
    if found.first_header is None:
        return len(text)
    return _end_of_preface(text)


def _end_of_preface(text: str) -> int | None:
    """Behind the comment that a file begins with; None where it begins with something else."""
    at = 0
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        at += len(line)
    return at - 1 if at else 0


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_line(text: str, at: int, line: str) -> str:
    """`line` behind the line that ends at `at`."""
    newline = _newline(text)
    if at == 0:
        return f"{line}{newline}{text}"
    if at >= len(text):
        gap = "" if text.endswith("\n") else newline
        return f"{text}{gap}{line}{newline}"
    return f"{text[: at + 1]}{line}{newline}{text[at + 1 :]}"


def _replaced(text: str, span: Span, written: str) -> str:
    return text[: span[0]] + written + text[span[1] :]


def _cut(text: str, span: Span) -> str:
    """Without the lines of `span`, a comment behind it included."""
    start = text.rfind("\n", 0, span[0]) + 1
    return text[:start] + text[_line_end(text, span[1]) + 1 :]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
