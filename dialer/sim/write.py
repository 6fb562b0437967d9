"""A scenario's data as TOML text that people can read and change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def as_toml(data: Mapping[str, Any], head: Sequence[str] = ()) -> str:
    """`head`: lines of comment before it. Values are what TOML knows; None is left out."""
    lines = [f"# {line}" for line in head]
    for name, table in data.items():
        if isinstance(table, list):
            for item in table:
                lines += ["", f"[[{name}]]", *_pairs(item)]
        elif _is_tree(table):
            for inner, leaf in table.items():
                lines += ["", f"[{name}.{_key(inner)}]", *_pairs(leaf)]
        else:
            lines += ["", f"[{name}]", *_pairs(table)]
    return "\n".join(lines).strip() + "\n"


def _is_tree(table: Mapping[str, Any]) -> bool:
    """[campaign.NAME]: a table of tables that are not laws or rates."""
    return bool(table) and all(
        isinstance(value, Mapping) and "law" not in value for value in table.values()
    )


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(k)} = {_value(v)}" for k, v in table.items() if v is not None]


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "").isalnum() and key.isascii()
    return key if bare else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
