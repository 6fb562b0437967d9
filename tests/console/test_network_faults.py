"""What people see and do when the network is at fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from dialer.ids import new_id
from dialer.ports.store import ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.words import LeadState
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import barriers

Window = Callable[..., Any]


async def burn(floor: ConsoleFloor, campaign: str) -> str:
    """A lead that a carrier's 503 has worn out; its id."""
    kept = await floor.store.campaigns.by_name(campaign)
    assert kept is not None
    now = time.time()
    new = NewLead(numbers=[LeadNumber("+12125550177")], name="Lead")
    (lead,) = (await floor.store.leads.add(kept.id, [new], now=now)).lead_ids
    await floor.store.leads.claim_one(lead, now=now, claim_id="c")
    attempt = NewAttempt(
        attempt_id=new_id(), campaign_id=kept.id, lead_id=lead, number="+12125550177",
        caller_id="", trunk="carrier", node="n", placed_at=now,
    )  # fmt: skip
    await floor.store.attempts.open([attempt])
    closed = ClosedAttempt(
        attempt_id=attempt.attempt_id, ended_at=now, outcome="failed", hangup_cause=34,
        lead=LeadNext(LeadState.DEAD),
    )  # fmt: skip
    await floor.store.attempts.close([closed])
    return lead


async def test_a_manager_gives_leads_back_that_a_carrier_burned(
    floor: ConsoleFloor, window: Window
) -> None:
    campaign = await floor.campaign(floor.pool(), start=False)
    lead = await burn(floor, campaign)
    async with window() as boss:
        await boss.log_in(await floor.person("manager"))
        await boss.visit(f"/campaigns/{campaign}")
        page, counted = boss.page, boss.page.get_by_test_id("reset-count")
        await page.get_by_test_id("reset-open").click()
        await counted.get_by_text("Attempts: 1. Leads: 1.").wait_for()
        assert await barriers(page) == []
        await page.get_by_test_id("reset-causes").fill("38")
        await counted.get_by_text("Attempts: 0. Leads: 0.").wait_for()
        assert await page.get_by_test_id("reset-do").is_disabled()
        await page.get_by_test_id("reset-causes").fill("34")
        await counted.get_by_text("Attempts: 1. Leads: 1.").wait_for()
        await page.get_by_test_id("reset-do").click()
        await page.get_by_test_id("reset-answer").get_by_text("Leads given back: 1").wait_for()

    found = await floor.store.leads.get(lead)
    assert found is not None
    assert (found.state, found.attempts) == (LeadState.NEW, 0)


async def test_operators_see_whether_each_trunk_takes_calls(
    floor: ConsoleFloor, window: Window
) -> None:
    async with window(language="zh-CN") as operator:
        await operator.log_in(await floor.person("ops"))
        await operator.visit("/ops")
        state = operator.page.get_by_test_id("trunk-state-carrier")
        await state.wait_for()
        assert (await state.inner_text()).split()[0] in {"尚未使用", "正常"}
