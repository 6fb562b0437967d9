"""Ids that sort by the time they were made: 48 bits of milliseconds and 80 random bits, 26 signs.

The alphabet is Crockford's base 32 (no I, L, O, U), as in the ULID scheme. Within one process ids
never repeat and never go back, even when the clock does.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Sequence

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Two signs at a time halves the work; a million-row import makes a million ids.
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_HEAD_SHIFTS = range(120, 19, -10)
_LOW_MASK = (1 << 20) - 1
_RANDOM_BITS = 80
ID_LENGTH = 26

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """One new id, greater than every id this process made before."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """`count` new ids in ascending order."""
    global _last  # noqa: PLW0603  (the one counter of the process)
    with _lock:
        first = (time.time_ns() // 1_000_000) << _RANDOM_BITS
        first |= int.from_bytes(os.urandom(10), "big")
        # In the same millisecond, or with the clock set back, go on from the last one.
        first = first if first >> _RANDOM_BITS > _last >> _RANDOM_BITS else _last + 1
        _last = first + count - 1
    return _texts(first, count)


def ids_at(moments_ms: Sequence[int], chance: bytes) -> list[str]:
    """An id of each of these unix milliseconds, ascending; `chance` has ten bytes for each."""
    found, last = list[str](), 0
    for at, moment in enumerate(moments_ms):
        bits = int.from_bytes(chance[10 * at : 10 * at + 10], "big")
        last = max((moment << _RANDOM_BITS) | bits, last + 1)
        found += _texts(last, 1)
    return found


def is_id(text: str) -> bool:
    """Whether it has the form of one."""
    return len(text) == ID_LENGTH and set(text) <= set(_ALPHABET)


def id_of_key(whose: str, key: str) -> str:
    """The id of what `whose` writes down under `key`: the same each time it is asked for.

    It does not sort by time.
    """
    digest = hashlib.sha256(f"{whose}\0{key}".encode()).digest()
    return _texts(int.from_bytes(digest[:16]), 1)[0]


def _texts(first: int, count: int) -> list[str]:
    """The signs of `count` values from `first` on; the last four change, the others hardly ever."""
    texts: list[str] = []
    while count > 0:
        low = first & _LOW_MASK
        run = min(count, _LOW_MASK + 1 - low)
        head = "".join([_PAIRS[(first >> shift) & 1023] for shift in _HEAD_SHIFTS])
        texts += [head + _PAIRS[v >> 10] + _PAIRS[v & 1023] for v in range(low, low + run)]
        first, count = first + run, count - run
    return texts


def _start_anew_in_child() -> None:
    global _last, _lock
    _lock, _last = threading.Lock(), 0


# A forked child would count on from its parent's last id within the same millisecond.
os.register_at_fork(after_in_child=_start_anew_in_child)
