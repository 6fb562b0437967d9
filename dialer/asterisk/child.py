"""Child processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(then: Callable[[], object] | None = None) -> Callable[[], None]:
    """A `preexec_fn`: the kernel ends the child when the *thread* that starts it has ended.

    So it is for threads that wait for their child, and for the main thread. `then` runs after it.
    """

    def apply() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if then is not None:
            then()

    return apply
