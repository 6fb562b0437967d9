"""The do-not-call list and tokens of programs, in Chinese, from the page to the service."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
from playwright.async_api import expect

from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]


async def is_listed(floor: ConsoleFloor, number: str) -> bool:
    found = await floor.ask("POST", "dnc/check", {"numbers": [number]})
    return bool(found["numbers"][0]["listed"])


async def test_a_number_is_put_on_taken_off_and_put_back(
    floor: ConsoleFloor, window: Window
) -> None:
    number = "+4930901820801"
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), "/dnc")
        page, by = manager.page, manager.page.get_by_test_id
        await by("dnc-numbers").fill("030 901820801")
        await by("dnc-region").fill("DE")
        await by("dnc-check").click()
        await expect(by("dnc-found")).to_contain_text("不在名单中")

        await by("dnc-add").click()
        await by("dnc-why-reason").fill("客户来电要求")
        await by("dnc-why-save").click()
        await expect(by("dnc-found")).to_contain_text("禁止呼叫")
        await expect(by("dnc-found")).to_contain_text("客户来电要求")
        assert await is_listed(floor, number)

        await by("dnc-remove").click()
        await expect(by("confirm-yes")).to_be_disabled()  # a reason is needed
        await by("confirm-reason").fill("录入错误")
        await by("confirm-yes").click()
        await expect(by("dnc-found")).to_contain_text("不在名单中")
        assert not await is_listed(floor, number)

        row = page.locator("[data-testid^=dnc-changes-row]").first
        await expect(row).to_contain_text("录入错误")
        await row.locator("[data-testid^=dnc-changes-acts]").click()
        await page.get_by_role("menuitem", name="撤销").click()
        await by("dnc-undo-confirm").click()
        await expect(row).to_contain_text("录入错误")
        await expect(by("dnc-undo")).to_be_hidden()
        assert await is_listed(floor, number)
        assert await barriers(page) == []


async def test_a_file_says_whom_it_left_out(
    floor: ConsoleFloor, window: Window, tmp_path: Path
) -> None:
    file = tmp_path / "register.csv"
    file.write_text("phone\n+4930901820811\nnobody\n+4930901820812\n")
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), "/dnc")
        by = manager.page.get_by_test_id
        await by("dnc-file").set_input_files(file)
        await expect(by("dnc-file-name")).to_have_text("register.csv")
        await by("dnc-import").click()
        await expect(manager.page.get_by_text("请填写文件的来源")).to_be_visible()
        await by("dnc-import-reason").fill("监管名单")
        await by("dnc-import").click()

        await expect(by("dnc-imported")).to_contain_text("有行未能加入")
        await expect(by("dnc-imported")).to_contain_text("新加入 2")
        assert await is_listed(floor, "+4930901820812")


async def test_who_only_looks_up_is_offered_no_change(floor: ConsoleFloor, window: Window) -> None:
    async with window(language="zh-CN") as auditor:
        await auditor.log_in(await floor.person("auditor"), "/dnc")
        await auditor.seen("dnc-check")
        for part in ("dnc-add", "dnc-remove", "dnc-file", "dnc-changes"):
            await expect(auditor.page.get_by_test_id(part)).to_have_count(0)


async def test_a_token_works_until_it_is_revoked(floor: ConsoleFloor, window: Window) -> None:
    async with window(language="zh-CN") as manager:
        await manager.log_in(await floor.person("manager"), "/tokens")
        page, by = manager.page, manager.page.get_by_test_id
        await by("token-begin").click()
        await by("token-name").fill("CRM 导出")
        await by("scope-dnc.check").check()
        assert await barriers(page) == []
        await by("token-save").click()
        token = await by("token-value").input_value()
        asked = {"numbers": ["+4930901820821"]}
        async with httpx.AsyncClient(
            base_url=floor.url, headers={"Authorization": f"Bearer {token}"}
        ) as program:
            assert (await program.post("/api/v1/dnc/check", json=asked)).status_code == 200
            assert (await program.post("/api/v1/dnc", json=asked)).status_code == 403

            await by("token-kept").click()
            row = page.locator("[data-testid^=tokens-row]").first
            await expect(row).to_contain_text("有效")
            await row.locator("[data-testid^=tokens-acts]").click()
            await page.get_by_role("menuitem", name="吊销").click()
            await by("confirm-yes").click()

            await expect(row).to_contain_text("已吊销")
            assert (await program.post("/api/v1/dnc/check", json=asked)).status_code == 401
        assert token not in await page.content()
