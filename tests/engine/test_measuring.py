"""What alerts look at, on a real engine in virtual time."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from dialer.engine.plans import TrunkPlan
from dialer.features.alerts.measuring import Measuring
from dialer.features.alerts.watchkeeper import Measured
from dialer.features.operations.trunk_figures import TrunkFigures
from dialer.kit.scope import everything
from dialer.ports.desk import LeadPage
from dialer.ports.outlook import LeadOutlook, Sleep
from dialer.ports.store import LeadNext
from dialer.settings import CampaignSettings, PoolSettings, Settings
from dialer.settings.sections import TrunkSettings
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.kit.small_engine import SmallEngine

SETTINGS = Settings(
    pool={"main": PoolSettings()},
    campaign={"gold": CampaignSettings(pool="main", max_abandon_rate=0.03)},
    trunk=(TrunkSettings(name="carrier", host="h", max_lines=4),),
)


class Watched:
    def __init__(self, small: SmallEngine) -> None:
        self.small = small
        self.windows: dict[tuple[str, str], tuple[int, int]] = {}
        self.lost = 0.0
        self.registry = CollectorRegistry()
        book, now = small.engine.trunks, small.clock.now
        self.trunks = TrunkFigures(self.registry, now, book, "n1")
        self.measuring = Measuring(
            small.engine,
            lambda: SETTINGS,
            windows=lambda: self.windows,
            leads=lambda: small.control.lead_counts,
            failures=lambda: self.lost,
            node="n1",
            trunks=self.trunks,
        )
        small.engine.watch(self.trunks)
        small.engine.watch(self.measuring)

    async def look(self) -> dict[str, Measured]:
        await self.small.control.count_leads()
        found = self.measuring.measure(self.small.clock.now())
        return {it.metric: it for it in found}


@virtual_time
async def test_a_floor_that_could_dial_and_does_not_says_for_how_long_and_why() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        watched = Watched(small)
        await small.work()
        assert "not_dialing" not in await watched.look(), "it has just dialed"
        assert "not_dialing" not in await watched.look(), "the call still rings"
        small.engine.trunks.replace([TrunkPlan("carrier", max_lines=0)])
        small.engine.news.tell_limits()
        for call in small.switch.placed:
            small.switch.end(call.attempt, 17, "callee")
        await small.pass_s(6)
        await watched.look()
        await small.pass_s(60)
        found = await watched.look()

    assert found["not_dialing"].value >= 60.0
    assert found["not_dialing"].words.startswith("main: reps are ready, leads are there, nothing")
    assert found["not_dialing"].pool == "main"


@virtual_time
async def test_the_longest_paused_and_ready_reps_are_measured() -> None:
    async with SmallEngine(reps=2) as small:
        watched = Watched(small)
        await small.work(start=False)
        await small.control.agent_pause("rep1", "lunch")
        await small.pass_s(120)
        found = await watched.look()

    assert found["paused"].value == pytest.approx(120, abs=2)
    assert found["paused"].words == "rep1 is paused (lunch) for 2 min"
    assert found["ready"].value == pytest.approx(121, abs=2)


@virtual_time
async def test_windows_trunks_recordings_and_empty_lists_are_measured() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        watched = Watched(small)
        await small.work()
        watched.windows = {("gold", "day"): (3, 120), ("gold", "24h"): (3, 5)}
        await watched.look()
        watched.lost = 2.0
        small.switch.end(small.switch.placed[0].attempt, 1, "network")
        await small.pass_s(6)
        found = await watched.look()

    assert found["abandon_share"].value == pytest.approx(0.025 / 0.03)
    assert found["abandon_share"].subject == "campaign/gold/day", "five answers tell nothing"
    assert found["recording_failures"].value == 2.0
    assert found["trunk_use"].value == 0.0
    assert found["no_leads"].subject == "campaign/gold"


@virtual_time
async def test_a_lost_switch_is_measured_from_its_loss_on() -> None:
    async with SmallEngine(reps=1) as small:
        watched = Watched(small)
        await small.work(start=False)
        assert (await watched.look())["ami_down"].value == 0.0
        small.engine.switch_down()
        await small.pass_s(1)
        await watched.look()
        await small.pass_s(12)
        found = await watched.look()

    assert found["ami_down"].value >= 12.0


@virtual_time
async def test_a_trunk_that_takes_no_calls_is_measured_with_its_cause() -> None:
    async with SmallEngine(leads=90, reps=3) as small:
        watched = Watched(small)
        await small.work()
        for _ in range(40):
            for call in list(small.switch.placed):
                if small.state_of(call.attempt) == "down":
                    small.switch.end(call.attempt, 34, "callee", 503)
            await small.pass_s(0.5)
        found = await watched.look()

    assert found["trunk_down"].value > 10.0
    assert found["trunk_down"].subject == "trunk/carrier"
    assert found["trunk_down"].words.startswith("carrier: takes no calls for")
    assert found["trunk_down"].words.endswith("(Q.850 34)")
    assert found["switch_failing"].value == 0.0


@virtual_time
async def test_a_trunk_that_refuses_some_calls_fails_and_is_not_down() -> None:
    async with SmallEngine(leads=200, reps=3) as small:
        watched, turn = Watched(small), iter(range(10**6))
        await small.work()
        for _ in range(60):
            for call in list(small.switch.placed):
                if small.state_of(call.attempt) == "down":
                    refused = next(turn) % 3 == 0
                    cause = (34, "callee", 503) if refused else (17, "callee", 486)
                    small.switch.end(call.attempt, *cause)  # type: ignore[arg-type]
            await small.pass_s(0.5)
        found = await watched.look()

    assert found["trunk_down"].value == 0.0
    assert 0.25 < found["trunk_failing"].value < 0.4
    numbers = watched.trunks.numbers("carrier")
    assert numbers.refused == numbers.causes[34]
    assert set(numbers.causes) == {17, 34}
    assert (numbers.answered, numbers.answer_seizure_ratio) == (0, 0.0)
    page = generate_latest(watched.registry).decode()
    assert 'dialer_trunk_state{state="well",trunk="carrier"} 1.0' in page
    assert 'dialer_node_state{node="n1",state="well"} 1.0' in page
    assert 'dialer_trunk_calls_ended_total{cause="34",trunk="carrier"}' in page


@virtual_time
async def test_the_delay_until_it_rings_and_the_share_of_answers_are_a_trunks_figures() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        watched = Watched(small)
        await small.work()
        await small.pass_s(1.0)
        (call,) = small.switch.placed
        small.switch.ring(call.attempt)
        small.switch.answer(call.attempt)
        await small.pass_s(1.0)
        small.switch.end(call.attempt)
        await small.pass_s(1.0)
        numbers = watched.trunks.numbers("carrier")

    assert (numbers.ended, numbers.answered, numbers.answer_seizure_ratio) == (1, 1, 1.0)
    assert numbers.post_dial_delay_s == pytest.approx(2.0, abs=0.2)
    assert 'dialer_trunk_calls_ended_total{cause="answered",trunk="carrier"} 1.0' in (
        generate_latest(watched.registry).decode()
    )


@virtual_time
async def test_a_clock_that_jumped_or_differs_is_measured_and_says_how() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        watched = Watched(small)
        small.watch_clocks()
        await small.work()
        found = await watched.look()
        assert (found["clock_off"].subject, found["clock_off"].value) == ("node/n1", 0.0)

        small.switch.ahead = None
        small.clock.set_by(-3.0)
        await small.pass_s(1)
        found = await watched.look()
        assert (found["clock_off"].subject, found["clock_off"].value) == ("clock/step", 3.0)
        assert found["clock_off"].words == "the wall clock was set by -3.0 s"
        await small.pass_s(601)
        assert "clock_off" not in await watched.look()


@virtual_time
async def test_a_floor_that_waits_for_the_time_says_so() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        watched = Watched(small)
        small.watch_clocks()
        small.switch.ahead = 3.0
        await small.pass_s(1)
        await small.work()
        await watched.look()
        await small.pass_s(61)
        found = await watched.look()
        assert "the time is in doubt" in found["not_dialing"].words
        assert "+3.0 s from ours" in found["clock_off"].words


@virtual_time
async def test_a_list_that_sleeps_is_told_as_such_and_not_blamed_on_the_pacer() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        watched = Watched(small)
        opens = small.clock.now() + 3600.0
        for lead in await small.store.leads.page(
            LeadPage(campaign_id=small.engine.campaigns["gold"].id), everything("a test")
        ):
            await small.store.leads.set_next(lead.id, LeadNext(LeadState.NEW, opens))
        hours = Sleep("calling_window", 3, opens, ["Asia/Shanghai"])
        small.engine.outlooks = {"gold": LeadOutlook(3, 0, opens, [hours], 0, True)}
        await small.work()
        await small.pass_s(90)
        found = await watched.look()

    assert found["no_dialable_leads"].value == 1.0
    assert "3 are outside calling hours (Asia/Shanghai)" in found["no_dialable_leads"].words
    assert "not_dialing" not in found
    assert found["no_leads"].value == 0.0
