"""Consumers are woken after a commit; one that fails holds up nobody and loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from dialer.kit import journal as kit
from dialer.kit.journal import JournalRunner, pause_s
from dialer.memory.store import InMemoryStore
from dialer.ports.clock import SystemClock
from dialer.ports.journal import Entry, Start
from dialer.ports.journal_work import Work
from dialer.ports.store import DncEntry
from dialer.tasks import spawn, stop
from tests.kit.eventually import eventually


class Listener:
    start: Start = "now"

    def __init__(self, name: str, failures: int = 0) -> None:
        self.name, self.failures = name, failures
        self.heard: list[int] = []
        self.committed = 0

    def kinds(self) -> Collection[str]:
        return {"dnc.changed"}

    def take(self, work: Work, entries: Sequence[Entry]) -> None:
        if self.failures:
            self.failures -= 1
            raise ValueError("not now")
        self.heard += [it.seq for it in entries]

    def taken(self) -> None:
        self.committed += 1


async def test_each_hears_once_whatever_another_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(kit, "LOOK_EVERY_S", 3600.0)  # only by being woken
    store, good, bad = InMemoryStore(), Listener("good"), Listener("bad", failures=3)
    runner = JournalRunner(store.journal, [bad, good], SystemClock(), lambda: 0.0)
    await runner.join()
    running = spawn(runner.run(), name="journal")
    for number in range(3):
        await store.dnc.add([DncEntry(number=f"+8613800000{number:03}", added_at=1.0)])
        await eventually(lambda count=number + 1: len(good.heard) == count)  # type: ignore[misc]
    await eventually(lambda: bad.heard == [1, 2, 3])
    await stop(running)

    assert good.heard == [1, 2, 3]
    assert good.committed >= 1
    assert await runner.trim() == 2  # the newest stays
    assert [pause_s(n) for n in (1, 2, 3, 99)] == [0.01, 0.02, 0.04, 60.0]
