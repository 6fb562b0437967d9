"""Reports in the browser: the figures of past days as the store has them, in both languages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from playwright.async_api import expect

from dialer.ids import new_id
from dialer.ports.store import ClosedAttempt, LeadNext, LeadNumber, LeadState, NewAttempt, NewLead
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]

DAY = 86_400.0
CALLS, ANSWERED, SOLD = 40, 10, 4


async def past_calls(floor: ConsoleFloor) -> str:
    """Forty calls over ten days: ten people answered and talked, four of them bought."""
    name = f"reports{new_id().lower()[-6:]}"
    store, now = floor.store, time.time()
    campaign = await store.campaigns.create(name, pool="p", settings={}, now=now, who="test")
    leads = [
        NewLead(numbers=[LeadNumber(f"+4930777{i:05}", "mobile")], list_name="spring.csv")
        for i in range(CALLS)
    ]
    await store.leads.add(campaign.id, leads, now=now)
    claimed = await store.leads.claim(campaign.id, CALLS, now=now, claim_id=new_id())
    for i, lead in enumerate(claimed):
        placed, attempt = now - DAY * (1 + i % 10), new_id()
        await store.attempts.open(
            [
                NewAttempt(
                    attempt_id=attempt,
                    campaign_id=campaign.id,
                    lead_id=lead.id,
                    number=lead.numbers[0].number,
                    caller_id="+4930555",
                    trunk="carrier",
                    node="1",
                    placed_at=placed,
                )
            ]
        )
        talked = i < ANSWERED
        await store.attempts.close(
            [
                ClosedAttempt(
                    attempt_id=attempt,
                    answered_at=placed + 5 if talked else None,
                    connected_at=placed + 6 if talked else None,
                    ended_at=placed + 96,
                    outcome="connected" if talked else "no_answer",
                    answered_by="human" if talked else None,
                    talk_seconds=90.0 if talked else None,
                    lead=LeadNext(LeadState.DONE),
                )
            ]
        )
        if i < SOLD:
            await store.attempts.wrapup(
                attempt,
                wrapup_seconds=12.0,
                disposition="sale",
                lead=LeadNext(LeadState.DONE, result_group="sale"),
            )
    return name


async def test_past_days_are_counted_compared_and_told_apart(
    floor: ConsoleFloor, window: Window
) -> None:
    campaign = await past_calls(floor)
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("admin"), "/reports")
        page, by = manager.page, manager.page.get_by_test_id
        await page.goto(f"{floor.url}/reports?by=campaign&compare=before")
        row = page.locator("[data-testid^=report-row]", has_text=campaign)
        # The first to ask waits for the process that answers, and for ten days' files.
        await expect(row).to_contain_text(f"{CALLS}", timeout=60_000)
        await expect(row).to_contain_text("25.0%")  # connect rate
        await expect(row).to_contain_text("1:30")  # average talk
        await expect(row).to_contain_text("40.0%")  # sales by contacts
        await expect(by("figure-connect_rate")).to_contain_text("接通率")
        await by("figure-connect_rate").hover()
        await expect(page.get_by_role("tooltip").first).to_contain_text("人工应答 ÷ 拨打量")

        await row.get_by_test_id("cell-contacts").click()
        await expect(by("rows-said")).to_have_text(f"{ANSWERED} 通呼叫")
        await expect(by("rows").locator("[data-testid^=report-calls-row]")).to_have_count(ANSWERED)
        await page.keyboard.press("Escape")

        await by("ready-heat").click()
        await expect(by("pivot")).to_contain_text("星期一")
        await expect(page).to_have_url(re.compile("across=weekday"))
        assert await barriers(page) == []
        await page.goto(f"{floor.url}/reports?by=campaign&campaign=nowhere")
        await expect(by("report-fits").filter(has_text=campaign)).to_be_visible()
        await by("report-fits").filter(has_text=campaign).click()
        await expect(row).to_contain_text("25.0%")

        await page.goto(f"{floor.url}/reports?by=day,mode")
        await expect(page.locator("table:visible").last).to_contain_text("拨打方式")
        assert await barriers(page) == []
