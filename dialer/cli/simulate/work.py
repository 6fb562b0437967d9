"""How much is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """How to run: how many seeds (None: the file's), how many at a time, with a bar or not."""

    seeds: int | None
    workers: int | None
    shown: bool
