"""The first start tells one terminal how to get in, and nothing else."""

from __future__ import annotations

import io
import sys

import pytest
import structlog

from dialer.features.accounts.first_start import make_first_admin
from dialer.kit import passwords
from dialer.memory.store import InMemoryStore
from dialer.ports.clock import SystemClock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def test_the_password_of_the_first_admin_is_printed_once_and_logged_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, terminal = InMemoryStore(), Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    with structlog.testing.capture_logs() as logged:
        await make_first_admin(store, SystemClock())
        await make_first_admin(store, SystemClock())

    (admin,) = await store.accounts.list()
    (line,) = [line for line in terminal.getvalue().splitlines() if "password:" in line]
    password = line.split()[-1]
    assert passwords.is_password(admin.password, password)
    assert (admin.name, admin.role, admin.must_change) == ("admin", "admin", True)
    assert password not in str(logged) + str(await store.audit.list()) + str(admin)


async def test_without_a_terminal_nobody_is_told_but_how_to_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, pipe = InMemoryStore(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", pipe)
    monkeypatch.setattr(sys, "stderr", pipe)

    with structlog.testing.capture_logs() as logged:
        await make_first_admin(store, SystemClock())

    assert len(await store.accounts.list()) == 1
    assert pipe.getvalue() == ""
    assert [entry["event"] for entry in logged if "dialer account passwd admin" in entry["event"]]
