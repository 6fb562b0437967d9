"""What of the audit log is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialer.log import mask_number, mask_text
from dialer.ports.audit import AuditRow

_NUMBERS = {"number", "numbers"}


def plain(row: AuditRow, *, whole_numbers: bool) -> dict[str, Any]:
    """An entry as it is shown: numbers whole only to who may see them."""
    entry = row.entry
    shown = {
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
    }
    shown = shown if whole_numbers else masked(shown)
    return {"id": row.id, "at": entry.at, "who": entry.who, "what": entry.what, **shown}


def masked(value: Any, *, is_number: bool = False) -> Any:
    """Plain data with every phone number in it masked."""
    if isinstance(value, Mapping):
        return {
            key: masked(item, is_number=is_number or key in _NUMBERS) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item, is_number=is_number) for item in value]
    if isinstance(value, str):
        return mask_number(value) if is_number else mask_text(value)
    return value
