"""Held, parked, transferred and consulted in any order: nobody is lost, and the log replays."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from dialer.engine import floorlog
from dialer.floor import PoolRules, open_floor
from dialer.sim.floor_replay import replay
from tests.kit.world import ACTIONS, WEIGHTS
from tests.kit.world_talks import TALK_ACTIONS, TALK_WEIGHTS, TalkWorld

RUNS = 24
METHODS = ["progressive", "ratio", "predictive", "adaptive"]


def talk_run(folder: Path, seed: int, actions: int = 500) -> TalkWorld:
    rng = random.Random(seed)
    rules = PoolRules(method=METHODS[seed % 4], ratio=2.0)  # type: ignore[arg-type]
    floor = open_floor("main", "run", rules, 1000.0)
    start = floorlog.start_of("main", "run", 1000.0, rules, None)
    log = floorlog.FloorLog(folder / "floor.jsonl", start)
    world = TalkWorld(floor, log, rng.choice, 3.0 * (seed % 2))
    weights = (*WEIGHTS, *TALK_WEIGHTS)
    for action in rng.choices((*ACTIONS, *TALK_ACTIONS), weights, k=actions):
        getattr(world, action)()
        world.check()
    world.end()
    return world


@pytest.mark.parametrize("seed", range(RUNS))
def test_whatever_reps_do_with_their_calls_nobody_is_lost(seed: int, tmp_path: Path) -> None:
    world = talk_run(tmp_path, seed)
    assert replay(world.log.path).is_identical


def test_the_runs_reach_what_they_are_about(tmp_path: Path) -> None:
    told = sum((talk_run(tmp_path / str(i), i).told for i in range(RUNS)), Counter[str]())
    assert set(told) >= {"agent", "park", "transfer", "hold", "consult", "conference"}
