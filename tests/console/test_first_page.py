"""The first page: served as it was built, usable from the keyboard, within its policy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Visitor, barriers


async def test_a_supervisor_logs_in_by_keyboard_and_is_on_the_floor(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    await visitor.log_in(await floor.person("supervisor"))

    assert visitor.page.url.startswith(f"{visitor.url}/floor")


async def test_a_rep_logs_in_and_is_at_the_desk(floor: ConsoleFloor, visitor: Visitor) -> None:
    await visitor.log_in(await floor.rep(pool=floor.pool()))

    assert visitor.page.url == f"{visitor.url}/desk"


async def test_a_wrong_password_is_told_in_the_page(floor: ConsoleFloor, visitor: Visitor) -> None:
    visitor.allow("^401 POST .*/session$")
    login = await floor.person("qa")
    await visitor.visit("/login")
    await visitor.page.get_by_test_id("login-name").fill(login.name)
    await visitor.page.get_by_test_id("login-password").fill("not the password")
    await visitor.page.keyboard.press("Enter")

    await visitor.seen("login-fault")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_login_keeps_nobody_out(
    window: Callable[..., AbstractAsyncContextManager[Visitor]], language: str, theme: str
) -> None:
    async with window(language=language, theme=theme) as visitor:
        await visitor.visit("/login")
        await visitor.seen("login")

        assert await barriers(visitor.page) == []


async def test_a_script_that_is_not_the_console_s_own_does_not_run(visitor: Visitor) -> None:
    visitor.allow("Content Security Policy")
    await visitor.visit("/login")
    added: Any = await visitor.page.evaluate(
        """() => {
          const script = document.createElement('script')
          script.textContent = 'window.strange = true'
          document.head.append(script)
          return window.strange === true
        }"""
    )

    assert added is False


async def test_the_rep_s_first_load_is_under_300_kb(floor: ConsoleFloor, visitor: Visitor) -> None:
    """As it travels, all that the desk needs to be used, and the phone's own part beside it."""
    await visitor.log_in(await floor.rep(pool=floor.pool()))
    await visitor.page.wait_for_load_state("networkidle")
    sizes: dict[str, int] = await visitor.page.evaluate(
        """() => Object.fromEntries(
          ['navigation', 'resource'].flatMap((it) => performance.getEntriesByType(it))
            .filter((it) => !it.name.includes('/api/'))
            .map((it) => [it.name, it.encodedBodySize]))"""
    )
    phone = {name: size for name, size in sizes.items() if "/assets/line-" in name}
    rest = sum(sizes.values()) - sum(phone.values())

    assert rest < 300_000, sizes
    assert sum(phone.values()) < 100_000, phone
    assert not any("echarts" in name for name in sizes), sizes
