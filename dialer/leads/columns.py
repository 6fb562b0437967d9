"""Which column of a list is what: by its header, or as the caller says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from dialer.leads.headers import bare, recognised
from dialer.leads.source import ListFileError, plain

#: `custom` keeps a column under its header, `skip` leaves it out.
FIELDS = (
    "number", "name", "first", "last", "timezone", "language", "priority", "opt_out", "extension",
    "custom", "skip",
)  # fmt: skip
#: What a column can be that is not the only one of its kind.
SEVERAL = frozenset({"number", "opt_out", "custom", "skip"})


class Columns(Struct, frozen=True):
    """Where each field stands in a row. `custom` are all other columns, by their headers."""

    headers: list[str]
    numbers: list[tuple[int, str]]  # column, kind
    names: list[int]  # several are joined
    timezone: int | None
    language: int | None
    priority: int | None
    custom: list[tuple[int, str]]
    joiner: str = " "
    opt_out: list[int] = []  # whether the person asked not to be called
    extension: int | None = None  # of the first number


def parse_map(pairs: Iterable[str]) -> dict[str, list[str]]:
    """`["number=Tel A", "number=Tel B"]` by field. Raises ListFileError."""
    mapping: dict[str, list[str]] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not column.strip():
            raise ListFileError(f"--map {pair!r}: write FIELD=COLUMN, as number=Telephone")
        mapping.setdefault(field.strip().lower(), []).append(column.strip())
    _check_fields(mapping)
    return mapping


def _check_fields(mapping: Iterable[str]) -> None:
    for field in mapping:
        if field not in FIELDS:
            raise ListFileError(f"--map: no field {field!r}; there are {', '.join(FIELDS)}")


def find_columns(headers: Sequence[str], mapping: Mapping[str, Sequence[str]]) -> Columns:
    """Raises ListFileError when there is no column for numbers, or a mapped one is missing."""
    _check_fields(mapping)
    headers = _distinct([header.strip() for header in headers])
    chosen: dict[str, list[tuple[int, str]]] = {
        field: [(_index(headers, column), "") for column in columns]
        for field, columns in mapping.items()
    }
    taken = {index for found in chosen.values() for index, _ in found}
    for index, header in enumerate(headers):
        field, kind = recognised(header)
        free = field == "custom" or (field not in mapping and index not in taken)
        if index not in taken and free:
            chosen.setdefault(field, []).append((index, kind))
        elif index not in taken:
            chosen.setdefault("custom", []).append((index, ""))
    if not chosen.get("number"):
        shown = ", ".join(headers)[:200]
        raise ListFileError(
            f"no column of phone numbers among: {shown}; say which with --map number=COLUMN"
        )
    return _columns(headers, chosen)


def assigned(headers: Sequence[str], fields: Sequence[str]) -> Columns:
    """Columns as a person has said, a field for each. Raises ListFileError."""
    if len(fields) != len(headers):
        raise ListFileError(f"{len(fields)} columns are named, the file has {len(headers)}")
    chosen: dict[str, list[tuple[int, str]]] = {}
    for index, field in enumerate(fields):
        chosen.setdefault(field, []).append((index, ""))
    _check_fields(chosen)
    if "number" not in chosen:
        raise ListFileError("say which column holds the phone numbers")
    return _columns(list(headers), chosen)


def custom_only(headers: Sequence[str]) -> Columns:
    """Columns of which nothing is known."""
    named = _distinct([header.strip() for header in headers])
    return _columns(named, {"number": [], "custom": [(i, "") for i in range(len(named))]})


def guesses(headers: Sequence[str], columns: Columns | None) -> list[str]:
    """What each column seems to be. `columns`: as the list was read, if it was."""
    found: list[str] = []
    for header in headers:
        field = recognised(header)[0]
        is_second = field in found and field not in SEVERAL
        found.append("custom" if is_second else field)
    if columns is not None:
        for index, _ in columns.numbers:
            found[index] = "number"
    return found


def _columns(headers: list[str], chosen: dict[str, list[tuple[int, str]]]) -> Columns:
    names, joiner = _names(headers, chosen)
    used = {index for index, _ in chosen["number"] + chosen.get("skip", [])} | set(names)
    opt_out = [index for index, _ in chosen.get("opt_out", [])]
    single = {field: chosen.get(field, [])[:1] for field in ("timezone", "language", "priority")}
    used |= {index for found in single.values() for index, _ in found}
    return Columns(
        headers=headers,
        numbers=[
            (index, kind or recognised(headers[index])[1]) for index, kind in chosen["number"]
        ],
        names=names,
        custom=[(index, header) for index, header in enumerate(headers) if index not in used],
        joiner=joiner,
        opt_out=opt_out,
        extension=next((index for index, _ in chosen.get("extension", [])), None),
        **{field: found[0][0] if found else None for field, found in single.items()},
    )


def _names(
    headers: list[str], chosen: Mapping[str, Sequence[tuple[int, str]]]
) -> tuple[list[int], str]:
    """The columns that make up the name, and what joins them."""
    whole, first, last = ([i for i, _ in chosen.get(f, [])[:1]] for f in ("name", "first", "last"))
    if whole and first and not last and bare(headers[whole[0]]) == "name":
        whole, last = [], whole  # Vorname, Name
    chinese = any(not headers[index].isascii() for index in last)
    return whole or (last + first if chinese else first + last), "" if chinese else " "


def _index(headers: Sequence[str], column: str) -> int:
    wanted = plain(column)
    for index, header in enumerate(headers):
        if header == column or plain(header) == wanted:
            return index
    if column.isdecimal() and 1 <= int(column) <= len(headers):
        return int(column) - 1
    shown = ", ".join(headers)[:200]
    raise ListFileError(f"no column {column!r}; there are: {shown}")


def _distinct(headers: list[str]) -> list[str]:
    """Columns without a name get their number, names that come twice a counter."""
    seen: dict[str, int] = {}
    result = []
    for position, header in enumerate(headers, 1):
        name = header or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
