"""A carrier that takes no calls: few are lost on it, no lead pays, and the next trunk dials on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from dialer.engine.plans import EnginePlan, PoolPlan, TrunkPlan
from dialer.floor import CampaignRules, PoolRules
from dialer.floor.events import HangupBy, OriginateFailed, TrunkSeen
from dialer.ports.desk import LeadPage
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Lead
from dialer.ports.switch import CallToPlace
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine

#: What becomes of a call: seconds, then (cause, SIP code); None: it rings.
Fate = Callable[[CallToPlace], tuple[float, tuple[int, int] | None]]
CONGESTION, FORBIDDEN, NOT_FOUND, NO_PORT = (34, 503), (21, 403), (1, 404), (0, 0)
#: The ring time ran out, and nothing was ever heard.
SILENT = (19, 0)
UNWANTED = (127, 607)
TWO = ("best", "second")


def with_trunks(*names: str, **rules: object) -> EnginePlan:
    (gold,) = PLAN.campaigns
    return replace(
        PLAN,
        campaigns=(replace(gold, trunks=names, rules=CampaignRules(wrapup_limit=1.0)),),
        trunks=tuple(TrunkPlan(name, caller_ids=("+12125550199",)) for name in names),
        **rules,
    )


class Carrier:
    """Lets every call of `small` end as `fate` says, and remembers when each was placed."""

    def __init__(self, small: SmallEngine, fate: Fate) -> None:
        self.fate = fate
        self.calls: list[tuple[float, CallToPlace]] = []
        self._small, self._places = small, small.switch.place
        self._timers: set[asyncio.TimerHandle] = set()
        small.switch.place = self._place  # type: ignore[method-assign]

    def _place(self, calls: Sequence[CallToPlace]) -> None:
        self._places(calls)
        for call in calls:
            self.calls.append((self._small.clock.now(), call))
            after, end = self.fate(call)
            loop = asyncio.get_running_loop()
            self._timers.add(loop.call_later(after, self._happen, call, end))

    def _happen(self, call: CallToPlace, end: tuple[int, int] | None) -> None:
        if end is not None:
            by: HangupBy = "dialer" if end == SILENT else "callee"
            self._small.switch.end(call.attempt, end[0], by, end[1])
            return
        self._small.switch.ring(call.attempt)
        loop = asyncio.get_running_loop()
        self._timers.add(loop.call_later(2.0, self._happen, call, (17, 486)))

    def by_trunk(self, since: float = 0.0) -> Counter[str]:
        return Counter(call.trunk for at, call in self.calls if at >= since)


def refuses(*trunks: str, with_: tuple[int, int] = CONGESTION) -> Fate:
    """These trunks end every call so, at once; by others it rings and is busy."""
    return lambda call: (0.05, with_) if call.trunk in trunks else (0.3, None)


async def leads_of(small: SmallEngine) -> list[Lead]:
    wanted = LeadPage(campaign_id=small.campaign_id(), limit=1000)
    return list(await small.store.leads.page(wanted, EVERYTHING))


async def charged(small: SmallEngine) -> int:
    """Leads that have an attempt counted against them."""
    return sum(lead.attempts > 0 for lead in await leads_of(small))


@virtual_time
async def test_a_carrier_that_refuses_all_gets_few_calls_and_no_lead_pays() -> None:
    async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
        carrier = Carrier(small, refuses("best"))
        await small.work()
        await small.pass_s(19)
        assert 5 <= len(carrier.calls) <= 30
        await small.pass_s(600)
        assert len(carrier.calls) <= 50, "a probe a minute"
        assert await charged(small) == 0
        assert set(await small.lead_states()) <= {"new", "retry", "queued"}
        numbers = [call.number for _, call in carrier.calls]
        assert await small.store.attempts.calls_to(numbers, since=0.0) == {}


@virtual_time
async def test_the_floor_says_why_it_does_not_dial() -> None:
    async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
        Carrier(small, refuses("best"))
        await small.work()
        await small.pass_s(20)
        said = small.floor.pacer.explain()
        assert said["bound_by"] == "trunks"
        assert "no trunk takes calls" in said["why"]["en"]
        assert "中继" in said["why"]["zh"]


@virtual_time
async def test_a_large_floor_gets_no_more_from_a_dead_carrier_than_a_small_one() -> None:
    plan = with_trunks("best", pools=(at_ratio(3.0),))
    async with SmallEngine(leads=900, reps=80, plan=plan) as small:
        carrier = Carrier(small, refuses("best"))
        await small.work()
        await small.pass_s(19)
        assert len(carrier.calls) <= 30
        assert await charged(small) == 0


def at_ratio(ratio: float) -> PoolPlan:
    return PoolPlan("main", PoolRules(method="ratio", ratio=ratio))


@virtual_time
async def test_the_next_trunk_takes_the_calls_and_gives_them_back() -> None:
    async with SmallEngine(leads=900, reps=3, plan=with_trunks(*TWO)) as small:
        carrier = Carrier(small, refuses("best"))
        await small.work()
        began = small.clock.now()
        await small.pass_s(40)
        late = carrier.by_trunk(since=began + 10)
        assert late["second"] >= 0.95 * late.total() >= 20
        carrier.fate = refuses()
        await small.pass_s(62)
        well_at = small.clock.now()
        await small.pass_s(30)
        assert carrier.by_trunk(since=well_at).keys() == {"best"}


@virtual_time
async def test_a_trunk_that_nobody_listens_on_gets_probes_only() -> None:
    """Asterisk gives the Originate up and tells of no channel."""
    async with SmallEngine(leads=200, reps=3, plan=with_trunks(*TWO)) as small:
        carrier = Carrier(small, refuses())

        def place(calls: Sequence[CallToPlace]) -> None:
            dead = [call for call in calls if call.trunk == "best"]
            carrier._place([call for call in calls if call not in dead])
            for call in dead:
                carrier.calls.append((small.clock.now(), call))
                small.switch.tell(OriginateFailed(call.attempt, 0, sip_code=0))

        small.switch.place = place  # type: ignore[method-assign]
        await small.work()
        await small.pass_s(60)
        assert carrier.by_trunk()["best"] <= 15
        assert carrier.by_trunk()["second"] > 50
        causes = [c.hangup_cause for c in await small.cdrs() if c.trunk == "best"]
        assert set(causes) == {0}
        dialed = {call.number for _, call in carrier.calls if call.trunk == "best"}
        again = {call.number for _, call in carrier.calls if call.trunk == "second"}
        spared = [n.attempts for lead in await leads_of(small) for n in lead.numbers
                  if n.number in dialed - again]  # fmt: skip
        assert set(spared) <= {0}


@virtual_time
async def test_options_that_stay_unanswered_shut_the_trunk_before_any_call() -> None:
    async with SmallEngine(leads=200, reps=3, plan=with_trunks(*TWO)) as small:
        carrier = Carrier(small, refuses())
        small.switch.tell(TrunkSeen("best", is_up=False))
        await small.work()
        assert carrier.by_trunk()["best"] == 0
        assert carrier.by_trunk()["second"] > 0
        small.switch.tell(TrunkSeen("best", is_up=True))
        await small.pass_s(10)
        since = small.clock.now()
        await small.pass_s(10)
        assert carrier.by_trunk(since).keys() == {"best"}


@virtual_time
async def test_a_new_engine_does_not_burst_into_a_dead_carrier() -> None:
    plan = with_trunks("best", pools=(at_ratio(3.0),))
    async with SmallEngine(leads=900, reps=20, plan=plan) as small:
        Carrier(small, refuses("best"))
        await small.work()
        store = small.store
    async with SmallEngine(reps=20, plan=plan, store=store) as small:
        carrier = Carrier(small, refuses("best"))
        await small.work(start=False)
        await small.pass_s(19)
        assert len(carrier.calls) <= 30


@virtual_time
async def test_forbidden_on_every_call_is_the_trunks_and_its_first_leads_are_given_back() -> None:
    async with SmallEngine(leads=200, reps=3, plan=with_trunks("best")) as small:
        carrier = Carrier(small, refuses("best", with_=FORBIDDEN))
        await small.work()
        await small.pass_s(120)
        assert small.engine.trunks.breakers()["best"].state != "well"
        assert len(carrier.calls) < 60
        assert await charged(small) == 0


@virtual_time
async def test_a_carrier_that_says_unwanted_to_every_call_does_not_shut_a_list_for_good() -> None:
    """A row of 607, or of 608, is not so many callees' word."""
    async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
        carrier = Carrier(small, refuses("best", with_=UNWANTED))
        await small.work()
        await small.pass_s(120)
        assert small.engine.trunks.breakers()["best"].state != "well"
        assert len(carrier.calls) < 60
        assert await small.store.dnc.count() <= 20


@virtual_time
async def test_a_black_hole_is_shut_and_its_calls_count_for_a_phone_may_have_rung() -> None:
    async with SmallEngine(leads=700, reps=9, plan=with_trunks(*TWO)) as small:
        carrier = Carrier(small, refuses())
        await small.work()
        carrier.fate = lambda call: (25.0, SILENT) if call.trunk == "best" else (0.3, None)
        await small.pass_s(60)
        assert not small.engine.trunks.is_well("best")
        since = small.clock.now()
        await small.pass_s(60)
        late = carrier.by_trunk(since)
        assert late["best"] <= 3
        assert late["second"] > 50
        silent = [c.number for c in await small.cdrs() if c.hangup_cause == 19]
        assert silent
        assert (await small.store.attempts.calls_to(silent, since=0.0)).keys() == set(silent)


@virtual_time
async def test_forbidden_now_and_then_is_the_numbers_own() -> None:
    async with SmallEngine(leads=200, reps=3, plan=with_trunks("best")) as small:
        turn = iter(range(10**6))
        Carrier(small, lambda call: (0.1, FORBIDDEN) if next(turn) % 3 else (0.1, None))
        await small.work()
        await small.pass_s(60)
        assert small.engine.trunks.breakers()["best"].is_well
        failed = [c for c in await small.cdrs() if c.outcome == "failed"]
        assert len(failed) > 10
        assert await charged(small) > 10


@virtual_time
async def test_numbers_that_nobody_has_do_not_shut_a_trunk_that_takes_others() -> None:
    async with SmallEngine(leads=300, reps=3, plan=with_trunks("best")) as small:
        turn = iter(range(10**6))
        Carrier(small, lambda call: (0.1, NOT_FOUND) if next(turn) % 10 else (0.1, None))
        await small.work()
        await small.pass_s(60)
        assert (await small.lead_states()).get("dead", 0) > 30


@virtual_time
async def test_a_number_that_its_carrier_always_refuses_is_the_numbers_fault_in_the_end() -> None:
    async with SmallEngine(leads=60, reps=3, plan=with_trunks("best")) as small:
        bad = "+12125550007"
        Carrier(small, lambda call: (0.1, CONGESTION) if call.number == bad else (0.3, None))
        await small.work()
        await small.pass_s(2400)
        lead = await small.store.leads.find(small.campaign_id(), bad)
        assert lead is not None
        assert lead.attempts == 1


@virtual_time
async def test_what_fails_inside_asterisk_slows_dialing_and_neither_lead_nor_trunk_pays() -> None:
    async with SmallEngine(leads=700, reps=3, plan=with_trunks(*TWO)) as small:
        carrier = Carrier(small, refuses(*TWO, with_=NO_PORT))
        await small.work()
        await small.pass_s(19)
        assert len(carrier.calls) <= 30
        assert small.engine.trunks.switch.state in {"out", "probing"}
        assert all(b.row == 0.0 for b in small.engine.trunks.breakers().values())
        assert small.floor.pacer.explain()["bound_by"] == "switch"
        assert await charged(small) == 0
        carrier.fate = refuses()
        await small.pass_s(62)
        assert small.engine.trunks.switch.state == "well"


@virtual_time
async def test_an_asterisk_that_comes_back_is_tried_at_once() -> None:
    async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
        carrier = Carrier(small, refuses("best", with_=NO_PORT))
        await small.work()
        await small.pass_s(120)
        assert small.engine.trunks.switch.state == "out"
        carrier.fate = refuses()
        small.switch.go_down()
        await small.switch.come_up()
        await small.pass_s(5)
        assert small.engine.trunks.switch.state == "well"


@virtual_time
async def test_the_pacer_learns_nothing_of_people_from_a_trunk_that_is_out() -> None:
    async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
        Carrier(small, refuses("best"))
        told: list[str] = []
        ended = small.floor.pacer.ended
        small.floor.pacer.ended = lambda at, call, outcome: (  # type: ignore[method-assign]
            told.append(outcome),
            ended(at, call, outcome),
        )[1]
        await small.work()
        await small.pass_s(10)
        assert set(told) == {"cancelled"}


def rings_and_refuses(small: SmallEngine, with_: tuple[int, int]) -> Fate:
    """Early media or a ring by the carrier itself, and half a second later no: announcements."""

    def fate(call: CallToPlace) -> tuple[float, tuple[int, int] | None]:
        small.switch.ring(call.attempt)
        return 0.5, with_

    return fate


@virtual_time
async def test_a_carrier_that_rings_before_it_refuses_all_is_out_as_well() -> None:
    for ends in (CONGESTION, NOT_FOUND):
        async with SmallEngine(leads=700, reps=3, plan=with_trunks("best")) as small:
            carrier = Carrier(small, refuses("best"))
            carrier.fate = rings_and_refuses(small, ends)
            await small.work()
            await small.pass_s(600)
            assert len(carrier.calls) <= 70, "a probe a minute"
            assert small.engine.trunks.breakers()["best"].state in {"out", "probing"}
            assert await charged(small) == 0
