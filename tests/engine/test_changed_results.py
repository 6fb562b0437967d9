"""A rep says something else of a call: what was said first is undone, within its time."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.memory.store import InMemoryStore
from dialer.memory.tables import Tables
from dialer.ports.cdr import Cdr
from dialer.ports.control import Refusal
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Said
from dialer.sim.virtual_time import virtual_time
from dialer.words import LeadState
from tests.engine.test_restart import crash
from tests.kit.small_engine import SmallEngine


async def said(small: SmallEngine, disposition: str, call_back_in: float | None = None) -> str:
    """rep1 has talked, and said this of it."""
    await small.work()
    attempt, _ = await small.talk()
    await small.control.campaign_pause("gold")
    small.switch.end(attempt)
    await small.pass_s(2)
    at = None if call_back_in is None else small.clock.now() + call_back_in
    await small.control.agent_finish("rep1", disposition, call_back_at=at)
    await small.pass_s(1)
    return attempt


async def correct(small: SmallEngine, attempt: str, was: str, now: str) -> Refusal | None:
    return await small.control.agent_correct("rep1", attempt, now, was=was)


def tables_of(small: SmallEngine) -> Tables:
    assert isinstance(small.store, InMemoryStore)
    tables = small.store.attempts._t
    assert isinstance(tables, Tables)
    return tables


async def state_of(small: SmallEngine, attempt: str) -> tuple[str | None, LeadState]:
    record = await small.store.attempts.get(attempt)
    assert isinstance(record, Cdr)
    lead = await small.store.leads.get(record.lead_id)
    assert lead is not None
    return record.disposition, lead.state


@virtual_time
async def test_another_result_moves_the_lead_as_if_it_had_been_the_first() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "wrong_number")
        assert await state_of(small, attempt) == ("wrong_number", LeadState.DEAD)

        assert await correct(small, attempt, "wrong_number", "sale") is None

        assert await state_of(small, attempt) == ("sale", LeadState.DONE)
        assert await correct(small, attempt, "wrong_number", "sale") is None, "said twice"


@virtual_time
async def test_a_callback_that_was_agreed_on_goes_with_its_result() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "callback", call_back_in=7200)
        record = await small.store.attempts.get(attempt)
        assert record is not None
        assert await small.store.callbacks.of_lead(record.lead_id) is not None

        assert await correct(small, attempt, "callback", "not_interested") is None

        assert await small.store.callbacks.of_lead(record.lead_id) is None
        assert await state_of(small, attempt) == ("not_interested", LeadState.DONE)


@virtual_time
async def test_a_wish_not_to_be_called_is_not_taken_back_at_the_desk() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "dnc")

        refusal = await correct(small, attempt, "dnc", "sale")

        assert refusal is not None
        assert refusal.slug == "do-not-call-stays"
        assert await state_of(small, attempt) == ("dnc", LeadState.DNC)


@virtual_time
async def test_a_wish_not_to_be_called_that_is_said_late_counts() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "sale")
        number = small.switch.placed[0].number

        assert await correct(small, attempt, "sale", "dnc") is None

        assert await small.store.dnc.check([number], now=small.clock.now())


@virtual_time
async def test_after_its_time_only_others_change_it_and_nobody_what_was_changed_meanwhile() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "wrong_number")
        stale = await correct(small, attempt, "no_answer", "sale")
        await small.pass_s(3601)
        late = await correct(small, attempt, "wrong_number", "sale")
        by_boss = await small.control.agent_correct(
            "rep1", attempt, "sale", was="wrong_number", at_any_time=True
        )

        assert (stale and stale.slug, late and late.slug) == ("changed-since", "too-late-to-change")
        assert by_boss is None
        assert (await state_of(small, attempt))[0] == "sale"


@virtual_time
async def test_the_group_that_figures_count_by_follows_also_for_a_lead_called_since() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "sale")
        record = await small.store.attempts.get(attempt)
        assert record is not None
        call = tables_of(small).calls[attempt]
        assert call.result_group == "sale"
        lead = tables_of(small).leads[record.lead_id]
        called_since = replace(lead, last_call_at=small.clock.now() + 60)
        tables_of(small).leads[record.lead_id] = called_since

        assert await correct(small, attempt, "sale", "wrong_number") is None

        assert call.result_group == "no_contact"
        assert tables_of(small).leads[record.lead_id] == called_since, "its newer call decides"


@virtual_time
async def test_who_corrected_a_result_and_why_is_kept_with_the_call() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        attempt = await said(small, "sale")
        by = Said("boss", "heard it: no order")
        await small.control.agent_correct(
            "rep1", attempt, "wrong_number", was="sale", at_any_time=True, by=by
        )

        behind = await small.store.past_calls.behind(attempt, EVERYTHING)

    assert behind is not None
    assert [(it.who, it.before, it.disposition, it.why) for it in behind.results] == [
        ("rep1", None, "sale", ""), ("boss", "sale", "wrong_number", "heard it: no order"),
    ]  # fmt: skip


@virtual_time
async def test_a_talk_that_went_on_over_a_restart_has_lasted_since_its_beginning() -> None:
    first = SmallEngine(leads=1, reps=1)
    async with first:
        await first.work()
        await first.talk()
        await first.pass_s(600)
        began = first.view_of("rep1").since
        await crash(first)
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch) as second:
        await second.pass_s(2)
        after = second.view_of("rep1")
        assert after.state == "talking"
        assert abs(after.since - began) < 2.0
