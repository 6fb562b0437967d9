"""What the far end's answer leaves in the store: the code, and the number's fate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.ports.store import (
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    LeadState,
    NewAttempt,
    NewLead,
    Store,
)

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
