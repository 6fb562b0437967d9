"""Bodies that make and change a record: their shapes, and what is wrong with one.

Every fault of a body is told, never only the first, and each at its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, inspect

from dialer.kit.errors import bad_request, faulty
from dialer.kit.faults import Fault
from dialer.ports.records import OURS, Record
from dialer.words import FaultSlug


class Version(Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the record that was seen."""

    version: int


def new_shape(shape: type[Record]) -> type[Struct]:
    """The body that makes one: what has a default may be left out."""
    fields = [
        (it.name, it.type, it.default)
        if it.default is not msgspec.NODEFAULT
        else (it.name, it.type)
        for it in _own(shape)
    ]
    return _made(f"New{shape.__name__}", "What is left out is as it is at first.", fields)


def change_shape(shape: type[Record]) -> type[Struct]:
    """The body that changes one: the version that was seen, and what is to be otherwise."""
    fields = [(it.name, it.type | UnsetType, UNSET) for it in _own(shape)]
    said = "What is left out stays. `version`: that of the record that was seen."
    return _made(f"{shape.__name__}Change", said, [("version", int), *fields])


def page_shape(shape: type[Record]) -> type[Struct]:
    """A page of them."""
    fields = [("records", list[shape]), ("next", str | None)]  # type: ignore[valid-type]
    said = "`next`, as `after`, asks for the next page; null on the last."
    return _made(f"{shape.__name__}Page", said, fields)


def _made(name: str, said: str, fields: Iterable[Any]) -> type[Struct]:
    return msgspec.defstruct(name, fields, namespace={"__doc__": said}, frozen=True, kw_only=True)


def _own(shape: type[Record]) -> Iterator[msgspec.structs.FieldInfo]:
    return (it for it in msgspec.structs.fields(shape) if it.name not in OURS)


def read(raw: bytes) -> dict[str, Any]:
    """Raises Refused."""
    try:
        said = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise bad_request("invalid-request", f"body: this is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise bad_request("invalid-request", "body: this must be an object")
    return said


def seen_version(said: Mapping[str, Any]) -> int:
    """Raises Refused."""
    version = said.get("version")
    if isinstance(version, int) and not isinstance(version, bool):
        return version
    raise faulty([Fault("version", "required" if version is None else "number")])


def values_of(shape: type[Record], said: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
    """The fields of a record as a body says them, texts without blanks around them.

    `fresh`: none may be missing that has no default. Raises Refused with every fault.
    """
    own = {it.name: it for it in _own(shape)}
    values, faults = dict[str, Any](), list[Fault]()
    for name, value in said.items():
        if name not in own:
            faults.append(Fault(name, "unknown"))
            continue
        stripped = value.strip() if isinstance(value, str) else value
        try:
            values[name] = msgspec.convert(stripped, own[name].type)
        except msgspec.ValidationError as error:
            faults.append(fault_of(name, own[name].type, stripped, str(error)))
    missing = [it.name for it in own.values() if it.required and it.name not in said]
    faults += [Fault(name, "required") for name in missing if fresh]
    if faults:
        raise faulty(faults)
    return values


# --- what is wrong with a value -------------------------------------------------------------------


def fault_of(field: str, type_: Any, value: Any, said: str) -> Fault:
    """Of a value that cannot be of this type. `said`: the decoder's own words."""
    plain, may_be_null = _plain(inspect.type_info(type_))
    if value is None and not may_be_null:
        return Fault(field, "required")
    match plain:
        case inspect.StrType():
            return _of_text(field, plain, value)
        case inspect.IntType() | inspect.FloatType():
            return _of_number(field, plain, value)
        case inspect.CollectionType() if isinstance(value, list):
            return _of_items(field, plain, len(value), said)
    return _of_choice(field, plain, said)


def _of_choice(field: str, plain: inspect.Type, said: str) -> Fault:
    if isinstance(plain, inspect.BoolType):
        return Fault(field, "yes-or-no")
    if choices := _choices(plain):
        return Fault(field, "choice", {"choices": ", ".join(map(str, choices))})
    return Fault(field, "impossible", {"detail": said})


def _of_items(field: str, type_: inspect.CollectionType, count: int, said: str) -> Fault:
    if count < (least := type_.min_length or 0):
        return Fault(field, "too-few", {"n": least})
    if type_.max_length is not None and count > type_.max_length:
        return Fault(field, "too-many", {"n": type_.max_length})
    return Fault(field, "impossible", {"detail": said})


def _plain(type_: inspect.Type) -> tuple[inspect.Type, bool]:
    """Without remarks and null, and whether null is a value."""
    if isinstance(type_, inspect.Metadata):
        return _plain(type_.type)
    if isinstance(type_, inspect.UnionType):
        there = [it for it in type_.types if not isinstance(it, inspect.NoneType)]
        return _plain(there[0])[0], len(there) < len(type_.types)
    return type_, False


def _of_text(field: str, type_: inspect.StrType, value: Any) -> Fault:
    if not isinstance(value, str):
        return Fault(field, "text")
    least, most = type_.min_length or 0, type_.max_length
    if len(value) < least:
        return Fault(field, "required") if not value else Fault(field, "too-short", {"n": least})
    if most is not None and len(value) > most:
        return Fault(field, "too-long", {"n": most})
    return Fault(field, "form")


def _of_number(field: str, type_: inspect.IntType | inspect.FloatType, value: Any) -> Fault:
    whole = isinstance(type_, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return Fault(field, "number")
    bounds: list[tuple[FaultSlug, float | None, bool]] = [
        ("at-least", type_.ge, type_.ge is not None and value < type_.ge),
        ("above", type_.gt, type_.gt is not None and value <= type_.gt),
        ("at-most", type_.le, type_.le is not None and value > type_.le),
        ("below", type_.lt, type_.lt is not None and value >= type_.lt),
    ]
    for slug, bound, is_crossed in bounds:
        if is_crossed and bound is not None:
            return Fault(field, slug, {"n": bound})
    return Fault(field, "number")


def _choices(type_: inspect.Type) -> tuple[Any, ...]:
    if isinstance(type_, inspect.LiteralType):
        return type_.values
    if isinstance(type_, inspect.EnumType):
        return tuple(it.value for it in type_.cls)
    return ()
