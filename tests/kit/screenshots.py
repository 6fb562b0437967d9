"""Pictures of every screen of the console: `python -m tests.kit.screenshots FOLDER`.

Each in both languages, both themes and two widths, from a floor that works: a real service on a
real Asterisk, reps in calls, a rep at the desk whose phone is the browser's.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from dialer.asterisk.demo_network import demo_leads
from dialer.asterisk.install import install_asterisk
from dialer.demo.year.fill import fill_year
from dialer.demo.year.plan import YearPlan
from dialer.ports.store import LeadNumber, NewLead
from dialer.store.database import open_database
from dialer.tasks import spawn, stop
from tests.kit.console_floor import ConsoleFloor, Login, Role, console_floor
from tests.kit.pages import Browsers, Language, Theme, Visitor, browsers

LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES = ((1280, 800), (1024, 768), (1920, 1080))
COLLEAGUES = 10
POOL = "colleagues"
PEOPLE: dict[Role, str] = {
    "admin": "alex",
    "ops": "olga",
    "manager": "max",
    "supervisor": "sara",
    "qa": "quinn",
    "auditor": "ada",
}

Prepare = Callable[["Set", Visitor], Awaitable[None]]


@dataclass
class Set:
    """Who stands before the camera."""

    floor: ConsoleFloor
    rep: Login
    people: dict[str, Login]
    out: Path
    sizes: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Screen:
    """One picture's name, address and who looks (`""`: nobody logged in)."""

    name: str
    path: str
    who: str
    prepare: Prepare | None = None


async def _call_up(stage: Set, visitor: Visitor) -> None:
    """The rep's call is before the rep."""
    await stage.floor.until_state(stage.rep.agent, "talking", within_s=30)
    await visitor.seen("call-card")


async def _tune(stage: Set, visitor: Visitor) -> None:
    """A change is typed and not made yet."""
    await visitor.page.get_by_test_id("tune-spring").click()
    await visitor.page.get_by_test_id("setting-wrapup_limit").fill("25")


async def _walls_colours(stage: Set, visitor: Visitor) -> None:
    """One threshold is being set."""
    await visitor.page.get_by_test_id("board-limits").click()
    await visitor.page.get_by_test_id("limit-add").click()
    await visitor.page.get_by_test_id("limit-connect_rate-0-value").fill("10")


async def _help(stage: Set, visitor: Visitor) -> None:
    await visitor.seen("campaign-part")
    await visitor.page.keyboard.press("F1")
    await visitor.seen("help")


async def _first_call(stage: Set, visitor: Visitor) -> None:
    """The newest call that a rep had."""
    row = visitor.page.locator("[data-testid^=calls-row]").first
    await row.click()
    await visitor.seen("call")


def _ready(report: str) -> Prepare:
    """One of the reports to begin with."""

    async def prepare(stage: Set, visitor: Visitor) -> None:
        await visitor.page.get_by_test_id(f"ready-{report}").click()

    return prepare


SCREENS = (
    Screen("login", "/login", ""),
    Screen("desk", "/desk", "rep", _call_up),
    Screen("floor", f"/floor/{POOL}", "supervisor"),
    Screen("tune", f"/floor/{POOL}", "manager", _tune),
    Screen("callbacks", "/callbacks", "supervisor"),
    Screen("campaigns", "/campaigns/spring", "manager"),
    Screen("campaign-settings", "/campaigns/spring?part=settings", "manager"),
    Screen("campaign-results", "/campaigns/spring?part=results", "manager"),
    Screen("campaign-script", "/campaigns/spring?part=script", "manager"),
    Screen("help", "/campaigns/spring", "manager", _help),
    Screen("calls", "/calls", "manager"),
    Screen("call", "/calls", "manager", _first_call),
    Screen("lists", "/lists", "manager"),
    Screen("leads", "/leads", "manager"),
    Screen("imports", "/imports", "manager"),
    Screen("import", "/imports/new", "manager"),
    Screen("recordings", "/recordings", "qa"),
    Screen("messages", "/messages", "manager"),
    Screen("reports", "/reports", "manager"),
    Screen("report-heat", "/reports", "manager", _ready("heat")),
    Screen("report-reps", "/reports", "manager", _ready("agent")),
    Screen("dnc", "/dnc", "manager"),
    Screen("wallboard", f"/wallboard/{POOL}", "supervisor"),
    Screen("wallboard-colours", f"/wallboard/{POOL}", "supervisor", _walls_colours),
    Screen("ops", "/ops", "ops"),
    Screen("differences", "/differences", "ops"),
    Screen("mail", "/mail", "admin"),
    Screen("webhooks", "/webhooks", "admin"),
    Screen("people", "/people", "admin"),
    Screen("reps", "/people/reps", "manager"),
    Screen("teams", "/people/teams", "admin"),
    Screen("roles", "/people/roles", "admin"),
    Screen("setup", "/setup", "admin"),
    Screen("tokens", "/tokens", "admin"),
    Screen("audit", "/audit", "auditor"),
    Screen("account", "/account", "manager"),
)
#: Shown only to whoever has to choose a password.
UNSEEN = {"password"}


async def take(out: Path, screens: Sequence[Screen], sizes: Sequence[tuple[int, int]]) -> list[str]:
    """Every picture; returns what went wrong in the pages, a line each."""
    problems: list[str] = []
    async with (
        console_floor(install_asterisk(), colleagues=COLLEAGUES, config=_MORE, speed=1.0) as floor,
        browsers() as shop,
    ):
        stage = await furnish(floor, out, sizes)
        life = spawn(colleagues_work(floor), name="colleagues")
        try:
            await _log_in_colleagues(floor)
            async with shop.visitor(floor.url, checked=False) as desk:
                await _rep_starts(stage, desk)
                for who in dict.fromkeys(screen.who for screen in screens):
                    mine = [screen for screen in screens if screen.who == who]
                    problems += await _pictures(stage, shop, who, mine, desk)
        finally:
            await stop(life)
    return problems


async def furnish(floor: ConsoleFloor, out: Path, sizes: Sequence[tuple[int, int]]) -> Set:
    """Campaigns with leads, a rep for the browser and somebody of every role."""
    rep = await floor.rep("mia", pool=POOL, full_name="Mia Berg")
    people: dict[str, Login] = {"rep": rep}
    for role, name in PEOPLE.items():
        people[role] = await floor.person(role, name)
    await _year_before(floor, [rep.agent, *floor.colleagues])
    await floor.ask("POST", "campaigns/spring/start")
    kept = await floor.store.campaigns.by_name("spring")
    assert kept is not None
    leads = [
        NewLead(
            numbers=[LeadNumber(lead.number)], name=lead.name, language=lead.language,
            custom={"city": lead.city, "plan": "Basic"},
        )
        for lead in demo_leads(1500, seed=7)
    ]  # fmt: skip
    await floor.store.leads.add(kept.id, leads, now=time.time())
    return Set(floor, rep, people, out, sizes)


async def _year_before(floor: ConsoleFloor, reps: Sequence[str]) -> None:
    """Made-up calls, so that lists and reports have something to show."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    plan = YearPlan(reps=reps, last=yesterday, calls=20_000, country="")
    database = open_database(floor.store_url)
    try:
        await fill_year(floor.store, database, plan, pool=POOL, team="")
    finally:
        await database.close()


async def _log_in_colleagues(floor: ConsoleFloor) -> None:
    for name in floor.colleagues:
        await floor.ask("POST", f"agents/{name}/login")
        await floor.ask("POST", f"agents/{name}/ready")


async def colleagues_work(floor: ConsoleFloor) -> None:
    """Colleagues end calls and write them up, as people do, until cancelled."""
    rng = random.Random(3)
    while True:
        floor_now = await floor.ask("GET", f"floors/{POOL}")
        for row in floor_now["agents"]:
            if row["agent"] in floor.colleagues and rng.random() < 0.08:
                await _do_something(floor, row, rng)
        await asyncio.sleep(1)


async def _do_something(floor: ConsoleFloor, row: dict[str, Any], rng: random.Random) -> None:
    code = row["agent"]
    # The callee may have been faster.
    with suppress(AssertionError):
        if row["state"] == "talking":
            await floor.ask("POST", f"agents/{code}/hangup")
        elif row["state"] == "wrapup":
            said = rng.choice(["not_interested", "interested", "sale", "not_interested"])
            await floor.ask("POST", f"agents/{code}/finish", {"disposition": said})
        elif row["state"] == "ready" and rng.random() < 0.05:
            await floor.ask("POST", f"agents/{code}/pause", {"reason": "break"})
        elif row["state"] == "paused":
            await floor.ask("POST", f"agents/{code}/ready")


async def _pictures(
    stage: Set, shop: Browsers, who: str, screens: Sequence[Screen], desk: Visitor
) -> list[str]:
    """One login, one window; languages, themes and widths are changed in it. The rep has one."""
    async with AsyncExitStack() as stack:
        visitor = desk
        if who != "rep":
            window = shop.visitor(stage.floor.url, checked=False)
            visitor = await stack.enter_async_context(window)
        if who and who != "rep":
            await visitor.log_in(stage.people[who])
        for language in LANGUAGES:
            for theme in THEMES:
                await _dress(visitor, language, theme)
                for screen in screens:
                    await _picture(stage, visitor, screen, f"{language}-{theme}")
        return [f"{who or 'nobody'}: {problem}" for problem in visitor.problems]


async def _rep_starts(stage: Set, desk: Visitor) -> None:
    floor, code = stage.floor, stage.rep.agent
    await desk.log_in(stage.rep)
    await floor.until(lambda: floor.is_registered(stage.rep), f"{code}'s page is registered")
    await floor.ask("POST", f"agents/{code}/login")
    await floor.ask("POST", f"agents/{code}/ready")


async def _dress(visitor: Visitor, language: str, theme: str) -> None:
    """As a person's own choice in the page; it counts from the next address on."""
    if not visitor.page.url.startswith(visitor.url):
        await visitor.visit("/login")
    await visitor.page.evaluate(
        """([language, theme]) => {
          localStorage.setItem('dialer.language', language)
          localStorage.setItem('dialer.theme', theme)
        }""",
        [language, theme],
    )


async def _picture(stage: Set, visitor: Visitor, screen: Screen, dress: str) -> None:
    await visitor.visit(screen.path)
    if screen.prepare is not None:
        try:
            await screen.prepare(stage, visitor)
        except Exception as error:
            # A picture of what is there instead says more.
            visitor.problems.append(f"{screen.name}: {str(error).splitlines()[0]}")
    for width, height in stage.sizes:
        await visitor.page.set_viewport_size({"width": width, "height": height})
        await visitor.page.wait_for_load_state("networkidle")
        # Fonts, charts and the first live rows.
        await visitor.page.evaluate("document.fonts.ready")
        await visitor.page.wait_for_timeout(400)
        shot = await visitor.page.screenshot(animations="disabled", caret="hide")
        path = stage.out / f"{screen.name}-{dress}-{width}.png"
        path.write_bytes(small(shot))


def small(png: bytes) -> bytes:
    """The same picture in at most 256 colours: a third of the size, and hardly to be told apart."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    reduced = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    made = io.BytesIO()
    reduced.save(made, "PNG", optimize=True)
    return made.getvalue()


_MORE = '''
[campaign.spring]
pool = "colleagues"
trunks = ["carrier"]
ring_timeout = 20.0
wrapup_limit = 40.0
title = "Spring offer 春季优惠"
company = "Example Ltd"

[campaign.spring.calling]
start = "00:00"
end = "24:00"

[campaign.spring.schedule.weekdays]
mon = ["9:00-12:00", "13:00-17:30"]
tue = ["9:00-12:00", "13:00-17:30"]

[campaign.spring.script]
en = """
# Opening
> Good day, this is {{agent}} of {{company}}. Do I speak to **{{name}}**?

# Need
- You have had the {{plan}} plan for a while. What do you use most?
- What would you change about it?

# Offer
> The spring offer keeps its price for a year, and can be ended every month.

# Close
> Thank you, {{name}}. You will have it in writing today. Goodbye!
"""
zh = """
# 开场
> 您好，我是 {{company}} 的 {{agent}}。请问是 **{{name}}** 吗？

# 了解需求
- 您目前使用的是 {{plan}} 套餐，平时用得最多的是什么？
- 您最希望改进哪一点？

# 介绍优惠
> 春季优惠一年内价格不变，可按月退订。

# 结束
> 谢谢您，{{name}}。今天会把书面说明发给您，再见！
"""
'''


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kit.screenshots")
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--screen", action="append", help="only this one; may be repeated")
    parser.add_argument("--narrow", action="store_true", help=f"only {SIZES[0][0]} pixels wide")
    options = parser.parse_args()
    names = [screen.name for screen in SCREENS]
    wanted = options.screen or names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"there is no screen {unknown[0]!r}; there are: {', '.join(names)}")
    options.out.mkdir(parents=True, exist_ok=True)
    screens = [screen for screen in SCREENS if screen.name in wanted]
    sizes = SIZES[:1] if options.narrow else SIZES
    problems = asyncio.run(take(options.out, screens, sizes))
    for problem in problems:
        print(f"screenshots: {problem}", file=sys.stderr)
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
