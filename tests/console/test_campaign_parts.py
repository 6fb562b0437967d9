"""What a manager sets in the console: campaigns by title, settings, results, scripts, the wall."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import expect

from dialer.ports.store import LeadNumber, NewLead
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]
TITLE = "春季活动"


async def test_a_campaign_is_named_in_chinese_and_its_settings_are_words(
    floor: ConsoleFloor, window: Window
) -> None:
    manager = await floor.person("manager")
    async with window(language="zh-CN") as boss:
        boss.allow(r"422 PUT .*/settings")
        await boss.log_in(manager, "/campaigns")
        page, by = boss.page, boss.page.get_by_test_id
        await by("campaign-new").click()
        await by("campaign-title").fill(TITLE)
        await by("campaign-save").click()
        await expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
        name = page.url.rpartition("/")[2].partition("?")[0]
        noted = await floor.ask("GET", f"audit?subject=campaign/{name}&limit=20")
        assert {it["who"] for it in noted["entries"]} <= {manager.name}, noted

        await by("campaign-part-settings").click()
        await expect(by("settings-search")).to_be_visible()
        assert await barriers(page) == []
        shown = await page.locator("#content").inner_text()
        assert not re.search(r"longest_idle|best_first|\btrue\b|\[pool", shown)
        await by("settings-search").fill("振铃")
        ring = by("setting-ring_timeout")
        await ring.fill("4")
        await expect(by("setting-ring_timeout-fault")).to_contain_text("5 – 120")
        await ring.fill("31")
        await by("settings-search").fill("国家")
        await by("setting-region").fill("xx")
        await by("settings-because").fill("夏季试用")
        await by("settings-apply").click()
        await expect(by("setting-region-fault")).to_contain_text("两个大写字母")
        await by("setting-region").fill("CN")
        await by("settings-apply").click()
        await by("toast").first.wait_for()
        await by("settings-history").click()
        await expect(by("versions")).to_contain_text("最长振铃")
        await expect(by("versions")).to_contain_text("31 秒")
        told = await floor.ask("GET", f"campaigns/{name}/settings")
        assert {k["key"]: k["value"] for k in told["keys"]}["ring_timeout"] == 31


async def test_who_comes_second_sees_what_the_first_changed(
    floor: ConsoleFloor, window: Window
) -> None:
    campaign = await floor.campaign(floor.pool(), start=False)
    async with window() as boss:
        boss.allow(r"409 PUT .*/settings")
        await boss.log_in(await floor.person("manager"), f"/campaigns/{campaign}?part=settings")
        by = boss.page.get_by_test_id
        await by("setting-wrapup_limit").fill("33")
        sheet = await floor.ask("GET", f"campaigns/{campaign}/settings")
        body = {"changes": {"ring_timeout": 44}, "version": sheet["version"]}
        await floor.ask("PUT", f"campaigns/{campaign}/settings", body)

        await by("settings-apply").click()

        await expect(by("settings-theirs")).to_contain_text("is 44 seconds")
        await expect(by("setting-wrapup_limit")).to_have_value("33")
        await by("settings-apply").click()
        await by("toast").first.wait_for()


async def test_results_are_made_ordered_and_retired(floor: ConsoleFloor, window: Window) -> None:
    campaign = await floor.campaign(floor.pool(), start=False)
    async with window(language="zh-CN", theme="dark") as boss:
        boss.allow(r"422 PUT .*/dispositions")
        await boss.log_in(await floor.person("manager"), f"/campaigns/{campaign}?part=results")
        page, by = boss.page, boss.page.get_by_test_id
        await by("disposition-add").click()
        await by("disposition-result_1-zh").fill("已约上门")
        await by("disposition-result_1-en").fill("Visit agreed")
        await by("disposition-visit_agreed-state").select_option("retry")
        await by("disposition-visit_agreed-after").fill("90")
        await by("disposition-visit_agreed-up").click()
        await by("disposition-voicemail-retire").click()
        assert await barriers(page) == []
        await by("dispositions-save").click()
        await by("toast").first.wait_for()

        told = await floor.ask("GET", f"campaigns/{campaign}/dispositions")
        rows = {it["code"]: it for it in told["rows"]}
        assert [*rows][-2:] == ["visit_agreed", "dnc"]
        made = rows["visit_agreed"]
        assert (made["title_zh"], made["after_minutes"]) == ("已约上门", 90)
        assert rows["voicemail"]["retired"]

        await by("disposition-dnc-remove").click()
        await by("dispositions-save").click()
        await expect(by("dispositions-fault")).to_contain_text("禁呼名单")


async def test_a_script_is_tried_on_a_lead_and_two_editors_meet(
    floor: ConsoleFloor, window: Window
) -> None:
    lead = NewLead(numbers=[LeadNumber("+861381234567")], name="张伟", custom={"城市": "杭州"})
    campaign = await floor.campaign(floor.pool(), leads=[lead], start=False)
    async with window(language="zh-CN") as boss:
        await boss.log_in(await floor.person("manager"), f"/campaigns/{campaign}?part=script")
        page, by = boss.page, boss.page.get_by_test_id
        text = by("script-text-zh")
        await text.fill("# 开场\n> 您好，{{name}}，")
        await by("script-field").click()
        await page.get_by_role("option", name="城市").click()
        await expect(text).to_have_value("# 开场\n> 您好，{{name}}，{{城市}}")
        await expect(by("script-preview")).to_contain_text("您好，张伟，杭州")
        assert await barriers(page) == []
        await by("script-save").click()
        await by("toast").first.wait_for()

        sheet = await floor.ask("GET", f"campaigns/{campaign}/script")
        theirs = {"zh": "# 开场\n> 喂，{{name}}\n"}
        body = {"texts": theirs, "version": sheet["version"]}
        await floor.ask("PUT", f"campaigns/{campaign}/script", body)
        await text.fill("# 开场\n> 早上好，{{name}}")
        await by("script-save").click()
        await expect(by("script-theirs")).to_contain_text("喂，{{name}}")
        await by("script-keep-mine-zh").click()
        await by("script-save").click()
        await expect(by("script-theirs")).to_be_hidden()
        await by("script-history").click()
        await expect(by("script-versions").locator("li")).to_have_count(3)
    told = await floor.ask("GET", f"campaigns/{campaign}/script")
    assert told["texts"]["zh"].strip() == "# 开场\n> 早上好，{{name}}"


async def test_a_wall_has_several_thresholds_and_a_word_lies_above_the_dialog(
    floor: ConsoleFloor, window: Window
) -> None:
    pool = floor.pool()
    await floor.campaign(pool, start=False)
    async with window(size=(1920, 1080)) as boss:
        await boss.log_in(await floor.person("supervisor"), f"/wallboard/{pool}")
        page, by = boss.page, boss.page.get_by_test_id
        await by("board-limits").click()
        await by("limit-figure").select_option("ready")
        await by("limit-add").click()
        await by("limit-ready-0-side").select_option("below")
        await by("limit-ready-0-value").fill("3")
        await by("limit-add").click()
        await by("limit-ready-1-side").select_option("below")
        await by("limit-ready-1-value").fill("1")
        await by("limit-ready-1-tone").select_option("alarm")
        assert await barriers(page) == []
        await by("limits-save").click()
        await expect(by("tile-ready")).to_have_attribute("data-tone", "alarm")
        await page.set_viewport_size({"width": 1024, "height": 768})
        assert await barriers(page) == []
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 1024
        await by("board-limits").click()
        toast = by("toast").first
        await toast.wait_for()
        box = await toast.bounding_box()
        assert box is not None
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        on_top = await page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.closest('[data-testid=toast]') !== null",
            middle,
        )
        assert on_top


PAGES = {
    "manager": ["/campaigns", "/recordings", "/dnc", "/account"],
    "supervisor": ["/floor", "/wallboard"],
    "admin": [
        "/people",
        "/people/reps",
        "/people/teams",
        "/people/roles",
        "/audit",
        "/ops",
        "/setup",
    ],
}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_every_page_has_help_behind_f1(
    floor: ConsoleFloor, window: Window, language: str
) -> None:
    async with window(language=language) as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(await floor.person("admin"), PAGES["admin"][0])
        for path in [it for paths in PAGES.values() for it in paths]:
            await visitor.visit(path)
            await by("page-help").first.wait_for()
            await page.keyboard.press("F1")
            await visitor.seen("help")
            link = await by("help-docs").get_attribute("href")
            assert link is not None
            answer = await page.request.get(f"{visitor.url}{link.partition('#')[0]}")
            assert answer.ok, f"{path}: {link}"
            await page.keyboard.press("Escape")
            await by("help").wait_for(state="detached")
        await page.keyboard.press("F1")
        await visitor.seen("help")
        assert await barriers(page) == []


#: A browser that has not decided yet, allows what it is asked for, and notes what it is told.
BROWSER = """
window.told = []
window.Notification = class {
  static permission = 'default'
  static async requestPermission() { return (window.Notification.permission = 'granted') }
  constructor(title, more) { window.told.push([title, more.body]) }
  close() {}
}
Document.prototype.hasFocus = () => false
"""


async def test_the_browser_is_asked_once_and_says_a_message(
    floor: ConsoleFloor, window: Window
) -> None:
    rep = await floor.rep(pool=floor.pool())
    async with window(language="zh-CN") as desk:
        await desk.context.add_init_script(BROWSER)
        await desk.log_in(rep)
        page, by = desk.page, desk.page.get_by_test_id
        await by("notices-yes").click()
        await by("notices-ask").wait_for(state="detached")
        await floor.ask("POST", "messages", {"to": {"agent": rep.agent}, "text": "请回电"})
        await page.wait_for_function("window.told.length > 0")
        title, body = (await page.evaluate("window.told"))[0]
        assert "给您的消息" in title
        assert body == "请回电"

        await desk.visit("/account")
        await expect(by("notices-ask")).to_have_count(0)
        switch = by("notices-switch")
        await switch.scroll_into_view_if_needed()
        await expect(switch).to_be_visible()
