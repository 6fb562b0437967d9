"""Going before other programs on this machine: a callee hears a late thread as silence.

Linux shares a processor out in slices; a thread that wakes waits for those before it. On a machine
that is busy with something else that was most of the time between a callee's answer and the bridge
(docs/benchmarks.md). Threads of the class SCHED_RR are not kept waiting by ordinary ones. It takes
a privilege: root, CAP_SYS_NICE, or LimitRTPRIO in the unit. Without it everything works as before.
"""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

#: The priority Asterisk gives itself with `-p`. Kernel threads that serve the disk and the network
#: have 50, so that nothing here can keep them waiting.
PRIORITY = 10
#: Behind the engine and Asterisk, before other programs: see `follow_main_thread`.
BACKGROUND = 1
_PASSES = 5


def spare_what_is_loaded() -> None:
    """What is loaded by now stays, and the garbage collector does not look through it again.

    A look through all of it stops the event loop for 150 ms on a slow core, and whoever answers
    meanwhile waits. Call it before there are calls.
    """
    gc.collect()
    gc.freeze()


def go_first() -> bool:
    """The calling thread goes first from now on; what it starts (threads, programs) does not.

    False: the machine does not allow it.
    """
    return _set(0)


def follow_main_thread(priority: int = PRIORITY) -> bool:
    """For a main thread's helpers: go first if it does. Returns whether it does.

    All threads of a Python process share one lock. A thread that other programs keep waiting while
    it holds the lock holds up the event loop (p99 from answer to bridge: 14 ms in place of 6), so
    even those that can wait themselves must go before other programs, with BACKGROUND.
    """
    return _policy(os.getpid()) == os.SCHED_RR and _set(0, priority)


def let_first(pid: int) -> bool:
    """Every thread of a program goes first, and those they start. False: not allowed, or gone."""
    allowed = True
    for _ in range(_PASSES):
        late = [thread for thread in _threads(pid) if _policy(thread) == os.SCHED_OTHER]
        if not late or not allowed:
            break
        # While we go through them, one that is late still may start another.
        allowed = all(_set(thread, inherited=True) for thread in late)
    return allowed and _policy(pid) == os.SCHED_RR


def may_go_first() -> bool:
    """Whether this process would be allowed to; nothing is changed when this returns."""
    before = _policy(0)
    if before != os.SCHED_OTHER:
        return before == os.SCHED_RR
    if not go_first():
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


def _threads(pid: int) -> list[int]:
    try:
        return [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []


def _policy(thread: int) -> int | None:
    try:
        return os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK
    except (OSError, AttributeError):
        return None


def give_way(niceness: int) -> None:
    """The calling thread is at least so nice from now on: on Linux each has a niceness of its own.

    Never less than it is: a privileged service that somebody started behind everything else stays
    there. Raises OSError.
    """
    thread = threading.get_native_id()
    here = os.getpriority(os.PRIO_PROCESS, thread)
    os.setpriority(os.PRIO_PROCESS, thread, max(here, niceness))


def _set(thread: int, priority: int = PRIORITY, *, inherited: bool = False) -> bool:
    """A thread that ended meanwhile is no refusal."""
    try:
        policy = os.SCHED_RR if inherited else os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(thread, policy, os.sched_param(priority))
    except ProcessLookupError:
        return True
    except (OSError, AttributeError):
        return False
    return True
