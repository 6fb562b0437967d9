"""Which lists of dispositions can be, and how they stand in the settings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from dialer.settings.calling import DispositionSettings

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def rows_of(offered: Mapping[str, DispositionSettings]) -> list[dict[str, Any]]:
    """Each with what follows from it, also where only its group was said."""
    return [
        {
            "code": code,
            "title": it.title,
            "title_zh": it.title_zh,
            "group": it.shown_group,
            "key": it.key,
            **it.rule(),
            "retired": it.retired,
        }
        for code, it in offered.items()
    ]


def faults(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each thing that is wrong, as "rows.CODE.FIELD: what must be"."""
    return list(_faults(rows))


def _faults(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    codes = Counter(row["code"] for row in rows)
    keys = Counter(row["key"] for row in rows if row["key"] is not None and not row["retired"])
    for row in rows:
        at = f"rows.{row['code']}"
        if not _CODE.fullmatch(row["code"]):
            yield f"{at}.code: must be a-z, 0-9, '-' and '_', at most 40 signs"
        elif codes[row["code"]] > 1:
            yield f"{at}.code: stands twice"
        if keys[row["key"]] > 1 and not row["retired"]:
            yield f"{at}.key: the key {row['key']} is taken"
        if row["state"] != "retry" and row["after_minutes"]:
            yield f"{at}.after_minutes: counts only where the lead is called again"
        if not (row["title"].strip() or row["title_zh"].strip()):
            yield f"{at}.title: must have a name in one language at least"


def keeps_the_wish(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether reps can still say that somebody wants no more calls."""
    return any(row["state"] == "dnc" and not row["retired"] for row in rows)


def as_settings(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """As they are written: what is the default is left out, and the order is said by `place`."""
    found = {}
    for place, row in enumerate(rows, start=1):
        said = {
            "title": row["title"].strip() or row["title_zh"].strip(),
            "title_zh": row["title_zh"].strip(),
            "group": row["group"],
            "key": row["key"],
            "state": row["state"],
            "after_minutes": row["after_minutes"],
            "keep_agent": row["keep_agent"],
            "priority": row["priority"],
            "retired": row["retired"],
            "place": place,
        }
        usual = DispositionSettings()
        found[row["code"]] = {
            key: value for key, value in said.items() if value != getattr(usual, key)
        }
    return found


def lost(before: Collection[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes that were there and are no longer."""
    kept = {row["code"] for row in rows}
    return [code for code in before if code not in kept]
