"""What is wrong with settings, so that a person can mend it: file, line, key, what is allowed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dialer.settings.lines import Path as KeyPath
from dialer.settings.shape import keys_at


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` is None where it concerns the file as a whole."""

    file: Path | None
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = str(self.file) if self.file is not None else "settings"
        if self.line is not None:
            where += f":{self.line}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Problems:
    """Why settings could not be used: every problem there is, never only the first."""

    all: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.all)


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is written in TOML; elements of arrays are counted from 1, as people do."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
            text += ("." if text else "") + (part if bare else quoted(part))
    return text


def quoted(text: str) -> str:
    """A text in TOML: JSON's, but for DEL, and for what JSON would write as surrogates."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def suggestion(word: str, known: Sequence[str]) -> str:
    """ " (did you mean …?)", or nothing when no known word is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


def one_of(words: Sequence[str]) -> str:
    return ", ".join(words) if words else "nothing"


def explained(error: ValidationError, model: type[BaseModel]) -> list[tuple[KeyPath, str]]:
    """Each fault pydantic found, as path and message."""
    found = []
    for details in error.errors():
        path = tuple(part for part in details["loc"] if part != "[key]")
        found.append((path, _message(details, model)))
    return found


def _message(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        *around, key = details["loc"]
        known = keys_at(model, around)
        return f"unknown key {key!r}{suggestion(str(key), known)}; known here: {one_of(known)}"
    if kind == "missing":
        return "is missing and has no default"
    if kind == "value_error":
        return f"{context['error']}{_given(details)}"
    return f"must be {_wanted(kind, context)}{_given(details)}"


_PLAIN = {
    "string_type": "text in quotes",
    "path_type": "a path in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list in brackets",
    "list_type": "a list in brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def _wanted(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{words} {context[bound]:g}"
    if kind == "literal_error":
        return f"one of {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"text of the form {context['pattern']}"
    if kind == "too_short":
        return f"a list of at least {context['min_length']}"
    return _PLAIN.get(kind, f"something else ({kind})")


def _given(details: ErrorDetails) -> str:
    """What stood there instead; never a secret, and never more than a glance."""
    given = details["input"]
    if any(word in str(details["loc"][-1:]) for word in ("secret", "url", "password")):
        return ""
    if isinstance(given, dict):
        # A check of a whole section has said in its own words what is wrong with it.
        return "" if details["type"] == "value_error" else ", not a table"
    if isinstance(given, list):
        return ", not a list" if details["type"] != "too_short" else ""
    if isinstance(given, bool):
        return f", not {str(given).lower()}"
    return f", not {given!r}" if len(repr(given)) <= 60 else ""
