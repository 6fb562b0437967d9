"""How what lies in the state folder is called, for who writes it, reads it and tidies it up."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Where a service that runs says its address.
SERVICE_FILE: Final = "service.json"
#: The name of the secret that lets whoever can read the folder do everything.
TOKEN: Final = "api.token"  # noqa: S105
#: Files that were sent and are being taken in.
UPLOADS: Final = "uploads"
#: What each floor was told and did: one folder for each pool.
FLOORS: Final = "floors"


def delete_older(folder: Path, pattern: str, before: float) -> int:
    """Delete files last written before that time, in unix seconds; how many there were."""
    old = [path for path in folder.glob(pattern) if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
