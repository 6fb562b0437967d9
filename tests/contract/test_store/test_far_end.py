"""What the far end's answer leaves in the store: the code, and the number's fate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.ports.figures import CallerFigures
from dialer.ports.store import Campaign, ClosedAttempt, Lead, LeadNext, NewAttempt, NewLead, Store
from dialer.words import LeadState

NOW = 1_800_000_000.0


@pytest.fixture
async def called(
    store: Store,
    campaign: Campaign,
    new_lead: Callable[..., NewLead],
    attempt_on: Callable[..., NewAttempt],
) -> Lead:
    """A lead of two numbers; an attempt on the first is open."""
    await store.leads.add(campaign.id, [new_lead("+12025550001", "+13035550001")], now=NOW)
    [lead] = await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    await store.attempts.open([attempt_on(lead)])
    return lead


def refused(next_: LeadNext, code: int | None = 603) -> ClosedAttempt:
    return ClosedAttempt(
        attempt_id="A1",
        ended_at=NOW + 20,
        outcome="refused",
        lead=next_,
        hangup_cause=21,
        hangup_by="callee",
        sip_code=code,
    )


@pytest.mark.parametrize("code", [603, None])
async def test_the_code_is_in_the_record(store: Store, called: Lead, code: int | None) -> None:
    await store.attempts.close([refused(LeadNext(LeadState.RETRY, NOW + 60), code)])

    record = await store.attempts.get("A1")
    assert record is not None
    assert (record.outcome, record.sip_code) == ("refused", code)


async def test_a_number_that_was_declined_is_known_as_such_and_only_that_one(
    store: Store, second: Store, called: Lead
) -> None:
    next_ = LeadNext(LeadState.RETRY, NOW + 60, number_declined=True)
    await store.attempts.close([refused(next_)])

    lead = await second.leads.get(called.id)
    assert lead is not None
    assert [(n.declined, n.dead) for n in lead.numbers] == [(True, False), (False, False)]
    [claimed] = await second.leads.claim(lead.campaign_id, 1, now=NOW + 61, claim_id="C")
    assert [n.declined for n in claimed.numbers] == [True, False]


async def test_an_unwanted_call_puts_its_number_on_the_list_with_the_record(
    store: Store, second: Store, called: Lead
) -> None:
    next_ = LeadNext(LeadState.DNC, NOW, number_unwanted=True)
    await store.attempts.close([refused(next_, 607)])

    found = await second.dnc.check(["+12025550001", "+13035550001"], now=NOW + 21)
    assert list(found) == ["+12025550001"]
    entry = found["+12025550001"]
    assert (entry.source, entry.added_at, entry.expires_at) == ("network", NOW + 20, None)
    assert "607" in entry.reason
    lead = await second.leads.get(called.id)
    assert lead is not None
    assert lead.state is LeadState.DNC


async def test_each_of_our_numbers_shows_how_its_calls_fare(
    store: Store,
    campaign: Campaign,
    new_lead: Callable[..., NewLead],
    attempt_on: Callable[..., NewAttempt],
) -> None:
    ends = [
        ("+1", "refused", 608, "network"), ("+1", "refused", 603, "network"),
        ("+1", "refused", 603, "callee"), ("+1", "refused", 607, "callee"),
        ("+2", "busy", 486, "callee"), ("+2", "connected", None, "callee"),
    ]  # fmt: skip
    await store.leads.add(campaign.id, [new_lead(f"+4930{i}") for i in range(7)], now=NOW)
    leads = await store.leads.claim(campaign.id, 7, now=NOW, claim_id="C")
    for i, (shown, outcome, code, by) in enumerate(ends):
        await store.attempts.open([attempt_on(leads[i], f"A{i}", caller_id=shown)])
        answered_at = NOW + 1 if outcome == "connected" else None
        end = ClosedAttempt(
            attempt_id=f"A{i}", ended_at=NOW + i, outcome=outcome, sip_code=code, hangup_by=by,
            lead=LeadNext(LeadState.DONE), answered_at=answered_at,
        )  # type: ignore[arg-type]  # fmt: skip
        await store.attempts.close([end])
    await store.attempts.open([attempt_on(leads[6], "A6", caller_id="+3")])

    first, second = await store.figures.callers(since=NOW)
    assert first == CallerFigures(
        caller_id="+1", calls=4, answered=0, blocked=2, declined=1, unwanted=1,
        last_blocked_at=NOW + 1,
    )  # fmt: skip
    assert (second.caller_id, second.calls, second.answered, second.blocked) == ("+2", 2, 1, 0)
    assert second.last_blocked_at is None
    [call] = await store.figures.unwanted(campaign.id, since=NOW)
    assert (call.attempt_id, call.number, call.caller_id, call.at) == (
        "A3",
        "+49303",
        "+1",
        NOW + 3,
    )
    assert await store.figures.unwanted(campaign.id, since=NOW + 4) == []
    assert await store.figures.callers(since=NOW + 100) == []
