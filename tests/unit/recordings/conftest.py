"""Calls that were never made, as MixMonitor would have written them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

RATE = 8000
DAY = 1_767_600_000.0  # 2026-01-05 08:00 UTC


def tone(seconds: float, hertz: float) -> np.ndarray:
    """A sine of a third of full scale."""
    at = np.arange(round(seconds * RATE)) / RATE
    return (10_000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


@pytest.fixture
def conversation() -> bytes:
    """4 s: the callee speaks in the first two seconds, the rep in the last two."""
    callee = np.concatenate([tone(2, 300), silence(2)])
    rep = np.concatenate([silence(2), tone(2, 700)])
    return np.stack([callee, rep], axis=1).tobytes()


@pytest.fixture
def write_raw(tmp_path: Path) -> Callable[..., Path]:
    """Puts a raw file where the recorder with root `tmp_path` would have it written."""

    def write(sound: bytes, attempt: str = "A1", campaign: str = "spring") -> Path:
        raw = tmp_path / "raw" / "2026-01-05" / campaign / f"{attempt}.raw"
        raw.parent.mkdir(parents=True, exist_ok=True)
        raw.write_bytes(sound)
        return raw

    return write
