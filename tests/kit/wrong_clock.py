"""A process whose wall clock is set while it runs: libfaketime, from the machine or fetched."""

from __future__ import annotations

from pathlib import Path

from dialer.asterisk.apt import fetch_packages

_LIBRARY = "faketime/libfaketimeMT.so.1"


def library() -> Path:
    """Debian's libfaketime. Raises FetchError."""
    found = next(iter(Path("/usr/lib").glob(f"*/{_LIBRARY}")), None)
    return found or next(iter(fetch_packages(["libfaketime"]).glob(f"usr/lib/*/{_LIBRARY}")))


class WrongClock:
    """`env` is for the process; `set_by` is seen by it within a second.

    Its monotonic clocks stay as they are, as they do when the wall clock is set.
    """

    def __init__(self, folder: Path, ahead_s: float = 0.0) -> None:
        self._file = folder / "faketime"
        self.set_to(ahead_s)
        self.env = {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_CACHE_DURATION": "1",
        }

    def set_to(self, ahead_s: float) -> None:
        """How far the clock is ahead of the true time."""
        self._file.write_text(f"{ahead_s:+g}\n")
