"""The time zone of this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")


def local_zone() -> str:
    """The IANA name of this machine's time zone; "UTC" where it has none that can be read."""
    named = os.environ.get("TZ", "").removeprefix(":")
    try:
        target = str(LOCALTIME.resolve()).partition("zoneinfo/")[2]
        name = named or target
        same = (
            datetime.now(ZoneInfo(name)).utcoffset() == datetime.now(UTC).astimezone().utcoffset()
        )
    except (KeyError, OSError, ValueError):
        return "UTC"
    return name if same else "UTC"
