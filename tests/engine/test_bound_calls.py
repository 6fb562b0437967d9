"""Previews and calls by hand through the whole engine, in virtual time."""

from __future__ import annotations

import pytest

from dialer.floor import AgentState
from dialer.ports.gate import GateRefusal
from dialer.ports.store import LeadNext
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.kit.small_engine import SmallEngine, planned

PREVIEW = planned(mode="preview", preview_limit=20.0)
MANUAL = planned(mode="manual")


async def answered(small: SmallEngine, attempt: str) -> None:
    """The callee of this rep's own call answers, and they talk."""
    small.switch.answer(attempt)
    await small.until(lambda: attempt in dict(small.switch.routed))
    leg = dict(small.switch.routed)[attempt]
    assert leg == small.floor.agents["rep1"].leg, "at once, to the rep who was kept"
    small.switch.bridge(attempt, leg)
    await small.pass_s(1.0)
    assert small.agent_state("rep1") is AgentState.TALKING


# --- preview --------------------------------------------------------------------------------------


@virtual_time
async def test_a_ready_rep_is_shown_a_lead_and_dials_it() -> None:
    async with SmallEngine(leads=3, reps=1, plan=PREVIEW) as small:
        await small.work()
        view, desk = small.view_of("rep1"), small.control.desk("rep1")
        assert (view.state, view.campaign) == ("preview", "gold")
        assert view.preview_ends == pytest.approx(small.clock.now() + 20.0, abs=1.5)
        assert desk is not None
        assert (desk.stage, desk.mode, desk.attempt) == ("preview", "preview", view.attempt)
        assert desk.number.startswith("+1212555"), "known before it is dialed"
        assert small.switch.placed == [], "nothing is called before the rep says so"

        assert await small.control.agent_preview_dial("rep1") is None
        await small.pass_s(0.5)
        (call,) = small.switch.placed
        assert call.attempt == view.attempt
        assert small.view_of("rep1").state == "dialing"
        await answered(small, call.attempt)
        await small.engine.records.drained()
        (opened,) = await small.store.attempts.still_open()
        assert (opened.mode, opened.for_agent) == ("preview", "rep1")


@virtual_time
async def test_when_the_time_to_look_is_over_the_lead_is_dialed() -> None:
    async with SmallEngine(leads=1, reps=1, plan=PREVIEW) as small:
        await small.work()
        await small.pass_s(20.0)

        assert len(small.switch.placed) == 1
        assert small.agent_state("rep1") is AgentState.DIALING


@virtual_time
async def test_a_lead_passed_over_waits_and_the_next_is_shown() -> None:
    async with SmallEngine(leads=2, reps=1, plan=PREVIEW) as small:
        await small.work()
        first = small.control.desk("rep1")
        assert first is not None
        assert await small.control.agent_preview_skip("rep1", "rang yesterday") is None
        second = small.control.desk("rep1")
        await small.engine.records.drained()

        assert second is not None
        assert second.lead != first.lead
        lead = await small.store.leads.get(first.lead)
        assert lead is not None
        assert lead.state in {LeadState.NEW, LeadState.RETRY}
        assert lead.next_call_at == pytest.approx(small.clock.now() + 1800.0, abs=5.0)
        (note,) = await small.store.notes.of_lead(first.lead)
        assert (note.kind, note.text, note.who) == ("skip", "rang yesterday", "rep1")


@pytest.mark.parametrize(("cause", "outcome"), [(17, "busy"), (19, "no_answer")])
@virtual_time
async def test_who_does_not_answer_brings_the_next_lead_and_the_reason(
    cause: int, outcome: str
) -> None:
    async with SmallEngine(leads=2, reps=1, plan=PREVIEW) as small:
        await small.work()
        await small.control.agent_preview_dial("rep1")
        await small.pass_s(1.0)
        (call,) = small.switch.placed
        small.switch.end(call.attempt, cause=cause)
        await small.pass_s(1.0)

        view = small.view_of("rep1")
        assert (view.state, view.last_attempt, view.last_outcome) == (
            "preview", call.attempt, outcome,
        )  # fmt: skip
        assert view.attempt != call.attempt


@virtual_time
async def test_a_stopped_campaign_takes_back_what_is_shown() -> None:
    async with SmallEngine(leads=2, reps=1, plan=PREVIEW) as small:
        await small.work()
        assert small.agent_state("rep1") is AgentState.PREVIEW
        await small.control.campaign_pause("gold")
        await small.pass_s(0.5)
        await small.engine.records.drained()

        assert small.agent_state("rep1") is AgentState.READY
        assert await small.dialable() == 2


# --- by hand --------------------------------------------------------------------------------------


@virtual_time
async def test_a_rep_dials_a_lead_from_a_pause_and_returns_to_it() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        await small.control.agent_pause("rep1", "admin")
        (lead,) = await small.lead_ids()
        assert small.switch.placed == [], "a manual campaign calls nobody by itself"

        assert await small.control.agent_dial("rep1", "gold", lead, None) is None
        await small.pass_s(1.0)
        (call,) = small.switch.placed
        await answered(small, call.attempt)
        small.switch.end(call.attempt)
        await small.pass_s(1.0)
        assert small.agent_state("rep1") is AgentState.WRAPUP
        await small.control.agent_finish("rep1", "sale")
        await small.pass_s(1.0)

        assert (small.view_of("rep1").state, small.view_of("rep1").reason) == ("paused", "admin")
        (cdr,) = await small.cdrs()
        assert (cdr.outcome, cdr.agent, cdr.disposition) == ("connected", "rep1", "sale")


@pytest.mark.parametrize("rule", ["dnc", "calling_window", "max_per_day"])
@virtual_time
async def test_the_gate_refuses_a_call_by_hand_in_words(rule: str) -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        (lead,) = await small.lead_ids()
        small.gate.refusals["+12125550000"] = GateRefusal(rule, "not now, and why", None)

        refusal = await small.control.agent_dial("rep1", "gold", lead, None)

        assert refusal is not None
        slug = f"gate-{rule.replace('_', '-')}"
        assert (refusal.slug, refusal.message) == (slug, "not now, and why")
        assert small.switch.placed == []
        assert await small.lead_states() == {"new": 1}, "and nothing has happened to the lead"
        assert small.watcher.blocks[rule] == 1
        assert small.agent_state("rep1") is AgentState.READY


@virtual_time
async def test_a_number_of_nobody_becomes_a_lead_of_the_rep() -> None:
    async with SmallEngine(reps=1, plan=MANUAL) as small:
        await small.work()
        assert await small.control.agent_dial("rep1", "gold", None, "+12125559999") is None
        await small.pass_s(1.0)

        (call,) = small.switch.placed
        lead = await small.store.leads.find(small.campaign_id(), "+12125559999")
        assert (call.number, lead and lead.owner) == ("+12125559999", "rep1")


@virtual_time
async def test_a_lead_that_was_done_is_done_again_when_nobody_answers() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        (lead,) = await small.lead_ids()
        await small.store.leads.set_next(lead, LeadNext(LeadState.DONE, 1.0))
        assert await small.control.agent_dial("rep1", "gold", lead, None) is None
        await small.pass_s(1.0)
        small.switch.end(small.switch.placed[0].attempt, cause=19)
        await small.pass_s(1.0)
        await small.engine.records.drained()

        assert await small.lead_states() == {"done": 1}


@virtual_time
async def test_the_rep_gives_up_while_it_rings() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        (lead,) = await small.lead_ids()
        await small.control.agent_dial("rep1", "gold", lead, None)
        await small.pass_s(1.0)
        (call,) = small.switch.placed
        assert await small.control.agent_hangup("rep1") is None
        small.switch.end(call.attempt, cause=16, by="dialer")
        await small.pass_s(1.0)
        await small.engine.records.drained()

        assert call.attempt in small.switch.hung_up
        (cdr,) = await small.cdrs()
        assert (cdr.outcome, cdr.hangup_by) == ("cancelled", "agent")
        assert small.agent_state("rep1") is AgentState.READY


@virtual_time
async def test_nobody_dials_in_a_call_or_a_lead_that_is_in_one() -> None:
    async with SmallEngine(leads=1, reps=2, plan=MANUAL) as small:
        await small.work()
        (lead,) = await small.lead_ids()
        await small.control.agent_dial("rep1", "gold", lead, None)
        again = await small.control.agent_dial("rep1", "gold", lead, None)
        other = await small.control.agent_dial("rep2", "gold", lead, None)
        strange = await small.control.agent_dial("rep2", "iron", lead, None)

        slugs = [it.slug for it in (again, other, strange) if it is not None]
        assert slugs == ["not-now", "lead-taken", "no-such-campaign"]


@virtual_time
async def test_a_call_for_one_rep_counts_in_no_abandon_window() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        (lead,) = await small.lead_ids()
        await small.control.agent_dial("rep1", "gold", lead, None)
        await small.pass_s(1.0)
        await answered(small, small.switch.placed[0].attempt)

        def state() -> tuple[int, int]:
            windows = small.engine.windows
            plans, now = small.engine.plans.campaigns, small.clock.now()
            (window,) = windows.states(plans, small.floor, now)
            return window.answered, window.abandoned

        assert state() == (0, 0)
        small.switch.end(small.switch.placed[0].attempt)
        await small.pass_s(1.0)
        assert state() == (0, 0)


@virtual_time
async def test_a_number_of_nobody_that_was_refused_is_not_left_to_the_pacer() -> None:
    async with SmallEngine(reps=1) as small:
        await small.work()
        small.gate.refusals = {"+12125559999": GateRefusal("calling_window", "too early")}
        refusal = await small.control.agent_dial("rep1", "gold", None, "+12125559999")
        assert refusal is not None
        small.gate.refusals = {}
        await small.pass_s(300.0)

        assert small.switch.placed == []
        assert await small.lead_states() == {"done": 1}
