"""Where a recording lies: raw/DAY/CAMPAIGN/ATTEMPT.raw, then DAY/CAMPAIGN/ATTEMPT.EXT.

DAY is the UTC day on which the call was placed. Every part is safe in a path, in a shell and in an
argument of a dialplan application.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath

RAW = "raw"
RAW_SUFFIX = ".raw"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LIMIT = 80
_DIGEST = 8


def safe_name(text: str) -> str:
    """`text` if it is safe as a name of a file; else a safe one that no other text gets.

    Safe are ASCII letters, digits, `.`, `_` and `-`, at most 80 of them, the first no dot or dash.
    """
    kept = _UNSAFE.sub("_", text).lstrip(".-")
    if kept == text and 0 < len(text) <= _NAME_LIMIT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{kept[: _NAME_LIMIT - _DIGEST - 1]}~{digest}"


def day_of(at: float) -> str:
    """The UTC day of unix seconds `at`, as folders are called: 2026-03-01."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def stem(attempt: str, campaign: str, placed_at: float) -> PurePosixPath:
    """DAY/CAMPAIGN/ATTEMPT, without an extension."""
    return PurePosixPath(day_of(placed_at), safe_name(campaign), safe_name(attempt))


def raw_path(root: Path, name: PurePosixPath) -> Path:
    """The file that the switch writes for `name`."""
    return root / RAW / f"{name}{RAW_SUFFIX}"


def stem_of_raw(root: Path, raw: Path) -> PurePosixPath:
    """The opposite of `raw_path`."""
    return PurePosixPath(raw.relative_to(root / RAW).with_suffix(""))


def day_folders(root: Path) -> list[tuple[date, Path]]:
    """Folders of `root` that are named as a day, oldest first; whatever else lies there is not."""
    found = []
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            found.append((date.fromisoformat(folder.name), folder))
        except ValueError:
            continue
    return sorted(found)


def raw_files(root: Path) -> list[Path]:
    """Every raw recording there is, oldest day first."""
    days = [folder for _, folder in day_folders(root / RAW)]
    return [raw for folder in days for raw in sorted(folder.glob(f"*/*{RAW_SUFFIX}"))]


def remove_empty_raw(root: Path) -> None:
    """Remove the empty raw folders of past days; today's may be written to any moment."""
    for day, folder in day_folders(root / RAW):
        if day >= datetime.now(UTC).date() - timedelta(days=1):
            continue
        for empty in (*folder.iterdir(), folder):
            with suppress(OSError):
                empty.rmdir()


def find_raw(root: Path, attempt: str) -> Path | None:
    """The raw recording of an attempt, looked for from the newest day on."""
    name = safe_name(attempt) + RAW_SUFFIX
    for _, folder in reversed(day_folders(root / RAW)):
        for campaign in folder.iterdir():
            if (campaign / name).is_file():
                return campaign / name
    return None
