"""Cells of a CSV that a spreadsheet opens without running any of them.

A lead's name, a note or a carrier's text can begin like a formula (`=HYPERLINK(…)`), and whoever
opens the export runs it. Such a cell gets an apostrophe before it, as it would be typed. What is
nothing but a number stays as it is: `+4930123456` and `-1.5` compute nothing, and programs that
read numbers from an export must find them.
"""

from __future__ import annotations

import re

#: What spreadsheets take for the beginning of a formula, in a field or behind a separator; the full
#: width forms are those of Chinese and Japanese keyboards.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def harmless(cell: str) -> str:
    """The cell as no spreadsheet runs it."""
    is_risky = cell.startswith(_RISKY) or cell.lstrip().startswith(_RISKY)
    return f"'{cell}" if is_risky and not _NUMBER.fullmatch(cell) else cell


def original(cell: str) -> str:
    """A cell as it was before `harmless`, also that of earlier versions, which marked numbers."""
    if not cell.startswith("'"):
        return cell
    inner = cell[1:]
    return inner if inner.startswith(_RISKY) or inner.lstrip().startswith(_RISKY) else cell
