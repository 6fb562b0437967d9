"""Pages of the console in a real Chromium: who looks at them, what goes wrong in them, what they
hear.

One browser serves many tests; each visitor has a context of its own, as a private window has.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Response,
    async_playwright,
)

from tests.kit.browser import QUIET, chromium, driver_environ
from tests.kit.console_floor import Login
from tests.kit.microphone import MICROPHONE_HZ, microphone_wav

#: Real seconds in which a page has to do what a test waits for.
PATIENCE_MS = 15_000
Language = Literal["en", "zh-CN"]
Theme = Literal["light", "dark"]

# Every peer connection of the page, so that a test can ask it what it hears.
_KEEP_PEERS = """
(() => {
  const Real = window.RTCPeerConnection
  window.__peers = []
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.__peers.push(this) }
  }
})()
"""

# Energy of what came in over `ms`, and its loudest frequency. Sums over live connections.
_LISTEN = """
async ([ms, wanted]) => {
  const live = window.__peers.filter((it) => it.connectionState === 'connected')
  const totals = async () => {
    const sum = { energy: 0, seconds: 0, packets: 0 }
    for (const peer of live) for (const it of (await peer.getStats()).values()) {
      if (it.type !== 'inbound-rtp' || it.kind !== 'audio') continue
      sum.energy += it.totalAudioEnergy ?? 0
      sum.seconds += it.totalSamplesDuration ?? 0
      sum.packets += it.packetsReceived ?? 0
    }
    return sum
  }
  const tracks = live.flatMap((it) => it.getReceivers().map((one) => one.track))
    .filter((it) => it?.kind === 'audio' && it.readyState === 'live')
  const context = new AudioContext()
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))])
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0.6 })
  if (tracks.length) context.createMediaStreamSource(new MediaStream(tracks)).connect(analyser)
  const before = await totals()
  const bins = new Float32Array(analyser.frequencyBinCount)
  const sum = new Float64Array(bins.length)
  for (const end = performance.now() + ms; performance.now() < end; ) {
    await new Promise((done) => setTimeout(done, 50))
    analyser.getFloatFrequencyData(bins)
    bins.forEach((db, at) => { sum[at] += 10 ** (db / 10) })
  }
  const after = await totals()
  const loudest = sum.indexOf(Math.max(...sum))
  const hz = (loudest * context.sampleRate) / analyser.fftSize
  const each = context.sampleRate / analyser.fftSize
  const power = (from, to) =>
    sum.slice(Math.floor(from / each), Math.ceil(to / each)).reduce((a, b) => a + b, 0)
  const all = power(200, 3400)
  const tones = wanted.map((one) => (all > 0 ? power(one - 30, one + 30) / all : 0))
  await context.close()
  const seconds = after.seconds - before.seconds
  return {
    level: seconds > 0 ? Math.sqrt(Math.max(0, after.energy - before.energy) / seconds) : 0,
    hz, tones, packets: after.packets - before.packets, connections: live.length,
  }
}
"""


@dataclass(frozen=True)
class Heard:
    """What came in: `level` 0 to 1 (root mean square), `hz` the loudest frequency, `tones` the
    share of the energy around each frequency that was asked for.
    """

    level: float
    hz: float
    packets: int
    connections: int
    tones: tuple[float, ...] = ()

    def is_tone(self, hz: float, within_hz: float = 15.0) -> bool:
        return self.level > 0.005 and abs(self.hz - hz) <= within_hz


@dataclass
class Visitor:
    """One person before one browser window. `problems` is what went wrong in it unexpectedly."""

    context: BrowserContext
    page: Page
    url: str
    problems: list[str] = field(default_factory=list)
    _allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, *patterns: str) -> None:
        """What matches one of these is no problem, from now on: as `503 POST .*/phone`."""
        self._allowed += [re.compile(pattern) for pattern in patterns]

    async def visit(self, path: str) -> None:
        await self.page.goto(f"{self.url}{path}")

    async def log_in(self, login: Login, path: str = "/") -> None:
        """Through the page's own form, by keyboard; returns when the first screen is there."""
        await self.visit(f"/login?to={path}" if path != "/" else "/login")
        await self.seen("login")
        await self.page.get_by_test_id("login-name").fill(login.name)
        await self.page.get_by_test_id("login-password").fill(login.password)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url(lambda url: "/login" not in url, timeout=PATIENCE_MS)

    async def seen(self, testid: str, within_ms: float = PATIENCE_MS) -> None:
        """Return when what has this `data-testid` is on the screen."""
        await self.page.get_by_test_id(testid).first.wait_for(state="visible", timeout=within_ms)

    async def hears(self, seconds: float = 1.0, tones: Sequence[float] = ()) -> Heard:
        """What its phone hears now."""
        told = await self.page.evaluate(_LISTEN, [seconds * 1000, list(tones)])
        return Heard(**{**told, "tones": tuple(told["tones"])})

    async def until_hears_also(self, hz: float, share: float = 0.02, within_s: float = 15) -> Heard:
        """Return when this tone is in what is heard, louder ones beside it or not."""
        heard = Heard(0, 0, 0, 0)
        for _ in range(max(1, int(within_s / 0.5))):
            heard = await self.hears(0.5, [hz])
            if heard.level > 0.005 and heard.tones[0] > share:
                return heard
        raise AssertionError(f"{hz:g} Hz were not in what was heard in {within_s:g} s: {heard}")

    async def until_hears(self, hz: float, within_s: float = 15.0) -> Heard:
        """Return when this tone is heard. Raises AssertionError with what was heard instead."""
        heard = Heard(0, 0, 0, 0)
        for _ in range(max(1, int(within_s / 0.5))):
            heard = await self.hears(0.5)
            if heard.is_tone(hz):
                return heard
        raise AssertionError(f"{hz:g} Hz were not heard within {within_s:g} s, but {heard}")

    def check(self) -> None:
        """Raises AssertionError when anything went wrong that was not allowed."""
        assert not self.problems, "in the page: " + "; ".join(self.problems)

    def _note(self, what: str) -> None:
        if not any(pattern.search(what) for pattern in self._allowed):
            self.problems.append(what)

    # --- what the browser tells

    def _listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note(f"error: {error}"))
        page.on("requestfailed", self._on_failed)
        page.on("response", self._on_response)
        page.on("crash", lambda _page: self._note("the page crashed"))

    def _on_console(self, message: ConsoleMessage) -> None:
        # Said again of every answer that is told by `_on_response`.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _on_failed(self, request: Request) -> None:
        # A page that is left breaks off what it was asking for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self._note(f"failed {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} {response.request.method} {response.url}")


#: Who is not logged in asks who they are, and is told so.
_USUAL = (r"^401 GET .*/api/v1/session$",)


@dataclass
class Browsers:
    """Chromiums by what their microphones hear; started when first asked for."""

    playwright: Playwright
    _started: dict[int | None, Browser] = field(default_factory=dict)

    async def get(self, microphone_hz: int | None = MICROPHONE_HZ) -> Browser:
        """None: a browser without any microphone."""
        if microphone_hz not in self._started:
            found = chromium()
            self._started[microphone_hz] = await self.playwright.chromium.launch(
                executable_path=found.executable,
                args=[*QUIET, *flags(microphone_hz)],
                env=dict(found.env),
                chromium_sandbox=found.may_sandbox,
            )
        return self._started[microphone_hz]

    @asynccontextmanager
    async def visitor(
        self,
        url: str,
        *,
        microphone_hz: int | None = MICROPHONE_HZ,
        may_use_microphone: bool = True,
        language: Language = "en",
        theme: Theme = "light",
        size: tuple[int, int] = (1280, 800),
        timezone: str = "UTC",
        checked: bool = True,
    ) -> AsyncIterator[Visitor]:
        """Somebody new before a window. At the end nothing may have gone wrong in it."""
        browser = await self.get(microphone_hz)
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            timezone_id=timezone,
            color_scheme=theme,
            base_url=url,
            permissions=["microphone"] if may_use_microphone else [],
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            if not may_use_microphone:
                await context.grant_permissions([], origin=url)
            await context.add_init_script(_KEEP_PEERS)
            visitor = Visitor(context, await context.new_page(), url)
            visitor.allow(*_USUAL)
            context.on("page", visitor._listen)
            visitor._listen(visitor.page)
            yield visitor
            if checked:
                visitor.check()
        finally:
            await context.close()

    async def close(self) -> None:
        for browser in self._started.values():
            await browser.close()


def flags(microphone_hz: int | None) -> list[str]:
    """What makes a browser's microphone a file, and its network this machine."""
    # Without any other network a browser would offer no address at all.
    always = ["--allow-loopback-in-peer-connection", "--mute-audio"]
    if microphone_hz is None:
        return [*always, "--disable-audio-input"]
    return [
        *always,
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone_wav(microphone_hz)}",
    ]


@asynccontextmanager
async def browsers() -> AsyncIterator[Browsers]:
    """Chromiums for a whole session of tests. Raises BrowserError when there is none."""
    chromium()
    async with AsyncExitStack() as stack:
        with _environ(driver_environ()):
            playwright = await stack.enter_async_context(async_playwright())
        made = Browsers(playwright)
        try:
            yield made
        finally:
            await made.close()


@contextmanager
def _environ(added: dict[str, str]) -> Iterator[None]:
    """This process's environment with `added` in it: Playwright takes no other."""
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# ------------------------------------------------------------------------------------ accessibility

_STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN_AXE = """
async ([tags, without]) => {
  const found = await axe.run(
    { include: [['html']], exclude: without.map((it) => [it]) },
    { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] },
  )
  return found.violations.map((it) => ({
    rule: it.id, impact: it.impact, help: it.help,
    places: it.nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  }))
}
"""


async def barriers(
    page: Page, *, without: Sequence[str] = (), impacts: Sequence[str] = ("serious", "critical")
) -> list[str]:
    """What axe-core finds on the page now that keeps people out (WCAG 2.2 AA), a line each.

    `without`: selectors of parts to leave out.
    """
    # By the debugger's way, which the page's own policy for scripts does not concern.
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_axe())
    found: list[dict[str, Any]] = await page.evaluate(_RUN_AXE, [list(_STANDARD), list(without)])
    return [
        f"{it['impact']} {it['rule']} ({it['help']}): {place}"
        for it in found
        if it["impact"] in impacts
        for place in it["places"]
    ]


@cache
def _axe() -> str:
    path = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run 'python tools/console.py modules'")
    return path.read_text(encoding="utf-8")


__all__ = [
    "MICROPHONE_HZ", "PATIENCE_MS", "Browsers", "Error", "Heard", "Visitor", "barriers", "browsers",
]  # fmt: skip
