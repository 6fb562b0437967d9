"""The process that answers speaks to the service by its output, and nobody else does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PRINTS = """
import os, sys
from dialer.features.figures.process import for_replies
replies = for_replies()
print("noise", flush=True)
os.write(1, b"more noise")
replies.write(b"reply")
replies.flush()
"""
#: As the process is started: DuckDB takes such a program for somebody's at a terminal.
_ASKS = """
import sys
from pathlib import Path
from figures.base import FigureBase
shown = FigureBase(Path(sys.argv[1]))._duck.execute("SELECT current_setting('enable_progress_bar')")
print(shown.fetchone()[0])
"""


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, check=True, timeout=60)


def test_what_is_printed_is_no_reply() -> None:
    ran = _run(_PRINTS)

    assert ran.stdout == b"reply"
    assert b"noise\nmore noise" in ran.stderr


def test_a_long_question_shows_no_progress(tmp_path: Path) -> None:
    assert _run(_ASKS, str(tmp_path)).stdout == b"False\n"
