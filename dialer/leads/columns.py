"""Which column of a list is what: by its header in English or Chinese, or as the caller says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from dialer.leads.source import ListFileError, plain

FIELDS = ("number", "name", "timezone", "language", "priority")
_NUMBER_KINDS = {
    "mobile": (
        "mobile mobilephone mobilenumber mobileno cell cellphone cellnumber msisdn "
        "手机 手机号 手机号码 移动电话 联系手机 手機 手機號碼 行動電話"
    ),
    "home": "homephone hometel homenumber 家庭电话 住宅电话 家庭電話",
    "work": "workphone officephone businessphone worktel 办公电话 单位电话 公司电话 公司電話",
    "": (
        "phone phonenumber phoneno telephone telephonenumber telephoneno tel telno number "
        "contactnumber contactphone primaryphone otherphone altphone alternatephone "
        "电话 电话号码 联系电话 联系方式 联系号码 客户电话 号码 固定电话 固话 座机 "
        "备用电话 其他电话 "
        "電話 電話號碼 聯絡電話 號碼"
    ),
}
_OTHERS = {
    "name": (
        "name fullname customername customer contact contactname contactperson leadname clientname "
        "姓名 名字 客户姓名 客户名称 客户名 客户 联系人 联系人姓名 称呼 客戶姓名 聯絡人"
    ),
    "first": "firstname givenname forename 名",
    "last": "lastname surname familyname 姓 姓氏",
    "timezone": "timezone tz 时区 時區",
    "language": "language lang 语言 语种 語言",
    "priority": "priority 优先级 优先 優先級",
}
_KIND_OF = {word: kind for kind, words in _NUMBER_KINDS.items() for word in words.split()}
_FIELD_OF = {word: field for field, words in _OTHERS.items() for word in words.split()}
_COUNTER = re.compile(r"[0-9一二三]+$")


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


def _check_fields(mapping: Mapping[str, Sequence[str]]) -> None:
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
        field, kind = _recognised(header)
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


def _columns(headers: list[str], chosen: dict[str, list[tuple[int, str]]]) -> Columns:
    names = [index for index, _ in chosen.get("name", [])[:1]]
    first, last = chosen.get("first", [])[:1], chosen.get("last", [])[:1]
    chinese = any(not headers[index].isascii() for index, _ in last)
    parts = [index for index, _ in (last + first if chinese else first + last)]
    used = {index for index, _ in chosen["number"]} | set(names or parts)
    single = {field: chosen.get(field, [])[:1] for field in ("timezone", "language", "priority")}
    used |= {index for found in single.values() for index, _ in found}
    return Columns(
        headers=headers,
        numbers=[
            (index, kind or _recognised(headers[index])[1]) for index, kind in chosen["number"]
        ],
        names=names or parts,
        custom=[(index, header) for index, header in enumerate(headers) if index not in used],
        joiner="" if chinese else " ",
        **{field: found[0][0] if found else None for field, found in single.items()},
    )


def _recognised(header: str) -> tuple[str, str]:
    """The field and, for numbers, the kind that a header names."""
    word = plain(header)
    for candidate in (word, _COUNTER.sub("", word)):
        if candidate in _KIND_OF:
            return "number", _KIND_OF[candidate]
    return _FIELD_OF.get(word, "custom"), ""


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
