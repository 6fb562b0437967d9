"""A floor in a world where anything may happen in any order (tests/kit/world.py)."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.engine import floorlog
from dialer.floor import PoolRules, open_floor
from dialer.sim.floor_replay import replay
from tests.kit.world import ACTIONS, WEIGHTS, World
from tests.kit.world_bound import BOUND_ACTIONS, BOUND_WEIGHTS, BoundWorld

METHODS = ["progressive", "ratio", "predictive", "adaptive"]
SEEDS = range(16)


def a_world(
    folder: Path, choose: Callable[[Sequence[Any]], Any], method: str, wrapup_limit: float
) -> World:
    rules = PoolRules(method=method, ratio=2.0)  # type: ignore[arg-type]
    floor = open_floor("main", "run", rules, 1000.0)
    start = floorlog.start_of("main", "run", 1000.0, rules, None)
    return World(floor, floorlog.FloorLog(folder / "floor.jsonl", start), choose, wrapup_limit)


def long_run(folder: Path, seed: int, actions: int) -> World:
    rng = random.Random(seed)
    world = a_world(folder, rng.choice, METHODS[seed % 4], 3.0 * (seed % 2))
    for action in rng.choices(ACTIONS, WEIGHTS, k=actions):
        getattr(world, action)()
        world.check()
    world.end()
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_whatever_order_the_floor_stays_right(
    seed: int, tmp_path: Path
) -> None:
    world = long_run(tmp_path, seed, 400)
    assert len(world.placed) > 5, "a run in which nothing was dialed shows nothing"
    replayed = replay(world.log.path)
    assert replayed.is_identical
    assert replayed.events > len(world.placed)


def test_the_long_runs_reach_the_places_where_things_go_wrong(tmp_path: Path) -> None:
    seen = set()
    for seed in SEEDS:
        seen |= set(long_run(tmp_path / str(seed), seed, 400).seen)
    assert seen >= {
        ("waiting", "reserved"),
        ("waiting", "message"),
        ("waiting", "leaving"),
        ("reserved", "waiting"),
        ("reserved", "talking"),
        ("talking", "held"),
        ("held", "leaving"),
    }


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_short_story_breaks_the_floor(data: st.DataObject) -> None:
    def choose(options: Sequence[Any]) -> Any:
        return options[data.draw(st.integers(0, len(options) - 1))]

    with tempfile.TemporaryDirectory() as folder:
        world = a_world(Path(folder), choose, choose(METHODS), choose([0.0, 3.0]))
        for action in data.draw(st.lists(st.sampled_from(ACTIONS), min_size=5, max_size=60)):
            getattr(world, action)()
            world.check()
        world.end()
        assert replay(world.log.path).is_identical


# --- and with calls that are one rep's from the start ---------------------------------------------


def bound_run(folder: Path, seed: int, actions: int) -> BoundWorld:
    rng = random.Random(seed)
    rules = PoolRules(method=METHODS[seed % 4], ratio=2.0)  # type: ignore[arg-type]
    floor = open_floor("main", "run", rules, 1000.0)
    start = floorlog.start_of("main", "run", 1000.0, rules, None)
    log = floorlog.FloorLog(folder / "floor.jsonl", start)
    world = BoundWorld(floor, log, rng.choice, 3.0 * (seed % 2))
    weights = (*WEIGHTS, *BOUND_WEIGHTS)
    for action in rng.choices((*ACTIONS, *BOUND_ACTIONS), weights, k=actions):
        getattr(world, action)()
        world.check()
    world.end()
    return world


@pytest.mark.parametrize("seed", range(24))
def test_shown_dialed_and_called_back_no_lead_and_no_rep_is_lost(seed: int, tmp_path: Path) -> None:
    world = bound_run(tmp_path, seed, 400)
    assert replay(world.log.path).is_identical
    assert world.out_there == set(world.in_hand())


def test_the_runs_with_own_calls_reach_what_they_are_about(tmp_path: Path) -> None:
    told = sum((bound_run(tmp_path / str(i), i, 400).told for i in range(24)), Counter[str]())

    assert set(told) >= {
        "ready preview", "preview dialing", "preview ready", "preview paused", "preview out",
        "ready dialing", "paused dialing", "dialing talking", "dialing ready", "dialing paused",
        "skip", "callee-gone", "phone-lost", "phone-put-down", "wrapup-ran-out",
        "own connected", "own no_answer", "own busy", "own machine", "own cancelled",
    }  # fmt: skip
