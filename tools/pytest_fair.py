"""Pytest plugin of `make test`: tests on the real Asterisk get the CPU first.

They measure a telephone switch's real seconds, so they start first, share one worker (two of them
at once would slow each other), and every other worker gives way to theirs.
"""

from __future__ import annotations

import os

import pytest

_NICE = 5


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Acceptance tests to the front, in one group unless they name their own."""
    items.sort(key=lambda item: not is_acceptance(item))
    for item in filter(is_acceptance, items):
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("asterisk"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """From its first other test on, a worker process is niced; it never gets it back."""
    if "PYTEST_XDIST_WORKER" in os.environ and not is_acceptance(item) and os.nice(0) < _NICE:
        os.nice(_NICE - os.nice(0))


def is_acceptance(item: pytest.Item) -> bool:
    """True when the test is marked so."""
    return item.get_closest_marker("acceptance") is not None
