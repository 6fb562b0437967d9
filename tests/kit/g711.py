"""A-law and mu-law (ITU-T G.711), for test phones: whole frames at once, -1..1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
PCMU, PCMA = 0, 8


def _ulaw_levels() -> Samples:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = ((2 * mantissa + 33) << exponent) - 33
    return np.where(code & 0x80, -size, size) / 8192.0


def _alaw_levels() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    low = 2 * mantissa + 1
    size = np.where(exponent == 0, low, (low + 32) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size) / 4096.0


_LEVELS = {PCMU: _ulaw_levels(), PCMA: _alaw_levels()}


def decode(payload_type: int, data: bytes) -> Samples:
    """The samples of one frame; raises KeyError for another codec."""
    return _LEVELS[payload_type][np.frombuffer(data, dtype=np.uint8)]


def encode(payload_type: int, samples: Samples) -> bytes:
    """Each sample as the code whose level is nearest."""
    levels = _LEVELS[payload_type]
    codes = np.abs(samples[:, None] - levels[None, :]).argmin(axis=1)
    return bytes(codes.astype(np.uint8))
