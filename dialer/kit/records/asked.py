"""What a list of records is asked for: the parameters of its address, and as the document has them.

Which filters there are follows from the record; they are read and described from one place.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dialer.kit.errors import Refused, bad_request, faulty
from dialer.kit.faults import Fault
from dialer.kit.records.bodies import fault_of
from dialer.ports.records import RecordQuery, RecordType

_MOST = 500
_ALWAYS = ("changed_at", "id")


def query_of(of: RecordType[Any], said: Mapping[str, str]) -> RecordQuery:
    """Raises Refused."""
    if strange := [it for it in said if it not in {*names_of(of), "format"}]:
        raise faulty([Fault(it, "unknown") for it in strange])
    sort = said.get("sort") or "-id"
    by = sort.removeprefix("-")
    if by not in {*of.sorts, *_ALWAYS}:
        raise _wrong(f"sort: by {', '.join((*of.sorts, *_ALWAYS))}, with - before it downwards")
    return RecordQuery(
        equal={name: _value(of, name, said[name]) for name in of.filters if said.get(name)},
        text=said.get("text", "").strip(),
        archived=said.get("archived", "false") == "true",
        sort=by,
        desc=sort.startswith("-"),
        after=_cursor(said["after"]) if said.get("after") else None,
        limit=_limit(said.get("limit", "100")),
    )


def names_of(of: RecordType[Any]) -> list[str]:
    return [it["name"] for it in parameters(of)]


def parameters(of: RecordType[Any]) -> list[dict[str, Any]]:
    """For the document."""
    sorts = [f"{sign}{name}" for name in (*of.sorts, *_ALWAYS) for sign in ("", "-")]
    return [
        *_filters(of),
        *([_parameter("text", {"type": "string"}, "A part of it.")] if of.search else []),
        _parameter("archived", {"type": "boolean", "default": False}, "Those put away."),
        _parameter("sort", {"type": "string", "enum": sorts, "default": "-id"}, "- is downwards."),
        _parameter("after", {"type": "string"}, "`next` of the page before."),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": 100}),
    ]


def _filters(of: RecordType[Any]) -> Iterator[dict[str, Any]]:
    _, found = msgspec.json.schema_components([of.shape])
    own = found[of.shape.__name__]["properties"]
    for name in of.filters:
        schema = {key: it for key, it in own[name].items() if key != "default"}
        yield _parameter(name, schema, "Only these.")


def _parameter(name: str, schema: dict[str, Any], said: str = "") -> dict[str, Any]:
    # As everywhere: null is as good as not there.
    schema = {"anyOf": [schema, {"type": "null"}]}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": said}


def _value(of: RecordType[Any], name: str, text: str) -> Any:
    type_ = next(it.type for it in msgspec.structs.fields(of.shape) if it.name == name)
    try:
        return msgspec.to_builtins(msgspec.convert(text, type_, strict=False))
    except msgspec.ValidationError as error:
        raise faulty([fault_of(name, type_, text, str(error))]) from None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise _wrong(f"limit: 1 to {_MOST}")
    return int(text)


def _wrong(said: str) -> Refused:
    return bad_request("invalid-request", f"query.{said}")


def cursor_after(record: Any, query: RecordQuery) -> str:
    """Where the next page begins."""
    place = (msgspec.to_builtins(getattr(record, query.sort)), record.id)
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _cursor(text: str) -> tuple[Any, str]:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(raw, type=tuple[str | float | int | bool, str])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise _wrong("after: this is no page's `next`") from None
