"""Playwright's own program starts on machines that lack a library of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import browser
from tests.kit.browser import BrowserError, driver_complaint, driver_environ


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    driver_environ.cache_clear()
    yield
    driver_environ.cache_clear()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is fetched: one library."""
    libraries = tmp_path / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    monkeypatch.setattr(browser, "_fetch", lambda names, progress: tmp_path)
    return libraries


def test_nothing_is_fetched_where_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "driver_complaint", lambda environ: "")
    monkeypatch.setattr(browser, "_fetch", lambda *_: pytest.fail("fetched"))
    assert driver_environ() == {}


def test_it_starts_with_the_library_that_was_fetched(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "driver_complaint", lambda environ: "" if environ else "no lib")
    assert driver_environ() == {"LD_LIBRARY_PATH": str(tree)}


def test_where_that_does_not_help_either_one_line_says_so(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "driver_complaint", lambda environ: "no other lib")
    with pytest.raises(BrowserError, match=r"^Playwright does not start \(no other lib\): .*$"):
        driver_environ()


def test_a_program_that_does_not_start_is_noticed(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho 'libatomic.so.1: no such file' >&2\nexit 127\n")
    node.chmod(0o755)
    environ = {"PLAYWRIGHT_NODEJS_PATH": str(node)}
    assert driver_complaint(environ) == "libatomic.so.1: no such file"
