"""The engine while the wall clock is set, the machine sleeps, or the switch has another time."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.engine.floorlog import read
from dialer.floor import AgentState
from dialer.floor.events import ClockDoubted
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import SmallEngine

HOURS_3 = 3 * 3600.0
STEPS = pytest.mark.parametrize("by_s", [HOURS_3, -HOURS_3, 3.0, -3.0])


@STEPS
def test_records_bear_the_time_as_it_was_put_right_and_durations_stay(by_s: float) -> None:
    """The clock is set while callee and rep talk."""

    @virtual_time
    async def story() -> None:
        async with SmallEngine(leads=3, reps=1) as small:
            small.watch_clocks()
            await small.work()
            attempt, _ = await small.talk()
            await small.pass_s(20)
            small.clock.set_by(by_s)
            await small.pass_s(10)
            small.switch.end(attempt)
            await small.pass_s(1)
            now = small.clock.now()
            assert await small.control.agent_finish("rep1", "sale") is None
            await small.pass_s(1)
            cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)

        assert cdr.ended_at == pytest.approx(now - 1.0, abs=0.1)
        assert cdr.talk_seconds == pytest.approx(31.0, abs=0.1)
        assert cdr.wait_seconds is not None
        assert cdr.wait_seconds < 0.1
        assert cdr.ring_seconds == pytest.approx(1.0, abs=0.1)
        assert cdr.wrapup_seconds == pytest.approx(1.0, abs=0.1)
        assert cdr.connected_at is not None
        assert cdr.ended_at - cdr.connected_at == pytest.approx(cdr.talk_seconds, abs=0.01)

    story()


@STEPS
def test_the_gate_and_the_list_are_asked_by_the_wall_as_it_stands(by_s: float) -> None:
    @virtual_time
    async def story() -> None:
        async with SmallEngine(leads=9, reps=1) as small:
            small.watch_clocks()
            await small.work()
            small.clock.set_by(by_s)
            for call in small.switch.placed:
                small.switch.end(call.attempt, 17, "callee")
            await small.pass_s(10)
            assert (
                small.gate.asked_at[0] < small.gate.asked_at[-1] - by_s < small.clock.now() - by_s
            )

    story()


@STEPS
def test_who_answers_after_a_step_is_connected_and_who_finds_nobody_waits_two_seconds(
    by_s: float,
) -> None:
    @virtual_time
    async def story() -> None:
        async with SmallEngine(leads=9, reps=2) as small:
            small.watch_clocks()
            await small.work()
            small.clock.set_by(by_s)
            first, second = (call.attempt for call in small.switch.placed[:2])
            small.switch.answer(first)
            await small.until(lambda: small.switch.routed)
            assert small.switch.routed[0][1].startswith("leg-")
            small.switch.bridge(*small.switch.routed[0])
            for rep in small.reps:
                if small.agent_state(rep) is AgentState.READY:
                    small.switch.answer_phones = False
                    small.switch.lose(small.floor.agents[rep].leg or "")
            await small.pass_s(0.1)
            small.clock.set_by(by_s)
            answered = small.clock.steady()
            small.switch.answer(second)
            await small.until(lambda: len(small.switch.routed) > 1)
            assert small.switch.routed[1] == (second, "message")
            assert small.clock.steady() - answered == pytest.approx(2.0, abs=0.05)

    story()


@virtual_time
async def test_nobody_is_dialed_for_two_seconds_after_a_step_and_then_it_goes_on() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        small.watch_clocks()
        await small.work()
        small.clock.set_by(HOURS_3)
        await small.pass_s(0.3)
        assert small.floor.clock_doubt == "step"
        small.switch.end(small.switch.placed[0].attempt, 17, "callee")
        await small.pass_s(1.4)
        assert len(small.switch.placed) == 1
        await small.until(lambda: len(small.switch.placed) == 2, within_s=2.0)
        assert small.floor.clock_doubt == ""
        assert [jump.kind for jump in small.engine.timekeeper.recent()] == ["step"]


@virtual_time
async def test_a_clock_that_is_slewed_holds_nobody_up() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        small.watch_clocks()
        await small.work()
        for _ in range(100):
            small.clock.set_by(0.03)
            await small.pass_s(0.5)
        assert small.engine.timekeeper.recent() == []
        assert small.floor.clock_doubt == ""


@virtual_time
async def test_nobody_is_dialed_while_the_switch_has_another_time() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        small.watch_clocks()
        small.switch.ahead = 0.6
        await small.pass_s(0.5)
        await small.work()
        assert small.switch.placed == []
        assert small.floor.clock_doubt == "switch"
        small.switch.ahead = -0.1
        await small.pass_s(1)
        assert len(small.switch.placed) == 1


@virtual_time
async def test_another_time_of_a_switch_on_this_machine_is_said_and_not_waited_for() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        small.engine.timekeeper.one_machine = True
        small.watch_clocks()
        small.switch.ahead = 86_400.0
        await small.pass_s(0.5)
        await small.work()
        assert len(small.switch.placed) == 1
        assert small.engine.timekeeper.why == "switch", "screens and alerts say so"
        assert small.floor.clock_doubt == ""


@virtual_time
async def test_a_link_to_a_switch_of_another_time_places_no_call_before_that_is_known() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        await small.work(start=False)
        small.switch.ahead = 7200.0
        await small.engine.switch_up()
        assert await small.control.campaign_start("gold") is None
        await small.pass_s(5)
        assert small.switch.placed == []


@virtual_time
async def test_a_machine_that_slept_gives_up_whom_it_left_waiting_and_asks_the_switch() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        small.watch_clocks()
        await small.work()
        attempt, _ = await small.talk()
        looks = small.switch.asked
        small.clock.sleep(600.0)
        await small.pass_s(0.3)
        assert small.floor.clock_doubt == "sleep"
        await small.until(lambda: small.switch.asked > looks, within_s=3.0)
        small.switch.end(attempt)
        await small.pass_s(1)
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert cdr.talk_seconds is not None
        assert cdr.talk_seconds > 600.0


@STEPS
def test_screens_show_the_walls_time_and_true_durations(by_s: float) -> None:
    @virtual_time
    async def story() -> None:
        async with SmallEngine(leads=9, reps=1) as small:
            await small.work()
            await small.talk()
            since = small.clock.now() - small.view_of("rep1").since
            small.clock.set_by(by_s)
            floor = small.control.floor("main")
            assert floor is not None
            assert floor.at - floor.agents[0].since == pytest.approx(since)
            call = next(call for call in floor.calls if call.phase == "talking")
            assert floor.at - call.since == pytest.approx(since, abs=0.1)

    story()


@STEPS
def test_times_at_work_are_as_long_as_they_were(by_s: float) -> None:
    @virtual_time
    async def story() -> None:
        async with SmallEngine(leads=0, reps=1) as small:
            await small.work()
            await small.pass_s(99)
            small.clock.set_by(by_s)
            await small.pass_s(100)
            assert await small.control.agent_pause("rep1", "lunch") is None
            await small.pass_s(1)
            now = small.clock.now()
            times = await small.store.desk.times("rep1", since=0.0)
            ready = next(time for time in times if time.state == "ready")
            assert ready.ended_at - ready.began_at == pytest.approx(200.0, abs=0.1)
            assert ready.ended_at == pytest.approx(now - 1.0, abs=0.1)

    story()


@virtual_time
async def test_a_floor_log_goes_by_the_steady_time_and_has_the_doubt(tmp_path: Path) -> None:
    async with SmallEngine(leads=9, reps=1, state_dir=tmp_path) as small:
        small.watch_clocks()
        await small.work()
        small.clock.set_by(-HOURS_3)
        await small.pass_s(5)
    (path,) = (tmp_path / "floors" / "main").glob("*.jsonl")
    _, entries = read(path)
    found = list(entries)
    times = [entry.now for entry in found]
    assert times == sorted(times)
    told = [e.event for e in found if isinstance(e.event, ClockDoubted)]
    assert told == [ClockDoubted("step"), ClockDoubted("")]
