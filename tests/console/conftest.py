"""The console in a real Chromium, over the real service and a real Asterisk.

One browser and one floor per worker: a test gets people and pools of its own on it. Tests and
fixtures here share one event loop, in which the browser lives.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dialer.asterisk.apt import terminal_progress
from dialer.asterisk.tree import AsteriskInstall
from tests.kit import pages
from tests.kit.browser import chromium
from tests.kit.console_floor import ConsoleFloor, console_floor
from tests.kit.pages import Browsers, Visitor

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.timeout(180))
        if inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def console_built() -> None:
    """`console/dist` is what the sources say, and the packages for its tools are there."""
    for what in ("build", "modules"):
        command = [sys.executable, str(ROOT / "tools/console.py"), what]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    """This worker's Chromiums; fetched at the first use on a machine."""
    chromium(terminal_progress("Chromium"))
    async with pages.browsers() as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def floor(asterisk_tree: AsteriskInstall, console_built: None) -> AsyncIterator[ConsoleFloor]:
    """A floor that is shared: leave the service as it was."""
    async with console_floor(asterisk_tree) as made:
        yield made


@pytest.fixture
def new_floor(
    asterisk_tree: AsteriskInstall, console_built: None
) -> Callable[..., AbstractAsyncContextManager[ConsoleFloor]]:
    """Makes a floor of a test's own, to kill or to configure: `async with new_floor() as floor`."""

    def make(**options: Any) -> AbstractAsyncContextManager[ConsoleFloor]:
        return console_floor(asterisk_tree, **options)

    return make


@pytest.fixture
def window(
    browsers: Browsers, floor: ConsoleFloor
) -> Callable[..., AbstractAsyncContextManager[Visitor]]:
    """Opens a window of the shared floor: `async with window(theme="dark") as visitor`."""

    def make(**options: Any) -> AbstractAsyncContextManager[Visitor]:
        return browsers.visitor(floor.url, **options)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browsers: Browsers, floor: ConsoleFloor) -> AsyncIterator[Visitor]:
    """Somebody before a window of the shared floor, not logged in."""
    async with browsers.visitor(floor.url) as made:
        yield made
