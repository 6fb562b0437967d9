"""Lists of leads and numbers that come in as a body."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from dialer.features.leads.importing import HowToRead, begun, run
from dialer.ids import new_id
from dialer.kit.errors import Kind, Refused, bad_request
from dialer.leads import ImportResult, ListFileError, dnc_fault, import_dnc, parse_map
from dialer.leads.reasons_zh import fault_in_chinese, file_in_chinese
from dialer.ports.dnc import DncChange
from dialer.ports.store import Store
from dialer.settings import Settings

#: A million rows with names and notes are some 200 MB.
MAX_UPLOAD = 2_000_000_000
#: Reports of the do-not-call list are not those of imports, whose ids could be taken for theirs.
DNC_REPORT = "dnc-"
_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.-]+")


def file_name(said: str) -> str:
    """The list's name as a file name: it is what the leads of this list carry."""
    return _NOT_IN_A_FILE_NAME.sub("-", said).strip("-.")[:80] or "upload.csv"


def report_path(settings: Settings, name: str, of: str = "") -> Path:
    """Where the rows that did not go in are kept; made for them alone. Raises Refused."""
    folder = settings.state_dir / "imports"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(Kind.BROKEN, "cannot-write", f"cannot write {folder}: {error}") from None
    return folder / f"{of or new_id()}-{Path(name).stem}.rejected.csv"


async def take_leads(
    store: Store,
    settings: Settings,
    campaign_id: str,
    path: Path,
    *,
    region: str,
    columns: Sequence[str],
    who: str,
) -> dict[str, Any]:
    """Import a lead list. Raises Refused for a file that is none."""
    file = path.name
    it = begun(campaign_id, list_name=file, file=file, who=who, at=time.time())
    try:
        report = report_path(settings, file, it.id)
        how = HowToRead(report=report, region=region or None, mapping=parse_map(columns))
        _, result = await run(store, it, path, how)
    except ListFileError as error:
        raise unreadable(error, path) from None
    return {**as_answer(result), "import": it.id}


async def take_dnc(
    store: Store, settings: Settings, path: Path, *, region: str, change: DncChange
) -> dict[str, Any]:
    """Put a file of numbers on the do-not-call list. Raises Refused."""
    try:
        result = await import_dnc(
            path,
            store,
            default_region=region or None,
            reason=change.reason,
            change=change,
            report_path=report_path(settings, path.name, DNC_REPORT + change.id),
        )
    except ListFileError as error:
        raise unreadable(error, path) from None
    problem = dnc_fault(result)
    return {**as_answer(result), "complete": not problem, "problem": problem}


def as_answer(result: ImportResult) -> dict[str, Any]:
    """The result as plain data."""
    whole: dict[str, Any] = msgspec.to_builtins(result, enc_hook=str)
    told = {"first_fault_zh": fault_in_chinese(result.first_fault)}
    return {**whole, **told, "seconds": round(result.seconds, 3)}


def unreadable(error: ListFileError, path: Path) -> Refused:
    """Why a file is no list, in both languages, and not where it lay on this machine."""
    said = str(error).replace(f"{path}: ", "").replace(str(path), path.name)
    said = said.replace("; say which with --map number=COLUMN", "").replace("--encoding ", "")
    return bad_request("invalid-list", said, [said], fault=said, fault_zh=file_in_chinese(said))
