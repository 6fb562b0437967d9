"""What a rep has to say of a call outlives the engine; and a call nobody speaks of is noted so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from dialer.floor import AgentState, CampaignRules
from dialer.floor.commands import NoteWrapup
from dialer.ports.cdr import Cdr
from dialer.ports.desk import NO_DISPOSITION
from dialer.ports.store import StoreError
from dialer.ports.switch import LedgerRow
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.kit.small_engine import PLAN, SmallEngine

REQUIRED = replace(
    PLAN,
    campaigns=tuple(
        replace(it, rules=CampaignRules(wrapup_limit=60.0), disposition_required=True)
        for it in PLAN.campaigns
    ),
)
WRAPUP = AgentState.WRAPUP


async def in_wrapup(small: SmallEngine) -> str:
    """rep1 has talked, and writes the call up."""
    await small.work()
    attempt, _ = await small.talk()
    await small.control.campaign_pause("gold")
    small.switch.end(attempt)
    await small.pass_s(2)
    assert small.agent_state("rep1") is WRAPUP
    return attempt


def again(first: SmallEngine, **options: Any) -> SmallEngine:
    first.switch.is_closed = False
    return SmallEngine(store=first.store, switch=first.switch, plan=REQUIRED, **options)


async def record_of(small: SmallEngine, attempt: str) -> Cdr:
    found = await small.store.attempts.get(attempt)
    assert found is not None
    return found


@virtual_time
async def test_a_rep_whose_engine_died_in_wrapup_is_in_it_again_and_can_say_what_came() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        attempt = await in_wrapup(first)
        await first.crash()
    async with again(first) as small:
        await small.pass_s(1)
        view, desk = small.view_of("rep1"), small.control.desk("rep1")
        assert (view.state, view.wrapup_of) == ("wrapup", attempt)
        assert view.wrapup_ends == pytest.approx(small.clock.now() + 59, abs=1), "the whole time"
        assert desk is not None
        record = await record_of(small, attempt)
        assert (desk.stage, desk.lead, desk.campaign) == ("wrapup", record.lead_id, "gold")

        at = small.clock.now() + 3600
        assert await small.control.agent_finish("rep1", "callback", call_back_at=at) is None
        await small.pass_s(1)

        assert small.agent_state("rep1") is AgentState.READY
        record = await record_of(small, attempt)
        assert record.disposition == "callback"
        lead = await small.store.leads.get(record.lead_id)
        agreed = await small.store.callbacks.of_lead(record.lead_id)
        assert lead is not None
        assert agreed is not None
        assert (lead.state, agreed.due_at) == (LeadState.RETRY, at)


@virtual_time
async def test_a_wrapup_that_was_over_before_the_crash_does_not_come_back() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        attempt = await in_wrapup(first)
        assert await first.control.agent_finish("rep1", "sale") is None
        await first.pass_s(1)
        await first.crash()
    async with again(first) as small:
        await small.pass_s(1)
        assert small.agent_state("rep1") is AgentState.READY
        assert (await record_of(small, attempt)).disposition == "sale"


@virtual_time
async def test_a_talk_that_ended_while_no_engine_was_there_is_written_up_too() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        await first.work()
        attempt, leg = await first.talk()
        await first.control.campaign_pause("gold")
        await first.crash()
    ended(first, attempt, leg)
    async with again(first) as small:
        await small.pass_s(2)
        assert small.view_of("rep1").wrapup_of == attempt
        assert await small.control.agent_finish("rep1", "sale") is None
        await small.pass_s(1)
        record = await record_of(small, attempt)
        assert (record.outcome, record.agent, record.disposition) == ("connected", "rep1", "sale")


@virtual_time
async def test_a_talk_that_ended_unseen_and_whose_rep_is_gone_is_noted_as_without_a_word() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        await first.work()
        attempt, leg = await first.talk()
        await first.control.campaign_pause("gold")
        await first.crash()
    ended(first, attempt, leg)
    await first.store.agents.end_session("rep1")
    async with again(first) as small:
        await small.pass_s(2)
        record = await record_of(small, attempt)
        assert (record.agent, record.disposition) == ("rep1", NO_DISPOSITION)


@virtual_time
async def test_a_wrapup_whose_rep_has_logged_out_meanwhile_is_noted_as_without_a_word() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        attempt = await in_wrapup(first)
        await first.crash()
    await first.store.agents.end_session("rep1")
    async with again(first) as small:
        await small.pass_s(1)
        assert (await record_of(small, attempt)).disposition == NO_DISPOSITION


@virtual_time
async def test_after_two_crashes_the_login_and_the_wrapup_are_still_known() -> None:
    first = SmallEngine(leads=1, reps=1, plan=REQUIRED)
    async with first:
        attempt = await in_wrapup(first)
        (session,) = await first.store.agents.sessions()
        await first.crash()
    second = again(first)
    async with second:
        await second.pass_s(5)
        await second.crash()
    async with again(second) as small:
        await small.pass_s(5)
        assert small.view_of("rep1").wrapup_of == attempt
        (now,) = await small.store.agents.sessions()
        assert now.logged_in_at == session.logged_in_at


@virtual_time
async def test_a_pause_goes_on_after_a_restart_since_when_it_began() -> None:
    first = SmallEngine(reps=1)
    async with first:
        await first.control.agent_login("rep1")
        await first.pass_s(1)
        await first.control.agent_pause("rep1", "lunch")
        since = first.view_of("rep1").since
        await first.pass_s(600)
        await first.crash()
    async with again(first) as small:
        await small.pass_s(1)
        view = small.view_of("rep1")
        assert (view.state, view.reason, view.since) == ("paused", "lunch", since)


@virtual_time
@pytest.mark.parametrize(("asked", "then"), [("pause", "paused"), ("logout", "out")])
async def test_a_rep_who_wanted_to_go_after_the_call_goes_though_the_engine_died_in_it(
    asked: str, then: str
) -> None:
    first = SmallEngine(leads=9, reps=1)
    async with first:
        await first.work()
        attempt, _ = await first.talk()
        if asked == "pause":
            await first.control.agent_pause("rep1", "lunch")
        else:
            await first.control.agent_logout("rep1")
        await first.pass_s(1)
        await first.crash()
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch) as small:
        await small.pass_s(2)
        view = small.view_of("rep1")
        assert (view.state, view.leaving) == ("talking", asked.replace("logout", "out"))
        small.switch.end(attempt)
        await small.pass_s(1)
        assert small.view_of("rep1").state == "wrapup"
        await small.pass_s(6)
        view = small.view_of("rep1")
        assert (view.state, view.reason) == (then, "lunch" if then == "paused" else "")


@virtual_time
async def test_a_rep_who_wanted_to_go_and_whose_call_ended_meanwhile_goes_after_the_wrapup() -> (
    None
):
    first = SmallEngine(leads=9, reps=1)
    async with first:
        await first.work()
        attempt, leg = await first.talk()
        await first.control.agent_pause("rep1", "lunch")
        await first.pass_s(1)
        await first.crash()
    ended(first, attempt, leg)
    async with SmallEngine(store=first.store, switch=first.switch) as small:
        await small.pass_s(1)
        placed = len(small.switch.placed)
        assert small.view_of("rep1").state in {"wrapup", "paused"}
        await small.pass_s(10)
        view = small.view_of("rep1")
        assert (view.state, view.reason) == ("paused", "lunch")
        assert len(small.switch.placed) == placed, "nobody is called for a rep who is gone"


def ended(first: SmallEngine, attempt: str, leg: str) -> None:
    """The callee has hung up while no engine was there; the switch's ledger knows."""
    now = first.clock.now()
    del first.switch.channels[attempt]
    first.switch.park(leg)
    first.switch.rows[attempt] = LedgerRow(
        attempt, now - 30, now - 20, now, "ANSWERED", 16, leg, now - 20
    )


# --- a result that is said later ------------------------------------------------------------------


@virtual_time
async def test_the_result_of_an_older_call_is_kept_at_once_and_moves_its_lead() -> None:
    async with SmallEngine(leads=1, reps=1, plan=REQUIRED) as small:
        attempt = await in_wrapup(small)
        await small.pass_s(61)
        assert (await record_of(small, attempt)).disposition == NO_DISPOSITION
        await small.control.agent_logout("rep1")

        assert await small.control.agent_complete("rep1", attempt, "wrong_number") is None

        record = await record_of(small, attempt)
        lead = await small.store.leads.get(record.lead_id)
        assert lead is not None
        assert (record.disposition, lead.state) == ("wrong_number", LeadState.DEAD)
        twice = await small.control.agent_complete("rep1", attempt, "sale")
        assert twice is not None
        assert twice.slug == "has-result"


@virtual_time
async def test_a_late_result_does_not_move_a_lead_that_was_called_since_unless_it_must() -> None:
    async with SmallEngine(leads=1, reps=1, plan=REQUIRED) as small:
        attempt = await in_wrapup(small)
        await small.pass_s(61)
        lead_id = (await record_of(small, attempt)).lead_id
        assert await small.control.campaign_start("gold") is None
        assert await small.control.agent_dial("rep1", "gold", lead_id, None) is None
        await small.pass_s(1)
        small.switch.end(small.switch.placed[-1].attempt, cause=17)
        await small.pass_s(1)
        before = await small.store.leads.get(lead_id)

        assert await small.control.agent_complete("rep1", attempt, "wrong_number") is None
        assert await small.store.leads.get(lead_id) == before


@virtual_time
async def test_a_late_result_that_forbids_calls_is_obeyed_whatever_happened_since() -> None:
    async with SmallEngine(leads=1, reps=1, plan=REQUIRED) as small:
        attempt = await in_wrapup(small)
        await small.pass_s(61)
        number = small.switch.placed[0].number
        assert await small.control.agent_complete("rep1", attempt, "dnc") is None
        assert await small.store.dnc.check([number], now=small.clock.now())


@virtual_time
async def test_a_blank_is_never_written_over_a_word() -> None:
    async with SmallEngine(leads=1, reps=1, plan=REQUIRED) as small:
        attempt = await in_wrapup(small)
        await small.control.agent_finish("rep1", "sale")
        await small.pass_s(1)
        note = NoteWrapup(attempt=attempt, agent="rep1", wrapup_seconds=9.0, campaign="gold")
        small.engine.outlet.wrapups.note(note, small.clock.now())
        await small.pass_s(1)
        record = await record_of(small, attempt)
        assert (record.disposition, record.wrapup_seconds) == ("sale", 9.0)


@virtual_time
async def test_a_store_that_is_away_is_told_and_the_result_is_not_taken_for_kept() -> None:
    async with SmallEngine(leads=1, reps=1, plan=REQUIRED) as small:
        attempt = await in_wrapup(small)
        await small.pass_s(61)

        async def fail(attempt_id: str) -> Cdr:
            raise StoreError("the disk is full")

        small.store.attempts.get = fail  # type: ignore[assignment]
        refusal = await small.control.agent_complete("rep1", attempt, "sale")
        assert refusal is not None
        assert refusal.slug == "store-failed"
