"""One engine to a database, one to an Asterisk: who may take what, and who hears of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from msgspec.structs import replace

from dialer.kit.start_errors import StartError
from dialer.memory.holders import InMemoryHolders
from dialer.ports.holders import Held, Holder
from dialer.service.holding import BEAT_EVERY_S, SILENT_S, Hold, myself, standing, started
from dialer.sim.virtual_time import virtual_time

ME = Holder("me", "here", 10, 100, "host", "/var/a")
OTHER = replace(ME, token="other", pid=11, folder="/var/b")
ELSEWHERE = replace(OTHER, place="there", host="far")


def test_what_nobody_holds_is_free() -> None:
    assert standing(None, ME, lambda _pid: None) == "free"


@pytest.mark.parametrize(
    ("started_at", "expected"),
    [(100, "taken"), (None, "free"), (101, "free")],
    ids=["it lives", "it has ended", "its number was given to another program"],
)
def test_on_the_same_machine_the_kernel_tells(started_at: int | None, expected: str) -> None:
    assert standing(Held(OTHER, 3), ME, lambda _pid: started_at) == expected


def test_an_earlier_service_of_this_very_process_is_no_other() -> None:
    assert standing(Held(replace(ME, token="before"), 3), ME, lambda _pid: 100) == "free"


def test_of_another_machine_nothing_is_known() -> None:
    assert standing(Held(ELSEWHERE, 3), ME, lambda _pid: None) == "unknown"


def test_a_process_is_known_by_number_and_start() -> None:
    mine = started(os.getpid())
    assert mine is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        theirs = started(child.pid)
        assert theirs is not None
        assert theirs >= mine
        child.kill()
        child.wait()
        assert started(child.pid) is None


def hold(holders: InMemoryHolders, me: Holder = ME) -> Hold:
    return Hold("this database", holders, me, asyncio.Event())


async def test_a_second_engine_is_refused_with_one_line_that_names_the_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    holders, one = InMemoryHolders(), myself(tmp_path_factory.mktemp("one"))
    program = [sys.executable, "-c", "input()"]
    child = await asyncio.create_subprocess_exec(*program, stdin=subprocess.PIPE)
    other = replace(one, token="t", pid=child.pid, started=started(child.pid) or 0)
    await hold(holders, other).claim()
    with pytest.raises(StartError) as caught:
        await hold(holders, one).claim()
    child.kill()
    await child.wait()

    assert str(caught.value).startswith(f"another engine uses this database (pid {other.pid} on ")
    assert "\n" not in str(caught.value)
    await hold(holders, one).claim()
    assert holders.held == Held(one, 0), "and taken as soon as the first is dead"


@virtual_time
async def test_an_engine_elsewhere_that_speaks_keeps_what_it_holds() -> None:
    holders = InMemoryHolders()
    theirs = hold(holders, ELSEWHERE)
    await theirs.claim()
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(theirs.keep())
        with pytest.raises(StartError, match="on far"):
            await hold(holders).claim()
        keeping.cancel()


@virtual_time
async def test_one_that_is_silent_long_enough_loses_it_and_hears_so_when_it_wakes() -> None:
    holders, loop = InMemoryHolders(), asyncio.get_running_loop()
    lost = asyncio.Event()
    theirs = Hold("this database", holders, ELSEWHERE, lost)
    await theirs.claim()
    began = loop.time()

    await hold(holders).claim()

    assert loop.time() - began >= SILENT_S
    assert holders.held == Held(ME, 0)
    await asyncio.wait_for(theirs.keep(), BEAT_EVERY_S + 1)
    assert lost.is_set()
    await theirs.give_up()
    assert holders.held == Held(ME, 0)
