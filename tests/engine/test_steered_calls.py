"""Conversations steered through the engine: numbers, lines, the gate, and a restart in between."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.engine.call_control import EngineCallControl
from dialer.engine.plans import EnginePlan, TrunkPlan
from dialer.engine.views import activity_of, held_by
from dialer.floor import AgentState, Phase
from dialer.floor.events import PhoneRegistered, RouteAskedAgain
from dialer.ports.calls import TransferTo
from dialer.ports.gate import GateRefusal
from dialer.ports.switch import LiveChannel
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine
from tests.kit.switch import FakeSwitch

BILLING, STRANGER = "+12125550100", "+12125550177"
OWN = EnginePlan(
    pools=PLAN.pools,
    campaigns=tuple(
        replace(c, transfer_numbers={"Billing": BILLING}, record=True) for c in PLAN.campaigns
    ),
    trunks=(TrunkPlan("carrier", max_lines=2, caller_ids=("+12125550199",)),),
)


async def begin(small: SmallEngine) -> tuple[EngineCallControl, str, str, str]:
    """One call is talking: the control, the attempt, the rep and the leg."""
    await small.work()
    attempt, leg = await small.talk()
    rep = small.floor.attempts[attempt].agent
    assert rep is not None
    return EngineCallControl(small.engine), attempt, rep, leg


async def answer_holds(small: SmallEngine, attempt: str) -> None:
    """The dialplan does as told: with the tone on it asks again."""
    await small.until(lambda: (attempt, "hold") in [(a, to[:4]) for a, to in small.switch.routed])
    small.switch.ask_again(attempt, "held")
    await small.pass_s(0.1)


@virtual_time
async def test_a_callee_is_held_and_fetched_back() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        calls, attempt, rep, leg = await begin(small)
        assert await calls.hold(rep) is None
        await answer_holds(small, attempt)
        assert held_by(small.floor.attempts[attempt]) == "agent"
        refusal = await calls.hold(rep)
        assert refusal is not None
        assert refusal.message == "rep1 cannot put the callee on hold: the callee is on hold"
        assert await calls.resume(rep) is None
        assert small.switch.routed[-1] == (attempt, leg)


@virtual_time
async def test_a_campaigns_own_number_is_called_by_its_name_with_a_line_and_no_attempt() -> None:
    async with SmallEngine(leads=1, reps=1, plan=OWN) as small:
        calls, attempt, rep, _ = await begin(small)
        assert await calls.transfer(rep, TransferTo("number", "Billing"), warm=True) is None
        (outside,) = small.switch.outside
        assert (outside.number, outside.caller_id, outside.trunk) == (
            BILLING, "+12125550199", "carrier",
        )  # fmt: skip
        assert small.engine.trunks.holds(outside.leg)
        assert small.engine.trunks.lines(["carrier"], 0, now=0.0) == 0
        assert set(small.floor.attempts) == {attempt}
        assert [p.number for p in small.switch.placed] == [small.switch.placed[0].number]
        assert BILLING not in repr(small.floor)

        small.switch.lose(outside.leg)
        await small.engine.records.drained()
        steps = await small.store.call_steps.of_attempt(attempt)
        assert [(it.what, it.label) for it in steps] == [
            ("asked_in", "Billing"),
            ("party_left", "Billing"),
        ]
        assert not small.engine.trunks.holds(outside.leg)


@virtual_time
async def test_without_a_line_nobody_outside_is_called_and_the_callee_is_not_lost() -> None:
    narrow = replace(OWN, trunks=(replace(OWN.trunks[0], max_lines=1),))
    async with SmallEngine(leads=1, reps=1, plan=narrow) as small:
        calls, attempt, rep, leg = await begin(small)
        assert await calls.transfer(rep, TransferTo("number", "Billing"), warm=True) is None
        await answer_holds(small, attempt)
        assert small.switch.outside == []
        assert small.floor.attempts[attempt].party is None
        assert await calls.resume(rep) is None
        assert small.switch.routed[-1] == (attempt, leg)


@virtual_time
async def test_another_number_needs_the_right_a_number_and_the_gates_consent() -> None:
    async with SmallEngine(leads=1, reps=1, plan=OWN) as small:
        calls, _, rep, _ = await begin(small)

        async def slug(value: str, *, any_number: bool = True) -> str:
            refusal = await calls.transfer(
                rep, TransferTo("number", value), warm=True, any_number=any_number
            )
            return "" if refusal is None else refusal.slug

        assert await slug(STRANGER, any_number=False) == "number-not-offered"
        for nonsense in ("", "123", "+1 212 555 0177", "sip:x@y", "+12125550177,1", "+0123456789"):
            assert await slug(nonsense) == "invalid-number"
        for costly in ("+19005550123", "+979123456789", "+881612345678"):
            assert await slug(costly) == "costly-number"
        small.gate.refusals = {STRANGER: GateRefusal("dnc", "on the do-not-call list")}
        assert await slug(STRANGER) == "gate-dnc"
        assert small.switch.outside == []
        assert small.engine.outlet.outside == {}


@virtual_time
async def test_a_phone_that_registers_is_called_before_its_next_try() -> None:
    async with SmallEngine(leads=0, reps=1) as small:
        await small.work(start=False)
        small.switch.answer_phones = False
        leg = small.floor.agents["rep1"].leg
        assert leg is not None
        small.switch.lose(leg)
        await small.pass_s(0.6)
        for _ in range(3):
            small.switch.lose(small.switch.phones[-1].leg)
            await small.pass_s(0.01)
        called = len(small.switch.phones)
        small.switch.tell(PhoneRegistered("sip-rep1"))
        small.switch.tell(PhoneRegistered("sip-nobody"))
        await small.pass_s(0.01)
        assert len(small.switch.phones) == called + 1


# --- a new engine ---------------------------------------------------------------------------------


async def crash(small: SmallEngine) -> FakeSwitch:
    """As SIGKILL does: nothing is written any more, no order goes out."""
    from dialer.tasks import stop

    engine, switch = small.engine, small.switch
    switch._listener = None
    await stop(*engine._tasks, engine.placer._task, engine.records._task, engine.reconciler._soon)
    for runner in engine.runners.values():
        runner.stop()
    switch.is_closed = True
    return switch


@virtual_time
async def test_after_a_crash_a_callee_on_hold_is_still_the_reps() -> None:
    first = SmallEngine(leads=1, reps=1)
    async with first:
        calls, attempt, rep, leg = await begin(first)
        talked_at = first.clock.now()
        assert await calls.hold(rep) is None
        await answer_holds(first, attempt)
        switch = await crash(first)
    switch.is_closed = False
    async with SmallEngine(store=first.store, switch=switch) as second:
        # The dialplan asks every second for as long as the hold lasts.
        switch.asking.add(attempt)
        switch.tell(RouteAskedAgain(attempt, second.clock.now(), "held", leg, talked_at))
        await second.pass_s(2.0)
        found = second.floor.attempts[attempt]
        assert (found.phase, found.agent, held_by(found)) == (Phase.HELD, rep, "agent")
        assert activity_of(found, second.floor.agents[rep]) == "hold"
        assert await EngineCallControl(second.engine).resume(rep) is None
        assert switch.routed[-1] == (attempt, leg)
        switch.bridge(attempt, leg)
        await second.pass_s(1.0)
        switch.end(attempt)
        await second.pass_s(1.0)
        (cdr,) = await second.cdrs()
        assert (cdr.outcome, cdr.agent) == ("connected", rep)


@virtual_time
async def test_after_a_crash_nobody_outside_is_left_on_the_line() -> None:
    first = SmallEngine(leads=1, reps=1, plan=OWN)
    async with first:
        calls, attempt, rep, leg = await begin(first)
        assert await calls.transfer(rep, TransferTo("number", "Billing"), warm=True) is None
        await answer_holds(first, attempt)
        (outside,) = first.switch.outside
        switch = await crash(first)
    switch.channels[outside.leg] = LiveChannel(outside.leg, "up", parked=True)
    switch.channels[leg] = LiveChannel(leg, "up", parked=True)
    switch.is_closed = False
    async with SmallEngine(store=first.store, switch=switch, plan=OWN) as second:
        await second.pass_s(4.0)
        assert outside.leg in switch.hung_up


@virtual_time
async def test_after_a_crash_three_talk_on_and_are_parted_when_the_callee_leaves() -> None:
    first = SmallEngine(leads=1, reps=2)
    async with first:
        _, attempt, rep, leg = await begin(first)
        other = next(a for a in first.floor.agents.values() if a.agent != rep)
        assert other.leg is not None
        switch = await crash(first)
    switch.channels[other.leg] = LiveChannel(other.leg, "up", peer=attempt)
    switch.is_closed = False
    async with SmallEngine(store=first.store, switch=switch) as second:
        await second.pass_s(4.0)
        assert second.floor.attempts[attempt].agent == rep
        # The callee goes; the switch leaves the two legs in their bridge.
        switch.channels.pop(attempt)
        switch.channels[leg] = LiveChannel(leg, "up", beside=other.leg)
        switch.channels[other.leg] = LiveChannel(other.leg, "up", beside=leg)
        switch.end(attempt)
        await second.pass_s(20.0)
        assert {second.agent_state(rep), second.agent_state(other.agent)} == {AgentState.READY}
        assert ("aside", leg) in switch.controls or ("aside", other.leg) in switch.controls


@virtual_time
async def test_a_line_to_somebody_outside_is_free_again_when_their_end_was_missed() -> None:
    async with SmallEngine(leads=1, reps=1, plan=OWN) as small:
        calls, attempt, rep, _ = await begin(small)
        assert await calls.transfer(rep, TransferTo("number", "Billing"), warm=True) is None
        await answer_holds(small, attempt)
        (outside,) = small.switch.outside
        small.switch.channels.pop(outside.leg, None)
        small.switch.go_down()
        await small.pass_s(0.1)
        await small.switch.come_up()
        await small.pass_s(0.1)
        assert small.floor.attempts[attempt].party is None
        assert not small.engine.trunks.holds(outside.leg)
