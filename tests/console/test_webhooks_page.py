"""Receivers of webhooks in the browser: added, tried, told of what happens, paused, removed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import expect

from dialer.ids import new_id
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Language, Visitor, barriers
from tests.kit.receiver import Receiver, receiving

Window = Callable[..., AbstractAsyncContextManager[Visitor]]
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
SAID: dict[Language, tuple[str, str, str, str]] = {
    "en": ("The do-not-call list changed", "answered 204", "Delivered", "paused"),
    "zh-CN": ("免打扰名单变更", "应答 204", "已送达", "已暂停"),
}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_receiver_is_added_tried_told_paused_and_removed(
    floor: ConsoleFloor, window: Window, language: Language
) -> None:
    event, tried, delivered, paused = SAID[language]
    receiver, name = Receiver(OK), f"bi-{new_id()[-5:]}"
    async with receiving(receiver) as port, window(language=language) as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(await floor.person("admin"), "/webhooks")
        await by("webhooks-add").click()
        await by("receiver-name").fill(name)
        await by("receiver-url").fill(f"http://127.0.0.1:{port}/told")
        await by("receiver-events").click()
        await page.get_by_role("option", name=event).click()
        await page.keyboard.press("Escape")
        assert await barriers(page) == []
        await by("receiver-save").click()
        secret = await by("receiver-secret-value").input_value()
        assert len(secret) == 64
        await by("receiver-secret-done").click()

        await by(f"webhook-{name}-try").click()
        await expect(by("toast").last).to_contain_text(tried)
        # Who was tried is known to the service from then on.
        listed = {
            "numbers": [f"+4930{int(time.time()) % 100_000_000:08}"],
            "reason": "asked for it",
        }
        await floor.ask("POST", "dnc", listed)
        await receiver.until_told("dnc.changed")
        await by("webhooks-reload").click()
        row = page.locator("[data-testid^=deliveries-row]").first
        await expect(row).to_contain_text(event)
        await expect(row).to_contain_text(delivered)

        await by(f"webhook-{name}-more").click()
        await by(f"webhook-{name}-more-switch").click()
        await expect(by(f"webhook-{name}")).to_contain_text(paused)
        await by(f"webhook-{name}-more").click()
        await by(f"webhook-{name}-more-remove").click()
        await by("confirm-yes").click()
        await expect(by(f"webhook-{name}")).to_be_hidden()
        assert await barriers(page) == []
