"""Simulations run in processes of their own, one at a time, and end in time."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from dialer.features.simulations import trials as simulations
from dialer.features.simulations.trials import Effect, Simulations, job_of
from dialer.ports.clock import SystemClock
from dialer.ports.control import Refusal
from dialer.settings import CampaignSettings, PoolSettings
from dialer.sim.effect import FloorNow, Reps, scenario_data

FLOOR = FloorNow(at=1_795_300_000.0, zone="UTC", reps=[Reps(1)])


def children() -> set[int]:
    """Processes of ours, those that ended and nobody asked after included."""
    threads = Path("/proc/self/task").glob("*/children")
    return {int(pid) for thread in threads for pid in thread.read_text().split()}


def effect() -> Effect:
    return Effect(
        id="", pool="default", who="anna", started_at=0.0, minutes=5.0, reps=3, changes={}
    )


def job(pairs: int = 2):
    data, _ = scenario_data(FLOOR, PoolSettings(), {"spring": CampaignSettings()}, 5.0)
    found = job_of(data, data, b"", {})
    found.pairs = pairs
    return found


async def over(runs: Simulations, effect_id: str) -> Effect:
    async with asyncio.timeout(100):
        while (found := runs.get(effect_id)) is not None and found.state == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert found is not None
    return found


async def test_pairs_of_both_workers_come_together() -> None:
    steps: list[Effect] = []
    runs = Simulations(SystemClock(), budget_s=60.0, on_change=steps.append)

    begun = runs.start(effect(), job())
    assert isinstance(begun, Effect)
    second = runs.start(effect(), job())
    done = await over(runs, begun.id)

    assert isinstance(second, Refusal)
    assert second.slug == "busy"
    workers = max(1, min(2, (os.cpu_count() or 2) - 1))
    assert (done.state, done.seeds, done.progress) == ("done", 2 * workers, 1.0)
    assert done.difference["utilisation"].mean == 0.0
    assert done.now["utilisation"].mean is not None
    assert [step.state for step in steps][-1] == "done"


async def test_a_scenario_that_cannot_be_is_said() -> None:
    runs = Simulations(SystemClock(), budget_s=60.0)
    wrong = job()
    wrong.then["pool"]["ratio"] = -1

    begun = runs.start(effect(), wrong)
    assert isinstance(begun, Effect)
    done = await over(runs, begun.id)

    assert done.state == "failed"
    assert "ratio" in done.error


async def test_a_cancelled_simulation_leaves_no_process_and_makes_room() -> None:
    before = children()  # other tests' servers
    runs = Simulations(SystemClock(), budget_s=60.0)
    begun = runs.start(effect(), job(pairs=10_000))
    assert isinstance(begun, Effect)
    async with asyncio.timeout(100):
        while not runs.get(begun.id).seeds:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    assert await runs.cancel(begun.id)
    assert not await runs.cancel(begun.id)

    found = runs.get(begun.id)
    assert found is not None
    assert found.state == "cancelled"
    assert children() == before
    assert isinstance(runs.start(effect(), job(pairs=1)), Effect)
    await runs.close()


async def test_a_worker_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulations, "GRACE_S", 0.0)
    runs = Simulations(SystemClock(), budget_s=0.05)

    begun = runs.start(effect(), job(pairs=10_000))
    assert isinstance(begun, Effect)
    done = await over(runs, begun.id)

    assert (done.state, done.error) == ("failed", "no run came to its end")


async def test_only_the_last_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulations, "GRACE_S", 0.0)
    monkeypatch.setattr(simulations, "KEPT", 1)
    runs = Simulations(SystemClock(), budget_s=0.01)
    ids = []
    for _ in range(2):
        begun = runs.start(effect(), job())
        assert isinstance(begun, Effect)
        ids.append(begun.id)
        await over(runs, begun.id)

    assert runs.get(ids[0]) is None
    assert runs.get(ids[1]) is not None
