"""The part of a file that a `Range` header asks for (RFC 9110, 14.1.2): one span of bytes."""

from __future__ import annotations

import re
from typing import Literal

_SPAN = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")


def wanted(header: str | None, size: int) -> tuple[int, int] | Literal["unsatisfiable"] | None:
    """[start, stop); None: all of it. What is not understood asks for all, as the RFC says."""
    match = _SPAN.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = int(last)
        return (max(0, size - length), size) if length and size else "unsatisfiable"
    start = int(first)
    if start >= size:
        return "unsatisfiable"
    if last and int(last) < start:
        return None
    return start, min(size, int(last) + 1) if last else size
