"""What of the audit log is shown, and how a listen-in gets into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from dialer.api.auth import Caller
from dialer.api.errors import ProblemError, not_found
from dialer.log import mask_number, mask_text
from dialer.ports.audit import AuditRow

_NUMBERS = {"number", "numbers"}
ListenMode = Literal["listen", "whisper", "barge", "take-over"]


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


async def begin_listening(caller: Caller, attempt: str, mode: ListenMode) -> str:
    """The rep on whose live call the caller may listen in; noted before anything is heard.

    Raises ProblemError: without the permission, and for a call of another team as for none.
    """
    if not caller.grant.may("calls.listen"):
        raise ProblemError(403, "not-allowed", "this needs the permission 'calls.listen'")
    reach, control = await caller.reach(), caller.context.control
    floors = (control.floor(pool) for pool in control.floors())
    for view in (floor for floor in floors if floor is not None):
        for call in view.calls:
            if call.attempt == attempt and call.agent and reach.sees_call(view.pool, call.agent):
                await caller.note(f"call.{mode}", attempt, after={"agent": call.agent})
                return call.agent
    raise not_found("call", attempt)
