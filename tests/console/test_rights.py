"""Rights, passwords and lists that change while a page is open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from playwright.async_api import expect

from tests.kit.console_floor import PASSWORD, ConsoleFloor
from tests.kit.pages import Visitor

Window = Callable[..., AbstractAsyncContextManager[Visitor]]
BLIND = {"title": "Blind", "permissions": ["campaigns.read"], "scope": "team"}


async def test_a_page_goes_on_when_its_rights_change(floor: ConsoleFloor, visitor: Visitor) -> None:
    pool, login = floor.pool(), await floor.person("qa")
    await floor.ask("PUT", "roles/blind", BLIND)
    await visitor.log_in(login, f"/floor/{pool}")
    page = visitor.page
    refused = page.get_by_test_id("floor-refused")
    await visitor.seen("search")  # the floor is there: what it may see is asked again from now on

    await floor.ask("PATCH", f"accounts/{login.name}", {"role": "blind"})
    await expect(refused).to_be_visible()
    await expect(page.get_by_test_id("link-notice")).to_be_hidden()
    await floor.ask("PATCH", f"accounts/{login.name}", {"role": "qa"})

    await expect(refused).to_be_hidden()


async def test_a_page_goes_on_after_its_own_password_was_changed(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    await visitor.log_in(await floor.person("qa"), "/account")
    page = visitor.page
    await page.get_by_test_id("own-old").fill(PASSWORD)
    for part in ("own-new", "own-again"):
        await page.get_by_test_id(part).fill("another-Long-one-77")

    async with page.expect_websocket(lambda it: it.url.endswith("/api/v1/live")):
        await page.get_by_test_id("own-change").click()

    await expect(page.get_by_test_id("link-notice")).to_be_hidden()
    await visitor.seen("sessions")


async def test_a_change_of_the_do_not_call_list_is_undone_from_the_audit_log(
    floor: ConsoleFloor, window: Window
) -> None:
    number = "+4930901820999"
    await floor.ask("POST", "dnc", {"numbers": [number], "reason": "by mistake"})
    async with window(language="zh-CN") as admin:
        await admin.log_in(await floor.person("admin"), "/audit")
        await admin.page.get_by_test_id("audit-undo").first.click()
        await admin.page.get_by_test_id("dnc-undo-confirm").click()

        await expect(admin.page.get_by_test_id("dnc-undo")).to_be_hidden()
        await expect(admin.page.get_by_text("撤销禁呼名单变更").first).to_be_visible()
    checked = await floor.ask("POST", "dnc/check", {"numbers": [number]})
    assert not checked["numbers"][0]["listed"]
