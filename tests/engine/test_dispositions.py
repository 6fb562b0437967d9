"""What a rep says came of a call decides what becomes of the lead, and of its number."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from dialer.floor import AgentState, CampaignRules
from dialer.ports.store import Lead, StoreError, StoreFullError
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.kit.small_engine import PLAN, SmallEngine


async def finished(
    small: SmallEngine, disposition: str, call_back_at: float | None = None
) -> tuple[str, Lead]:
    """One call, ended by the callee, with this disposition: (attempt, the lead as it is then)."""
    await small.work()
    attempt, _ = await small.talk()
    small.switch.end(attempt)
    await small.pass_s(1)
    (rep,) = [r for r in small.reps if small.agent_state(r) is AgentState.WRAPUP]
    assert await small.control.agent_finish(rep, disposition, call_back_at=call_back_at) is None
    await small.pass_s(1)
    record = await small.store.attempts.get(attempt)
    assert record is not None
    assert record.disposition == disposition
    lead = await small.store.leads.get(record.lead_id)
    assert lead is not None
    return attempt, lead


@virtual_time
async def test_who_asks_not_to_be_called_is_never_called_again_by_any_campaign() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        _, lead = await finished(small, "dnc")
        number = lead.numbers[0].number
        assert lead.state is LeadState.DNC
        (entry,) = (await small.store.dnc.check([number], now=small.clock.now())).values()
        assert (entry.reason, entry.source, entry.expires_at) == ("dnc", "rep", None)
        await small.pass_s(2 * 3600)
        assert len(small.switch.placed) == 1


@virtual_time
async def test_a_wrong_number_is_dead() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        _, lead = await finished(small, "wrong_number")
        assert lead.state is LeadState.DEAD
        assert await small.store.dnc.count() == 0


@virtual_time
async def test_a_callback_is_called_at_its_time_and_reaches_the_same_rep() -> None:
    async with SmallEngine(leads=1, reps=2) as small:
        at = small.clock.now() + 3600
        attempt, lead = await finished(small, "callback", call_back_at=at)
        first = await small.store.attempts.get(attempt)
        assert first is not None
        assert (lead.state, lead.owner, lead.next_call_at) == (LeadState.RETRY, first.agent, at)
        await small.pass_s(3500)
        assert len(small.switch.placed) == 1
        await small.until(lambda: len(small.switch.placed) == 2, within_s=200)
        again, _ = await small.talk()
        assert small.floor.attempts[again].agent == first.agent, "the other one was idle longer"


@virtual_time
async def test_a_callback_without_a_time_waits_as_the_rule_says() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        _, lead = await finished(small, "callback")
        assert lead.next_call_at == pytest.approx(small.clock.now() + 86_400, abs=2)
        assert lead.priority == 90


@virtual_time
async def test_a_disposition_without_a_rule_leaves_the_lead_as_the_call_left_it() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        _, lead = await finished(small, "sale", call_back_at=small.clock.now() + 60)
        assert (lead.state, lead.owner) == (LeadState.DONE, None)


@virtual_time
async def test_a_sticky_campaign_keeps_its_leads_with_the_rep_they_talked_to() -> None:
    rules = CampaignRules(wrapup_limit=5.0, sticky=True)
    plan = replace(PLAN, campaigns=(replace(PLAN.campaigns[0], rules=rules),))
    async with SmallEngine(leads=1, reps=2, plan=plan) as small:
        attempt, lead = await finished(small, "sale")
        record = await small.store.attempts.get(attempt)
        assert record is not None
        assert lead.owner == record.agent is not None


@virtual_time
async def test_a_disposition_waits_for_a_store_that_fails() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        await small.work()
        attempt, _ = await small.talk()
        write, failures = small.store.attempts.wrapup, 3

        async def fail(*args: Any, **kwargs: Any) -> bool:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise StoreError("the disk is full")
            return await write(*args, **kwargs)

        small.store.attempts.wrapup = fail  # type: ignore[method-assign]
        small.switch.end(attempt)
        await small.pass_s(1)
        assert await small.control.agent_finish("rep1", "dnc") is None
        await small.pass_s(20)
        assert await small.lead_states() == {"dnc": 1}
        assert await small.store.dnc.count() == 1


@virtual_time
async def test_what_a_rep_says_while_the_disk_is_full_is_written_when_there_is_room() -> None:
    """A store without room answers whatever is only read: that is no reason to set it aside."""
    async with SmallEngine(leads=1, reps=1) as small:
        await small.work()
        attempt, _ = await small.talk()
        write, is_full = small.store.attempts.wrapup, True

        async def fail(*args: Any, **kwargs: Any) -> bool:
            if is_full:
                raise StoreFullError("database: database or disk is full; make room on its disk")
            return await write(*args, **kwargs)

        small.store.attempts.wrapup = fail  # type: ignore[method-assign]
        small.switch.end(attempt)
        await small.pass_s(1)
        assert await small.control.agent_finish("rep1", "sale") is None
        await small.pass_s(600)
        assert "make room" in small.engine.records.fault
        is_full = False
        await small.pass_s(10)
        record = await small.store.attempts.get(attempt)
        assert record is not None
        assert record.disposition == "sale"
        assert small.engine.records.fault == ""


@virtual_time
async def test_a_word_that_comes_after_the_wrap_up_time_still_counts_once() -> None:
    short = replace(PLAN.campaigns[0].rules, wrapup_limit=2.0)
    plan = replace(PLAN, campaigns=(replace(PLAN.campaigns[0], rules=short), *PLAN.campaigns[1:]))
    async with SmallEngine(leads=1, reps=1, plan=plan) as small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.end(attempt)
        await small.pass_s(5)
        rep = small.reps[0]
        assert small.agent_state(rep) is AgentState.READY
        assert await small.control.agent_finish(rep, "wrong_number") is None
        refusal = await small.control.agent_finish(rep, "sale")
        await small.pass_s(1)
        record = await small.store.attempts.get(attempt)

    assert refusal is not None
    assert refusal.slug == "not-now"
    assert record is not None
    assert record.disposition == "wrong_number"
    assert record.wrapup_seconds == pytest.approx(2.0, abs=0.1)
