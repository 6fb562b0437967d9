"""Reports that are saved, shared by their address, and sent, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from playwright.async_api import expect

from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]


async def test_a_report_is_saved_shared_opened_by_its_address_and_sent(
    floor: ConsoleFloor, window: Window
) -> None:
    owner, colleague = await floor.person("manager"), await floor.person("supervisor")
    async with window(language="zh-CN") as hers, window() as his:
        await hers.log_in(owner, "/reports")
        page, by = hers.page, hers.page.get_by_test_id
        await page.goto(f"{floor.url}/reports?by=campaign&compare=before")
        await by("view-new").click()
        await by("view-name").fill("每周活动对比")
        await by("view-share").click()
        await page.get_by_role("option", name="我的团队").click()
        await by("view").get_by_role("button", name="保存").click()
        await expect(by("views")).to_contain_text("每周活动对比")
        assert await barriers(page) == []
        await by("view-menu").click()
        await by("view-menu-link").click()
        link = await by("view-link").input_value()
        await page.keyboard.press("Escape")

        await his.log_in(colleague)
        await his.page.goto(link)
        theirs = his.page.get_by_test_id
        await expect(theirs("views")).to_contain_text("每周活动对比")
        await expect(theirs("ready-campaign")).to_have_attribute("aria-pressed", "true")
        await expect(theirs("view-changed")).to_have_count(0)
        await theirs("ready-day").click()
        await expect(theirs("view-changed")).to_be_visible()
        await expect(theirs("view-save")).to_have_count(0)

        await by("view-menu").click()
        await by("view-menu-mail").click()
        await by("schedule-new").click()
        await by("schedule-recipients").click()
        await page.get_by_role("option", name=owner.name).click()
        await page.keyboard.press("Escape")
        await by("schedule").get_by_role("button", name="保存").click()
        await expect(by("schedule-one")).to_contain_text("每天 08:00")
        await expect(by("schedule-one")).to_contain_text(owner.name)
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await by("view-menu").click()
        await by("view-menu-remove").click()
        await expect(by("view-menu")).to_have_count(0)

        await his.page.goto(link)
        await expect(his.page).not_to_have_url(link)
        await expect(theirs("view-menu")).to_have_count(0)
