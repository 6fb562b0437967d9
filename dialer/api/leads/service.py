"""Lists of leads and numbers that come in as a body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from dialer.api.errors import ProblemError, bad_request
from dialer.ids import new_id
from dialer.leads import ImportResult, ListFileError, dnc_fault, import_dnc, import_leads, parse_map
from dialer.leads.reasons_zh import fault_in_chinese
from dialer.ports.dnc import DncChange
from dialer.ports.store import Store
from dialer.settings import Settings

#: A million rows with names and notes are some 200 MB.
MAX_UPLOAD = 2_000_000_000
_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.-]+")


def file_name(said: str) -> str:
    """The list's name as a file name: it is what the leads of this list carry."""
    return _NOT_IN_A_FILE_NAME.sub("-", said).strip("-.")[:80] or "upload.csv"


def report_path(settings: Settings, name: str) -> Path:
    """Where the rows that did not go in are kept; made for them alone. Raises ProblemError."""
    folder = settings.state_dir / "imports"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ProblemError(500, "cannot-write", f"cannot write {folder}: {error}") from None
    return folder / f"{new_id()}-{Path(name).stem}.rejected.csv"


async def take_leads(
    store: Store,
    settings: Settings,
    campaign_id: str,
    path: Path,
    *,
    region: str,
    columns: Sequence[str],
) -> dict[str, Any]:
    """Import a lead list. Raises ProblemError for a file that is none."""
    try:
        result = await import_leads(
            path,
            campaign_id,
            store,
            mapping=parse_map(columns),
            default_region=region or None,
            report_path=report_path(settings, path.name),
        )
    except ListFileError as error:
        raise bad_request("invalid-list", _without_folder(error, path)) from None
    return as_answer(result)


async def take_dnc(
    store: Store, settings: Settings, path: Path, *, region: str, change: DncChange
) -> dict[str, Any]:
    """Put a file of numbers on the do-not-call list. Raises ProblemError."""
    try:
        result = await import_dnc(
            path,
            store,
            default_region=region or None,
            reason=change.reason,
            change=change,
            report_path=report_path(settings, path.name),
        )
    except ListFileError as error:
        raise bad_request("invalid-list", _without_folder(error, path)) from None
    problem = dnc_fault(result)
    return {**as_answer(result), "complete": not problem, "problem": problem}


def as_answer(result: ImportResult) -> dict[str, Any]:
    """The result as plain data."""
    whole: dict[str, Any] = msgspec.to_builtins(result, enc_hook=str)
    told = {"first_fault_zh": fault_in_chinese(result.first_fault)}
    return {**whole, **told, "seconds": round(result.seconds, 3)}


def _without_folder(error: Exception, path: Path) -> str:
    """Where the body lay on this machine is nobody's business."""
    return str(error).replace(str(path), path.name)
