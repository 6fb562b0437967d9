"""The page about the own account: password, second factor, sessions."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import expect

from dialer.features.sessions import totp
from tests.kit.console_floor import PASSWORD, ConsoleFloor
from tests.kit.pages import Visitor, barriers

Window = Callable[..., AbstractAsyncContextManager[Visitor]]


def code_now(secret: str) -> str:
    return totp.hotp(base64.b32decode(secret), int(time.time()) // totp.STEP_S)


async def test_a_second_factor_is_set_up_by_picture_or_key(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    await visitor.log_in(await floor.person("qa"), "/account")
    page = visitor.page
    await page.get_by_test_id("totp-password").fill(PASSWORD)
    await page.get_by_test_id("totp-begin").click()
    await visitor.seen("totp-picture")
    secret = (await page.get_by_test_id("totp-secret").inner_text()).replace(" ", "")
    assert await barriers(page) == []

    await page.get_by_test_id("totp-code").fill(code_now(secret))
    await page.keyboard.press("Enter")

    await visitor.seen("recovery-codes")
    assert await page.get_by_test_id("recovery-codes").locator("li").count() == 10
    await page.get_by_test_id("codes-kept").click()
    await visitor.seen("totp-remove")


async def test_the_other_sessions_are_ended(floor: ConsoleFloor, window: Window) -> None:
    login = await floor.person("auditor")
    async with window() as first, window() as second:
        await first.log_in(login, "/account")
        second.allow("^401 ", "WebSocket connection to")
        await second.log_in(login, "/account")
        await first.page.reload()
        await expect(first.page.get_by_test_id("sessions").locator("tbody tr")).to_have_count(2)

        await first.page.get_by_test_id("sessions-end").click()

        await expect(first.page.get_by_test_id("sessions").locator("tbody tr")).to_have_count(1)
        await second.page.reload()
        await second.seen("login")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_account_page_keeps_nobody_out(
    floor: ConsoleFloor, window: Window, language: str, theme: str
) -> None:
    async with window(language=language, theme=theme) as visitor:
        await visitor.log_in(await floor.person("qa"), "/account")
        await visitor.seen("sessions")

        assert await barriers(visitor.page) == []
