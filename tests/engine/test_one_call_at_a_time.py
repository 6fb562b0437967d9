"""Nobody is rung twice at once, however many lists, pools, numbers and engines there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialer.compliance import CallingRules
from dialer.engine.call_control import EngineCallControl
from dialer.engine.in_use import NumbersInUse
from dialer.engine.plans import CampaignPlan, PoolPlan
from dialer.floor import CampaignRules, PoolRules
from dialer.ports.calls import TransferTo
from dialer.ports.desk import Callback
from dialer.ports.store import LeadNumber, NewAttempt, NewLead
from dialer.ports.switch import CallToPlace, LedgerRow
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine

PAUSE_S = 60.0
CALLING = CallingRules(
    start="00:00", end="24:00", max_per_24h=99, max_per_day=99, pause_minutes=PAUSE_S / 60
)
RULES = CampaignRules(wrapup_limit=1.0)
#: Two pools; every campaign has the leads +12125550000, …0001, … of its own.
LISTS = replace(
    PLAN,
    pools=(*PLAN.pools, PoolPlan("other", PoolRules(method="progressive"))),
    campaigns=tuple(
        CampaignPlan(name, pool, RULES)
        for name, pool in (("gold", "main"), ("silver", "main"), ("bronze", "other"))
    ),
)
FIRST = "+12125550000"


def two_lists(**more: Any) -> SmallEngine:
    plan = replace(LISTS, campaigns=LISTS.campaigns[:2], **more)
    return SmallEngine(leads=1, reps=2, plan=plan, calling=CALLING)


@virtual_time
async def test_a_person_on_two_lists_is_called_once_and_by_the_other_list_after_the_pause() -> None:
    async with two_lists() as small:
        await small.work()
        (call,) = small.switch.placed
        await small.pass_s(100)
        assert small.switch.placed == [call], "it still rings"
        small.switch.end(call.attempt, cause=19)
        await small.pass_s(PAUSE_S - 1)
        assert small.switch.placed == [call], "it was called a moment ago"
        await small.pass_s(16)
        assert [(c.campaign, c.number) for c in small.switch.placed] == [
            ("gold", FIRST), ("silver", FIRST),
        ]  # fmt: skip
        assert small.watcher.blocks["in_call"] < 60, "asked for now and then"
        assert small.watcher.blocks["called_lately"] == 1


@virtual_time
async def test_a_call_the_carrier_could_not_place_keeps_no_other_list_waiting() -> None:
    async with two_lists() as small:
        await small.work()
        small.switch.end(small.switch.placed[0].attempt, cause=34, by="network")
        await small.pass_s(11)
        assert [c.campaign for c in small.switch.placed] == ["gold", "silver"]


@virtual_time
async def test_another_number_of_a_person_who_is_in_a_call_does_not_ring() -> None:
    async with SmallEngine(reps=2, plan=LISTS, calling=CALLING) as small:
        home, mobile, other = "+12125550010", "+12125550011", "+12125550012"
        await give(small, "gold", [mobile, home])
        await give(small, "bronze", [home], [other])
        await small.store.agents.update(
            replace((await small.store.agents.get("rep2")), pool="other")  # type: ignore[type-var]
        )
        await small.work()
        await small.pass_s(5)
        assert {c.number for c in small.switch.placed} == {mobile, other}


@virtual_time
async def test_a_rep_who_dials_a_person_in_a_call_is_told_so_and_after_it_of_the_pause() -> None:
    async with two_lists() as small:
        await small.work()
        attempt, _ = await small.talk()
        rep = "rep2" if small.floor.attempts[attempt].agent == "rep1" else "rep1"
        busy = await small.control.agent_dial(rep, "silver", None, FIRST)
        small.switch.end(attempt)
        await small.pass_s(20)
        lately = await small.control.agent_dial(rep, "silver", None, FIRST)
        await small.pass_s(PAUSE_S)

        assert busy is not None
        assert lately is not None
        assert (busy.slug, lately.slug) == ("gate-in-call", "gate-called-lately")
        assert lately.message == "called 0 min ago; 1 min must pass between two calls"


@virtual_time
async def test_a_callback_waits_for_the_end_of_the_call_and_the_pause() -> None:
    async with two_lists() as small:
        await small.control.campaign_start("gold")
        for rep in small.reps:
            assert await small.control.agent_login(rep) is None
            assert await small.control.agent_ready(rep) is None
        await small.pass_s(1)
        attempt, _ = await small.talk()
        lead = await small.store.leads.find(small.campaign_id("silver"), FIRST)
        assert lead is not None
        due = small.clock.now() + 5
        made = Callback(
            id="K1", campaign_id=lead.campaign_id, lead_id=lead.id, attempt_id=None,
            made_by="rep1", owner=None, due_at=due, created_at=due, try_at=due,
        )  # fmt: skip
        await small.store.callbacks.plan(made)
        await small.control.campaign_start("silver")
        await small.pass_s(30)
        waits = await small.store.callbacks.get("K1")
        assert waits is not None
        assert (waits.why, len(small.switch.placed)) == ("in_call", 1)
        small.switch.end(attempt)
        await small.pass_s(20)
        waits = await small.store.callbacks.get("K1")
        assert waits is not None
        assert waits.why == "called_lately"
        await small.pass_s(PAUSE_S)
        assert [c.campaign for c in small.switch.placed] == ["gold", "silver"]


@virtual_time
async def test_somebody_outside_whom_a_rep_has_asked_in_is_not_called_by_a_list() -> None:
    async with two_lists() as small:
        asked_in = "+12125550123"
        await small.work()
        attempt, _ = await small.talk()
        rep = small.floor.attempts[attempt].agent
        assert rep is not None
        calls = EngineCallControl(small.engine)
        to = TransferTo("external", asked_in)
        assert await calls.transfer(rep, to, warm=True, any_number=True) is None
        await small.pass_s(0.1)
        small.switch.ask_again(attempt, "held")
        await small.until(lambda: small.switch.outside)
        await give(small, "silver", [asked_in])
        await small.pass_s(15)
        assert {c.number for c in small.switch.placed} == {FIRST}
        small.switch.lose(small.switch.outside[0].leg)
        await small.pass_s(15)
        assert {c.number for c in small.switch.placed} == {FIRST, asked_in}


@virtual_time
async def test_a_rep_cannot_ask_in_somebody_who_is_in_a_call() -> None:
    async with SmallEngine(leads=2, reps=2, plan=LISTS, calling=CALLING) as small:
        await small.work()
        attempt, _ = await small.talk()
        rings = next(c.number for c in small.switch.placed if c.attempt != attempt)
        rep = small.floor.attempts[attempt].agent
        assert rep is not None
        refusal = await EngineCallControl(small.engine).transfer(
            rep, TransferTo("external", rings), warm=True, any_number=True
        )
        assert refusal is not None
        assert refusal.slug == "gate-in-call"


@virtual_time
async def test_a_call_that_was_up_at_a_crash_still_counts_after_it() -> None:
    first = two_lists()
    async with first:
        await first.work()
        attempt, _ = await first.talk()
        await first.crash()
    first.switch.is_closed = False
    plan = replace(LISTS, campaigns=LISTS.campaigns[:2])
    async with SmallEngine(
        store=first.store, switch=first.switch, plan=plan, calling=CALLING
    ) as small:
        await small.pass_s(60)
        assert [c.attempt for c in small.switch.placed] == [attempt]


@virtual_time
async def test_what_another_process_has_opened_is_not_dialed_though_the_gate_saw_nothing() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        campaign = await small.store.campaigns.create(
            "elsewhere", pool="far", settings={}, now=small.clock.now(), who="test"
        )
        lead_id = await give(small, campaign.id, [FIRST])
        await small.store.leads.claim(campaign.id, 1, now=small.clock.now(), claim_id="another")
        opened = NewAttempt(
            attempt_id="A1", campaign_id=campaign.id, lead_id=lead_id, number=FIRST, caller_id="",
            trunk="", node="another", placed_at=small.clock.now(),
        )  # fmt: skip
        assert await small.store.attempts.open([opened])
        await small.work()
        await small.pass_s(10)
        assert small.switch.placed == []
        assert await small.dialable() == 1, "the lead comes back by itself"


def test_all_is_released_with_the_one_who_held_it_and_nothing_else() -> None:
    in_use = NumbersInUse()
    assert in_use.take("a", ["1", "2"])
    assert not in_use.take("b", ["3", "2"])
    assert "3" not in in_use, "all or nothing"
    assert in_use.take("a", ["1", "2", "4"]), "its own numbers are no obstacle"
    in_use.hold("c", ["2"])
    in_use.release("a")
    assert [number for number in "1234" if number in in_use] == ["2"]
    in_use.release("c")
    in_use.release("c")
    assert in_use.take("b", ["2", "3"])


# --- whatever happens, in whatever order ----------------------------------------------------------

NUMBERS = [f"+1212555010{i}" for i in range(4)]
people = st.lists(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2, unique=True), max_size=3
)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.sampled_from([0.5, 3.0, 11.0, 45.0, 200.0])),
        st.tuples(st.just("answer"), st.integers(0, 3)),
        st.tuples(st.just("end"), st.integers(0, 3)),
        st.tuples(st.just("dial"), st.integers(0, 3)),
        st.tuples(st.just("crash"), st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(lists=st.tuples(people, people, people), what=happenings)
def test_nobody_is_ever_in_two_calls(lists: Sequence[list[list[str]]], what: Any) -> None:
    wrong: list[str] = []

    @virtual_time
    async def story() -> None:
        shift = Shift(wrong)
        await shift.begin(lists)
        for happening in what:
            await shift.happen(*happening)
        await shift.happen("pass", 400.0)
        assert not shift.small.watcher.failures
        await shift.small.__aexit__()

    story()
    assert wrong == []


class Shift:
    """Two pools, three lists, and a switch that tells who is called while somebody talks."""

    def __init__(self, wrong: list[str]) -> None:
        self.wrong = wrong
        self.small = SmallEngine(reps=4, plan=LISTS, calling=CALLING)
        self.numbers: dict[str, tuple[str, ...]] = {}
        self.ended: dict[str, float] = {}

    async def begin(self, lists: Sequence[list[list[str]]]) -> None:
        await self.small.__aenter__()
        self.listen()
        for plan, leads in zip(LISTS.campaigns, lists, strict=True):
            await give(self.small, plan.name, *leads)
        for rep in ("rep3", "rep4"):
            found = await self.small.store.agents.get(rep)
            assert found is not None
            await self.small.store.agents.update(replace(found, pool="other"))
        await self.small.work()

    def listen(self) -> None:
        switch = self.small.switch
        self.place = type(switch).place.__get__(switch)
        switch.place = self.placed  # type: ignore[method-assign]

    def placed(self, calls: Sequence[CallToPlace]) -> None:
        for call in calls:
            mine = self.small.engine.offers.offered[call.attempt].numbers
            for other in self.up():
                if set(self.numbers[other]) & set(mine):
                    self.wrong.append(f"{call.number} is called while {self.numbers[other]} is up")
            since = self.small.clock.now() - self.ended.get(call.number, -1e9)
            if since < PAUSE_S:
                self.wrong.append(f"{call.number} is called again after {since} s")
            self.numbers[call.attempt] = mine
            self.place([call])

    def up(self) -> list[str]:
        return [channel for channel in self.small.switch.channels if channel in self.numbers]

    async def happen(self, what: str, value: Any) -> None:
        up = self.up()
        if what == "pass":
            await self.small.pass_s(value)
        elif what == "crash":
            await self.crash(ending=value)
        elif what == "dial":
            await self.small.control.agent_dial("rep1", "silver", None, NUMBERS[value])
        elif up and what == "end":
            self.gone(up[value % len(up)])
            self.small.switch.end(up[value % len(up)], cause=19)
        elif up and what == "answer":
            await self.answer(up[value % len(up)])

    def gone(self, attempt: str) -> None:
        number = next(c.number for c in self.small.switch.placed if c.attempt == attempt)
        self.ended[number] = self.small.clock.now()

    async def answer(self, attempt: str) -> None:
        if self.small.state_of(attempt) != "down":
            return
        self.small.switch.answer(attempt)
        await self.small.pass_s(0.1)
        leg = dict(self.small.switch.routed).get(attempt, "")
        if leg.startswith("leg-") and self.small.state_of(attempt) == "up":
            self.small.switch.bridge(attempt, leg)

    async def crash(self, *, ending: bool) -> None:
        """`ending`: a call ends while no engine is there."""
        before = self.small
        await before.crash()
        switch, up = before.switch, self.up()
        switch.is_closed = False
        if ending and up:
            now = before.clock.now()
            self.gone(up[0])
            del switch.channels[up[0]]
            switch.rows[up[0]] = LedgerRow(up[0], now - 1, None, now, "NO ANSWER", 19)
        self.small = SmallEngine(store=before.store, switch=switch, plan=LISTS, calling=CALLING)
        await self.small.__aenter__()


async def give(small: SmallEngine, campaign: str, *leads: list[str]) -> str:
    """Leads of these numbers, due at once; the id of the first."""
    known = small.engine.campaigns.get(campaign)
    new = [NewLead(numbers=[LeadNumber(number) for number in numbers]) for numbers in leads]
    added = await small.store.leads.add(known.id if known else campaign, new, now=small.clock.now())
    return added.lead_ids[0] if added.lead_ids else ""
