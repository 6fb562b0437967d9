"""Patterns of LIKE out of what people type."""

from __future__ import annotations

ESCAPE = "!"


def part(text: str) -> str:
    """Whatever has `text` in it, for `like(..., escape=ESCAPE)`."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return f"%{text}%"
