"""Records as they stand in the API's document: the record is the shape, nothing describes it again.

A record goes out whole, so every field of it is there, also those with a default.
"""

from __future__ import annotations

from typing import Any

import msgspec

#: pydantic's sign for the name; msgspec's is below.
REF = "#/components/schemas/{model}"
_REF = "#/components/schemas/{name}"
_RECORDS: list[type[msgspec.Struct]] = []
_BODIES: list[type[msgspec.Struct]] = []


def record(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """What a route answers with, for its `responses`: the record `shape`."""
    publish(shape)
    schema = {"$ref": _REF.format(name=shape.__name__)}
    return {"description": _first_line(shape), "content": {"application/json": {"schema": schema}}}


def body(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """What a route takes that reads its body itself, for its `openapi_extra`."""
    if shape not in _BODIES:
        _BODIES.append(shape)
    content = {"application/json": {"schema": {"$ref": _REF.format(name=shape.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def publish(shape: type[msgspec.Struct]) -> None:
    """Put a record that no route answers with into the document, as the rows of live push."""
    if shape not in _RECORDS:
        _RECORDS.append(shape)


def plain_schema(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a record that has no records in it, to stand inside another shape."""
    _, found = msgspec.json.schema_components([shape])
    return _whole(found[shape.__name__])


def components() -> dict[str, dict[str, Any]]:
    """The schemas of all records published, and of those in them, by name."""
    _, found = msgspec.json.schema_components(_RECORDS, ref_template=_REF)
    _, taken = msgspec.json.schema_components(_BODIES, ref_template=_REF)
    return {**taken, **{name: _whole(schema) for name, schema in found.items()}}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") != "object" or "properties" not in schema:
        return schema
    there = {name for name, it in schema["properties"].items() if "default" in it}
    needed = [it for it in schema["properties"] if it in there or it in schema.get("required", ())]
    properties = {name: _sent(it) for name, it in schema["properties"].items()}
    return {**schema, "properties": properties, "required": needed}


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    """A default says what a sender may leave out; what is sent leaves nothing out."""
    return {key: value for key, value in schema.items() if key != "default"}


def _first_line(shape: type[msgspec.Struct]) -> str:
    return (shape.__doc__ or shape.__name__).split("\n", 1)[0]
