"""Lead lists, leads and imports, in Chinese, from the page to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from playwright.async_api import expect

from dialer.ports.scope import EVERYTHING
from dialer.ports.store import LeadNumber, NewLead
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]
LIST = "客户,电话,城市,内部\n张三,030 901820101,柏林,x\n李四,030 901820102,慕尼黑,\n王五,12,汉堡,\n"


def people(list_name: str, first: int, count: int) -> list[NewLead]:
    return [
        NewLead(
            numbers=[LeadNumber(f"+4930901{first + at:06}")],
            name=f"{list_name}{at}",
            list_name=list_name,
            custom={"城市": "柏林"},
        )
        for at in range(count)
    ]


async def lists_of(floor: ConsoleFloor, campaign: str) -> dict[str, tuple[str, int]]:
    found = await floor.ask("GET", f"lead-lists?campaign={campaign}")
    return {it["list"]: (it["state"], it["total"]) for it in found["lists"]}


async def test_a_list_is_stopped_shared_moved_and_deleted(
    floor: ConsoleFloor, window: Window
) -> None:
    leads = [*people("六月", 100, 3), *people("七月", 200, 2)]
    campaign = await floor.campaign(floor.pool(), leads=leads, start=False)
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), f"/lists?campaign={campaign}")
        page, by = manager.page, manager.page.get_by_test_id

        async def act(list_name: str, what: str) -> None:
            row = page.locator("[data-testid^=lists-row]", has_text=list_name)
            await row.locator("[data-testid^=lists-acts]").click()
            await page.get_by_role("menuitem", name=what).click()

        await expect(page.locator("[data-testid^=lists-row]")).to_have_count(2)
        assert await barriers(page) == []
        await act("六月", "停用")
        await expect(page.locator("[data-testid^=lists-row]", has_text="六月")).to_contain_text(
            "已停用"
        )
        assert (await lists_of(floor, campaign))["六月"] == ("stopped", 3)

        await act("六月", "启用")
        await act("六月", "优先级与占比")
        await by("share-weight").fill("3")
        await expect(by("share-told")).to_contain_text("75 %")
        assert await barriers(page) == []
        await by("share-save").click()
        await expect(page.locator("[data-testid^=lists-row]", has_text="六月")).to_contain_text(
            "75 %"
        )

        await act("六月", "转移")
        await expect(by("move-count")).to_contain_text("3")
        await by("move-list").fill("八月")
        await by("move-do").click()
        await expect(page.locator("[data-testid^=lists-row]", has_text="八月")).to_be_visible()
        assert (await lists_of(floor, campaign)).keys() == {"七月", "八月"}

        await act("七月", "删除")
        await expect(by("delete-count")).to_contain_text("2")
        assert await barriers(page) == []
        await by("delete-do").click()
        await expect(page.locator("[data-testid^=lists-row]")).to_have_count(1)
        assert (await lists_of(floor, campaign)).keys() == {"八月"}


async def test_a_lead_is_found_and_corrected_and_the_second_editor_sees_the_first(
    floor: ConsoleFloor, window: Window
) -> None:
    campaign = await floor.campaign(floor.pool(), leads=people("客户", 300, 2), start=False)
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), f"/leads?campaign={campaign}")
        page, by = manager.page, manager.page.get_by_test_id
        await by("leads-number").fill("901000301")
        rows = page.locator("[data-testid^=leads-row]")
        await expect(rows).to_have_count(1)
        assert "901000301" not in page.url
        await rows.first.click()
        await expect(by("lead-uncalled")).to_be_visible()
        assert await barriers(page) == []

        await by("lead-form-name").fill("王芳")
        await by("lead-number-add").click()
        await by("lead-number-1").fill("+49 30 901000399")
        found = await floor.ask("POST", "leads/search", {"number": "901000301"})
        lead = found["leads"][0]["id"]
        await floor.ask("PATCH", f"leads/{lead}", {"name": "王方"})
        await by("lead-form-save").click()
        await expect(by("lead-form-theirs")).to_contain_text("王方")
        # The differences go when it is sent; what counts is that it was taken.
        async with page.expect_response(
            lambda it: it.request.method == "PATCH" and lead in it.url and it.ok
        ):
            await by("lead-form-save").click()
        await expect(by("lead-form-theirs")).to_be_hidden()

        kept = await floor.store.leads.get(lead)
        assert kept is not None
        assert [n.number for n in kept.numbers] == ["+4930901000301", "+4930901000399"]
        assert kept.name == "王芳"


async def test_a_file_is_looked_at_goes_in_and_is_taken_out_again(
    floor: ConsoleFloor, window: Window, tmp_path: Path
) -> None:
    campaign = await floor.campaign(floor.pool(), start=False, region="DE")
    file = tmp_path / "六月.csv"
    file.write_text(LIST, encoding="gb18030")
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), f"/imports/new?campaign={campaign}")
        page, by = manager.page, manager.page.get_by_test_id
        await expect(by("import-choose")).to_be_enabled()
        assert await barriers(page) == []
        await by("import-file").set_input_files(file)
        await expect(by("import-list")).to_have_value("六月")
        await expect(by("import-region")).to_have_value("DE")
        assert await barriers(page) == []
        await by("import-map-3").click()
        await page.keyboard.press("Escape")
        await by("import-next").click()
        sample = by("import-sample")
        await expect(sample).to_contain_text("+4930901820101")
        await expect(sample).to_contain_text("号码太短")
        assert await barriers(page) == []
        await by("import-start").click()

        await expect(by("import-counts")).to_contain_text("导入 2")
        await expect(by("import-faults")).to_contain_text("号码太短（12）")
        assert "/tmp" not in await page.content()
        async with page.expect_download() as download:
            await by("import-rejected").click()
        path = await (await download.value).path()
        rows = (await asyncio.to_thread(path.read_bytes)).decode("utf-8-sig")
        assert "原因" in rows
        assert "号码太短（12）" in rows
        assert (await lists_of(floor, campaign))["六月"] == ("running", 2)

        await by("import-undo").click()
        await by("confirm-yes").click()
        await expect(by("import-counts")).to_contain_text("已移出 2 个")
        assert await lists_of(floor, campaign) == {}
        await manager.visit("/imports")
        await expect(page.locator("[data-testid^=imports-row]").first).to_contain_text("已撤销")
    (row, *_) = await floor.store.lead_imports.page(
        EVERYTHING, campaign_id=None, limit=1, below=None
    )
    assert (row.campaign, row.it.taken_out) == (campaign, 2)


async def test_what_is_no_list_is_said_in_the_readers_language(
    floor: ConsoleFloor, window: Window, tmp_path: Path
) -> None:
    campaign = await floor.campaign(floor.pool(), start=False)
    file = tmp_path / "list.pdf.csv"
    file.write_bytes(b"%PDF-1.4 no list")
    for language, words in (("zh-CN", "这是 PDF 文件"), ("en", "this is a PDF file")):
        async with window(language=language) as manager:
            await manager.log_in(await floor.person("manager"), f"/imports/new?campaign={campaign}")
            manager.allow("^422 POST .*/imports")
            by = manager.page.get_by_test_id
            await expect(by("import-choose")).to_be_enabled()
            await by("import-file").set_input_files(file)
            await expect(by("import-fault")).to_contain_text(words)
