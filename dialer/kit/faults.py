"""What is wrong with one field: a word that never changes its meaning, and what it speaks of.

A form shows it at that field in the reader's language; whoever reads no words of ours gets the line
in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from dialer.words import FaultSlug

Fact = str | int | float

#: In English, for the lines of a problem and the command line; a feature's own say it themselves.
_WORDS: Final[Mapping[str, str]] = {
    "required": "this is needed",
    "text": "this must be text",
    "too-short": "this needs {n} characters at least",
    "too-long": "this has {n} characters at most",
    "number": "this must be a number",
    "at-least": "this must be {n} or more",
    "above": "this must be more than {n}",
    "at-most": "this must be {n} or less",
    "below": "this must be less than {n}",
    "too-few": "this needs {n} items at least",
    "too-many": "this has {n} items at most",
    "yes-or-no": "this must be true or false",
    "choice": "this must be one of {choices}",
    "form": "this is not written as it must be",
    "unknown": "there is no such field",
    "taken": "another one has this already",
    "not-in-reach": "this is not in your reach",
    "impossible": "{detail}",
}


class Fault(Struct, frozen=True):
    """`field`: its name in the body, dots between those of fields in fields. `detail`: in English,
    where the slug is a feature's own.
    """

    field: str
    slug: FaultSlug | str
    facts: Mapping[str, Fact] = {}
    detail: str = ""

    @property
    def line(self) -> str:
        said = self.detail or _WORDS.get(self.slug, self.slug).format(**self.facts)
        return f"body.{self.field}: {said}"


#: What the checker of requests says, as a slug and the name of the number it speaks of.
_CHECKED: Final[Mapping[str, tuple[FaultSlug, str]]] = {
    "missing": ("required", ""),
    "string_type": ("text", ""),
    "string_too_short": ("too-short", "min_length"),
    "string_too_long": ("too-long", "max_length"),
    "greater_than_equal": ("at-least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at-most", "le"),
    "less_than": ("below", "lt"),
    "too_short": ("too-few", "min_length"),
    "too_long": ("too-many", "max_length"),
    "bool_type": ("yes-or-no", ""),
    "bool_parsing": ("yes-or-no", ""),
    "literal_error": ("choice", "expected"),
    "enum": ("choice", "expected"),
    "string_pattern_mismatch": ("form", ""),
    "extra_forbidden": ("unknown", ""),
    "finite_number": ("number", ""),
    "int_type": ("number", ""),
    "int_parsing": ("number", ""),
    "int_from_float": ("number", ""),
    "float_type": ("number", ""),
    "float_parsing": ("number", ""),
}


def of_checker(details: Mapping[str, Any]) -> Fault | None:
    """A fault of the body as pydantic tells it; None for what is no field's."""
    where: Sequence[Any] = details["loc"]
    if where[:1] != ("body",) or len(where) < 2:
        return None
    field = ".".join(str(part) for part in where[1:])
    slug, fact = _CHECKED.get(details["type"], ("impossible", ""))
    if slug == "impossible":
        return Fault(field, slug, {"detail": details["msg"]})
    if not fact:
        return Fault(field, slug)
    value = details.get("ctx", {}).get(fact, "")
    if slug == "too-short" and value == 1:
        return Fault(field, "required")
    return Fault(field, slug, {"choices" if slug == "choice" else "n": value})
