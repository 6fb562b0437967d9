from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dialer.realtime import (
    BACKGROUND,
    PRIORITY,
    give_way,
    go_first,
    let_first,
    may_go_first,
    spare_what_is_loaded,
)

allowed = pytest.mark.skipif(not may_go_first(), reason="this user may not go first")


def in_thread(work: Callable[[], Any]) -> Any:
    """What `work` returns on a thread of its own: the test runner keeps its place."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def place() -> tuple[int, int]:
    policy = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK
    return policy, os.sched_getparam(0).sched_priority


@allowed
def test_a_thread_that_goes_first_keeps_what_it_starts_where_that_was() -> None:
    def work() -> tuple[bool, tuple[int, int], tuple[int, int]]:
        return go_first(), place(), in_thread(place)

    assert in_thread(work) == (True, (os.SCHED_RR, PRIORITY), (os.SCHED_OTHER, 0))


@allowed
def test_asking_whether_one_may_go_first_changes_nothing() -> None:
    assert in_thread(lambda: (may_go_first(), place())) == (True, (os.SCHED_OTHER, 0))


HELPERS = """
import os, threading
from dialer.realtime import BACKGROUND, follow_main_thread, go_first
def place(follow):
    print(follow(), os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK,
          os.sched_getparam(0).sched_priority)
def helper(follow):
    thread = threading.Thread(target=place, args=[follow])
    thread.start()
    thread.join()
helper(follow_main_thread)
go_first()
helper(follow_main_thread)
helper(lambda: follow_main_thread(BACKGROUND))
"""


@allowed
def test_helpers_follow_the_main_thread() -> None:
    """In a program of its own, whose main thread may go first."""
    run = subprocess.run(
        [sys.executable, "-c", HELPERS], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [
        f"False {os.SCHED_OTHER} 0",
        f"True {os.SCHED_RR} {PRIORITY}",
        f"True {os.SCHED_RR} {BACKGROUND}",
    ]


THREADS = """
import sys, threading, time
for _ in range(5):
    threading.Thread(target=sys.stdin.readline, daemon=True).start()
print("started", flush=True)
time.sleep(60)
"""


@allowed
def test_every_thread_of_a_program_is_let_first() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", THREADS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        program.stdout.readline()
        assert let_first(program.pid)
        threads = [int(name) for name in os.listdir(f"/proc/{program.pid}/task")]
        assert len(threads) == 6
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_RR}
    finally:
        program.kill()
        program.communicate()


def test_a_program_that_is_gone_is_not_let_first() -> None:
    program = subprocess.Popen([sys.executable, "-c", ""])
    program.wait()
    assert not let_first(program.pid)


def test_without_the_privilege_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    assert not go_first()
    assert not may_go_first()
    assert not let_first(os.getpid())


def test_what_is_loaded_is_spared_from_the_garbage_collector() -> None:
    try:
        spare_what_is_loaded()
        assert gc.get_freeze_count() > 1_000
        assert not any(it is os.__dict__ for it in gc.get_objects())
    finally:
        gc.unfreeze()


def test_a_thread_gives_way_and_never_goes_before_where_it_was() -> None:
    def niceness() -> list[int]:
        found = []
        for wanted in (3, 19, 10):
            give_way(wanted)
            found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return found

    here = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert in_thread(niceness) == [max(here, 3), 19, 19]
