"""From a bare `dialer serve` to a supervisor on the floor of a team, in the browser, in Chinese."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio
from playwright.async_api import Page

from dialer.asterisk.free_ports import hold_ports
from dialer.asterisk.tree import AsteriskInstall
from tests.kit.console_floor import DIALER
from tests.kit.pages import Browsers, Visitor, barriers

OWN = "own-battery-7-horse"
_CONFIG = """\
[service]
state_dir = "state"
port = {api}
drain_s = 0.5
[asterisk]
sip_port = {node.sip}
tls_port = {node.sip_tls}
ami_port = {node.ami}
http_port = {node.http}
rtp_start = {node.rtp_first}
rtp_end = {node.rtp_last}
agi_port = 0
"""


@dataclass
class Bare:
    """A service that nobody has set up, and how its administrator gets in."""

    folder: Path
    url: str

    def password(self, name: str = "admin") -> str:
        """As the log of the first start says it is got."""
        config = str(self.folder / "dialer.toml")
        done = subprocess.run(
            [*DIALER, "account", "passwd", name, "--json", "--config", config],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return str(json.loads(done.stdout)["one_time_password"])


@pytest_asyncio.fixture(loop_scope="session")
async def bare(asterisk_tree: AsteriskInstall, console_built: None) -> AsyncIterator[Bare]:
    folder = Path(tempfile.mkdtemp(prefix="bare-"))
    block = hold_ports(250)
    api = block.first + 4
    text = _CONFIG.format(api=api, node=block.ports())
    (folder / "dialer.toml").write_text(text, encoding="utf-8")
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 (forks in milliseconds)
            [*DIALER, "serve", "--config", str(folder / "dialer.toml")],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        made = Bare(folder, f"http://127.0.0.1:{api}")
        await asyncio.wait_for(_answers(made.url), 90)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 30)
        block.release()
        shutil.rmtree(folder, ignore_errors=True)


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        while True:
            with suppress(httpx.HTTPError):
                if (await client.get("/readyz")).is_success:
                    return
            await asyncio.sleep(0.2)


async def _first_login(visitor: Visitor, name: str, password: str) -> None:
    """With a password that somebody else gave: one of one's own is asked for first."""
    page = visitor.page
    await visitor.visit("/login")
    await page.get_by_test_id("login-name").fill(name)
    await page.get_by_test_id("login-password").fill(password)
    await page.keyboard.press("Enter")
    await visitor.seen("password-old")
    for field, text in (("old", password), ("new", OWN), ("again", OWN)):
        await page.get_by_test_id(f"password-{field}").fill(text)
    await page.get_by_test_id("password-change").click()


async def _choose(page: Page, field: str, option: str) -> None:
    await page.get_by_test_id(field).click()
    await page.get_by_test_id(f"{field}-option-{option}").click()


async def _person(page: Page, name: str, role: str, team: str = "") -> str:
    """Adds a person in the console; the one-time password that it shows."""
    await page.get_by_test_id("people-add").click()
    await page.get_by_test_id("account-name").fill(name)
    await _choose(page, "account-role", role)
    if team:
        await _choose(page, "account-team", team)
    await page.get_by_test_id("account-save").click()
    shown = page.get_by_test_id("one-time-password")
    password = (await shown.text_content() or "").strip()
    await page.keyboard.press("Escape")
    await shown.wait_for(state="detached")
    return password


async def test_a_site_is_set_up_in_the_browser_alone(bare: Bare, browsers: Browsers) -> None:
    async with browsers.visitor(bare.url, language="zh-CN") as admin:
        page = admin.page
        await _first_login(admin, "admin", await asyncio.to_thread(bare.password))
        await admin.seen("setup-steps")
        assert await page.get_by_test_id("step-teams").get_attribute("data-done") == "false"
        assert await barriers(page) == []

        await page.get_by_test_id("go-people").click()
        await admin.seen("people-add")
        password = await _person(page, "sue", "supervisor")
        await page.get_by_text("未分配团队").wait_for()

        async with browsers.visitor(bare.url, language="zh-CN") as sue:
            await _first_login(sue, "sue", password)
            await sue.seen("lacks")
            assert "不属于任何团队" in (await sue.page.get_by_test_id("lacks").text_content() or "")

            await page.get_by_test_id("tab-teams").click()
            await page.get_by_test_id("teams-add").click()
            await page.get_by_test_id("team-name").fill("华东一组")
            await page.get_by_test_id("team-save").click()
            await page.get_by_test_id("squad-name").fill("早班")
            await page.get_by_test_id("squad-add").click()
            await admin.seen("squad-edit-早班")
            await page.keyboard.press("Escape")
            await page.get_by_test_id("tab-people").click()
            await page.get_by_test_id("people").get_by_text("sue").first.click()
            await _choose(page, "account-team", "华东一组")
            await page.get_by_test_id("account-save").click()
            await page.get_by_test_id("account-save").wait_for(state="detached")

            await sue.page.wait_for_url("**/floor/default")
            assert await sue.page.get_by_test_id("lacks").count() == 0

        await page.get_by_test_id("tab-reps").click()
        await page.get_by_test_id("reps-add").click()
        await page.get_by_test_id("rep-code").fill("rep1")
        await page.get_by_test_id("rep-name").fill("李雷")
        await page.get_by_test_id("rep-skills").fill("zh 5")
        await page.get_by_test_id("rep-save").click()
        await page.get_by_test_id("reps").get_by_text("李雷").wait_for()

        await admin.visit("/campaigns")
        await page.get_by_test_id("campaign-new").click()
        await page.get_by_test_id("campaign-title").fill("春季活动")
        await page.get_by_test_id("campaign-region").fill("cn")
        await page.get_by_test_id("campaign-save").click()
        await page.wait_for_url("**/campaigns/campaign-1")

        await admin.visit("/setup")
        for step in ("teams", "people", "campaign", "hours"):
            found = page.locator(f"[data-testid=step-{step}][data-done=true]")
            await found.wait_for()
