"""Pytest plugin of `make test`: tests on the real Asterisk get the CPU first.

They measure real seconds of a telephone switch and of a browser, so they start first. Those of a
kind share one worker (many at once would slow each other), and every other worker gives way.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_NICE = 5
_REAL = ("tests/acceptance/", "tests/console/")
# Tests below the paths of a line run on one worker, one after the other. What takes an Asterisk of
# its own is apart from what shares one: either takes about as long as the browser's.
_TOGETHER = (
    (
        "tests/acceptance/test_pacing.py",
        "tests/acceptance/test_process.py",
        "tests/acceptance/test_service.py",
    ),
    ("tests/acceptance/",),
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


def pytest_runtest_setup(item: pytest.Item) -> None:
    """From its first other test on, a worker process is niced; it never gets it back."""
    if "PYTEST_XDIST_WORKER" in os.environ and not is_real(item) and os.nice(0) < _NICE:
        os.nice(_NICE - os.nice(0))


def is_real(item: pytest.Item) -> bool:
    return item.nodeid.startswith(_REAL)
