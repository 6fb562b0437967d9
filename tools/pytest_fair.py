"""Pytest plugin of `make test`: tests on the real Asterisk get the CPU first.

They measure real seconds of a telephone switch and of a browser, so they start first. Those of a
kind share one worker (many at once would slow each other), and every other worker gives way. What
counts how many callees a busy machine lost comes amid the others, when no browser runs beside it.

A machine that is shared may still stop for a second, and then a deadline of real time says nothing
of the product. So these tests, and no others, are tried again after a few seconds, at most twice;
the last lines name each that needed it. A name that is seen there again is a fault to be found.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_NICE = 5
_before: int | None = None
_REAL = ("tests/acceptance/", "tests/console/")
_CODE = "tests/console/test_code.py"
_AMID_THE_OTHERS = "tests/acceptance/test_pacing.py"
# Tests below the paths of a line run on one worker, one after the other. What takes an Asterisk of
# its own is apart from what shares one: either takes about as long as the browser's.
_TOGETHER = (
    ("tests/acceptance/test_process.py", "tests/acceptance/test_service.py"),
    ("tests/acceptance/test_pacing.py",),
    ("tests/acceptance/",),
    (_CODE,),
    ("tests/console/",),
    ("tests/unit/architecture/test_checkers.py",),
)


class FairScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Every test goes to whichever worker is free, but those that belong together to one.

    Not `--dist loadgroup`: xdist 3.8 notes the group in an attribute that pytest 9.2 no longer
    reads, and then spreads the tests without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((paths[0] for paths in _TOGETHER if nodeid.startswith(paths)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FairScheduling:
    return FairScheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not is_real(item))
    for item in items:
        if item.nodeid.startswith(_REAL):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=5))
    amid = [item for item in items if item.nodeid.startswith(_AMID_THE_OTHERS)]
    items[:] = [item for item in items if item not in amid]
    middle = (sum(map(is_real, items)) + len(items)) // 2
    items[middle:middle] = amid


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A worker process is niced for other tests; only root gives it back for a real one."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    global _before  # noqa: PLW0603  (of this process)
    if not is_real(item) and os.nice(0) < _NICE:
        _before = os.nice(0)
        os.nice(_NICE - _before)
    elif is_real(item) and _before is not None:
        with suppress(PermissionError):
            os.nice(_before - os.nice(0))


def is_real(item: pytest.Item) -> bool:
    """The console's code is looked at without a browser."""
    return item.nodeid.startswith(_REAL) and not item.nodeid.startswith(_CODE)
