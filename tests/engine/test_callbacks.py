"""Callbacks, and what a rep's day is made of, through the whole engine, in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from dialer.floor import AgentState
from dialer.ports.desk import Callback, WorkTime
from dialer.ports.gate import GateRefusal
from dialer.ports.store import LeadNext
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.kit.small_engine import PLAN, SmallEngine, planned

GRACE_S = 300.0
MANUAL = planned(mode="manual")


# --- callbacks ------------------------------------------------------------------------------------


async def agree(
    small: SmallEngine, lead: str, after_s: float, owner: str | None = "rep1"
) -> Callback:
    """A callback in so many seconds, as a rep agrees on it."""
    now = small.clock.now()
    due = now + after_s
    callback = Callback(
        id="CB", campaign_id=small.campaign_id(), lead_id=lead, attempt_id=None, made_by="rep1",
        owner=owner, due_at=due, created_at=now, try_at=due,
    )  # fmt: skip
    at = due + (GRACE_S if owner else 0.0)
    await small.store.callbacks.plan(callback, LeadNext(LeadState.RETRY, at, 90, owner))
    return callback


async def result_of(small: SmallEngine) -> tuple[str | None, str | None]:
    await small.engine.records.drained()
    row = await small.store.callbacks.get("CB")
    assert row is not None
    return row.result, row.outcome


@virtual_time
async def test_a_callback_agreed_in_wrapup_is_called_at_its_time_by_its_rep() -> None:
    async with SmallEngine(leads=1, reps=2, plan=planned()) as small:
        await small.work()
        attempt, _ = await small.talk()
        rep = small.floor.attempts[attempt].agent
        assert rep is not None
        small.switch.end(attempt)
        await small.pass_s(1.0)
        at = small.clock.now() + 120.0
        said = await small.control.agent_finish(rep, "callback", False, at, "me")
        assert said is None
        await small.pass_s(110.0)
        assert len(small.switch.placed) == 1, "not before its time"
        (row,) = await small.store.callbacks.of_agent(rep)
        assert (row.callback.due_at, row.callback.owner) == (at, rep)

        await small.pass_s(12.0)
        second = small.switch.placed[1]
        view = small.view_of(rep)
        assert (view.state, view.attempt) == ("dialing", second.attempt)
        desk = small.control.desk(rep)
        assert desk is not None
        assert desk.mode == "callback"
        small.switch.answer(second.attempt)
        await small.until(lambda: second.attempt in dict(small.switch.routed))
        small.switch.bridge(second.attempt, dict(small.switch.routed)[second.attempt])
        await small.pass_s(1.0)
        assert small.agent_state(rep) is AgentState.TALKING
        small.switch.end(second.attempt)
        await small.pass_s(1.0)
        await small.engine.records.drained()
        (kept,) = [await small.store.callbacks.get(attempt)]
        assert kept is not None
        assert (kept.result, kept.outcome, kept.dialed_as) == ("kept", "connected", second.attempt)


@virtual_time
async def test_a_callback_waits_until_its_rep_is_free() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        await small.control.agent_pause("rep1", "lunch")
        await agree(small, (await small.lead_ids())[0], 10.0)
        await small.pass_s(60.0)
        assert small.switch.placed == []
        assert small.view_of("rep1").up_next == "callback"
        await small.control.agent_ready("rep1")
        await small.pass_s(1.0)

        assert len(small.switch.placed) == 1
        assert small.agent_state("rep1") is AgentState.DIALING


@virtual_time
async def test_when_its_rep_does_not_come_anyone_calls() -> None:
    async with SmallEngine(leads=1, reps=2, plan=planned()) as small:
        await small.work(start=False)
        (lead,) = await small.lead_ids()
        await agree(small, lead, 10.0)
        await small.control.agent_logout("rep1")
        await small.control.campaign_start("gold")
        await small.pass_s(10.0 + GRACE_S - 15.0)
        row = await small.store.callbacks.get("CB")
        assert row is not None
        assert (small.switch.placed, row.why) == ([], "rep-not-here")

        await small.pass_s(20.0)
        (call,) = small.switch.placed
        small.switch.answer(call.attempt)
        await small.until(lambda: call.attempt in dict(small.switch.routed))
        assert dict(small.switch.routed)[call.attempt] == small.floor.agents["rep2"].leg
        small.switch.end(call.attempt)
        await small.pass_s(2.0)
        assert (await result_of(small))[0] == "late"


@virtual_time
async def test_anyones_callback_goes_before_fresh_leads() -> None:
    async with SmallEngine(leads=9, reps=1, plan=planned()) as small:
        await small.work(start=False)
        last = (await small.lead_ids())[-1]
        await agree(small, last, 10.0, owner=None)
        await small.control.campaign_start("gold")
        await small.pass_s(9.0)
        assert last not in {a.lead for a in small.floor.attempts.values()}
        small.switch.end(small.switch.placed[0].attempt, cause=17)
        await small.pass_s(2.5)
        small.switch.end(small.switch.placed[1].attempt, cause=17)
        await small.pass_s(1.0)

        (attempt,) = small.floor.attempts.values()
        assert (attempt.lead, attempt.mode, attempt.bound) == (last, "callback", None)


@virtual_time
async def test_the_gate_rules_over_callbacks_and_the_reason_is_shown() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        until = small.clock.now() + 200.0
        number = "+12125550000"
        small.gate.refusals[number] = GateRefusal("calling_window", "closed", until)
        await agree(small, (await small.lead_ids())[0], 10.0)
        await small.pass_s(15.0)
        row = await small.store.callbacks.get("CB")
        assert row is not None
        assert (row.why, row.try_at, small.switch.placed) == ("calling_window", until, [])

        del small.gate.refusals[number]
        await small.pass_s(200.0)
        assert len(small.switch.placed) == 1


@virtual_time
async def test_a_callback_of_someone_who_wants_no_more_calls_is_dropped() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        small.gate.refusals["+12125550000"] = GateRefusal("dnc", "on the do-not-call list", None)
        await agree(small, (await small.lead_ids())[0], 5.0)
        await small.pass_s(8.0)

        assert await result_of(small) == ("dropped", None)
        assert await small.lead_states() == {"dnc": 1}


@virtual_time
async def test_a_callback_that_nobody_answers_is_kept_all_the_same() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        await agree(small, (await small.lead_ids())[0], 5.0)
        await small.pass_s(7.0)
        small.switch.end(small.switch.placed[0].attempt, cause=19)
        await small.pass_s(1.0)

        assert await result_of(small) == ("kept", "no_answer")
        assert await small.lead_states() == {"retry": 1}


@virtual_time
async def test_a_callback_outlives_a_restart() -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        await small.work()
        await agree(small, (await small.lead_ids())[0], 30.0)
    async with SmallEngine(plan=MANUAL, store=small.store) as again:
        await again.until(lambda: again.floor.agents["rep1"].state is AgentState.READY)
        await again.pass_s(35.0)

        assert len(again.switch.placed) == 1
        assert again.agent_state("rep1") is AgentState.DIALING


# --- the day, and what went wrong -----------------------------------------------------------------


def by_state(times: Sequence[WorkTime]) -> dict[str, float]:
    found: dict[str, float] = {}
    for time in times:
        key = f"{time.state} {time.reason}".strip()
        found[key] = round(found.get(key, 0.0) + time.ended_at - time.began_at, 1)
    return found


@virtual_time
async def test_the_day_of_a_rep_survives_a_restart() -> None:
    async with SmallEngine(leads=1, reps=1, plan=planned(wrapup_limit=60.0)) as small:
        began = small.clock.now()
        await small.work()
        attempt, _ = await small.talk()
        await small.pass_s(29.0)
        small.switch.end(attempt)
        await small.pass_s(10.0)
        await small.control.agent_finish("rep1", "sale", then_pause=True)
        await small.pass_s(20.0)
        await small.control.agent_pause("rep1", "lunch")
        await small.pass_s(40.0)
    times = await small.store.desk.times("rep1", since=began)
    assert by_state(times)["talking"] == pytest.approx(30.0, abs=0.5)
    assert by_state(times)["wrapup"] == pytest.approx(10.0, abs=0.5)
    assert by_state(times)["paused lunch"] == pytest.approx(40.0, abs=0.5)

    async with SmallEngine(plan=planned(), store=small.store) as again:
        await again.pass_s(5.0)
        await again.control.agent_logout("rep1")
        await again.pass_s(1.0)
        await again.engine.records.drained()
        times = await again.store.desk.times("rep1", since=began)
        whole = sum(time.ended_at - time.began_at for time in times)
        assert whole == pytest.approx(again.clock.now() - 1.0 - began, abs=0.5), "without a gap"
        assert list(times) == sorted(times, key=lambda time: time.began_at)


@virtual_time
async def test_a_callee_who_goes_in_the_last_moment_is_told_to_the_rep() -> None:
    async with SmallEngine(leads=1, reps=1, plan=planned()) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt
        small.switch.answer(attempt)
        await small.until(lambda: attempt in dict(small.switch.routed))
        await small.pass_s(0.4)
        small.switch.end(attempt)
        await small.pass_s(1.0)
        await small.engine.records.drained()

        (mishap,) = await small.store.desk.mishaps("rep1", limit=9)
        assert (mishap.slug, mishap.attempt_id) == ("callee-gone", attempt)
        assert mishap.figures["reserved_seconds"] == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("required", [True, False])
@virtual_time
async def test_a_wrapup_that_runs_out_is_told_and_noted_where_a_word_is_required(
    required: bool,
) -> None:
    (gold,) = planned().campaigns
    plan = replace(PLAN, campaigns=(replace(gold, disposition_required=required),))
    async with SmallEngine(leads=1, reps=1, plan=plan) as small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.end(attempt)
        await small.pass_s(1.0)
        silent = await small.control.agent_finish("rep1", None)
        assert (silent is not None and silent.slug) == (required and "disposition-missing")
        await small.pass_s(10.0)
        await small.engine.records.drained()

        (cdr,) = [cdr for cdr in await small.cdrs() if cdr.attempt_id == attempt]
        assert cdr.disposition == ("no-disposition" if required else None)
        mishaps = await small.store.desk.mishaps("rep1", limit=9)
        assert [it.slug for it in mishaps] == (["wrapup-ran-out"] if required else [])

        if required:
            assert await small.control.agent_finish("rep1", "sale") is None, "a late word counts"
            await small.engine.records.drained()
            (cdr,) = [cdr for cdr in await small.cdrs() if cdr.attempt_id == attempt]
            assert cdr.disposition == "sale"


@virtual_time
async def test_a_wish_to_pause_is_seen_in_the_call_and_taken_back() -> None:
    async with SmallEngine(leads=1, reps=1, plan=planned()) as small:
        await small.work()
        await small.talk()
        await small.control.agent_pause("rep1", "lunch")
        view = small.view_of("rep1")
        assert (view.state, view.leaving, view.leaving_reason) == ("talking", "pause", "lunch")
        await small.control.agent_ready("rep1")
        view = small.view_of("rep1")
        assert (view.leaving, view.leaving_reason) == ("", "")


@virtual_time
@pytest.mark.parametrize("owner", ["rep1", None])
async def test_a_callback_that_the_carrier_did_not_take_is_still_to_be_made(
    owner: str | None,
) -> None:
    async with SmallEngine(leads=1, reps=1, plan=MANUAL) as small:
        (lead,) = await small.lead_ids()
        await agree(small, lead, 30.0, owner)
        await small.work()
        await small.until(lambda: small.switch.placed, 60.0)
        first = small.switch.placed[0]
        small.switch.end(first.attempt, 34, "callee", 503)
        await small.pass_s(2.0)
        assert await result_of(small) == (None, None)
        row = await small.store.callbacks.get("CB")
        assert row is not None
        assert row.why == "trunk"
        assert row.try_at == pytest.approx(small.clock.now() + 60.0, abs=5.0)
        kept = await small.store.leads.get(lead)
        assert kept is not None
        assert (kept.state, kept.owner, kept.attempts) == (LeadState.RETRY, owner, 0)

        await small.until(lambda: len(small.switch.placed) == 2, 120.0)
        second = small.switch.placed[1]
        small.switch.end(second.attempt, 17, "callee", 486)
        await small.pass_s(2.0)
        assert (await result_of(small))[1] == "busy"
