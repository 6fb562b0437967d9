"""`dialer account`: on the database, with or without a service."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

import pytest

from dialer.kit import passwords
from dialer.ports.accounts import Account
from dialer.store import open_store


def kept(config: Path, name: str) -> Account:
    async def read() -> Account | None:
        store = await open_store(f"sqlite:///{config.parent}/state/dialer.db")
        found = await store.accounts.by_name(name)
        await store.close()
        return found

    found = asyncio.run(read())
    assert found is not None
    return found


def test_an_account_is_added_with_a_one_time_password_and_listed(dialer, config: Path) -> None:
    done = dialer("account", "add", "Anna", "--role", "manager", "--name", "Anna Novak", "--json")
    listed = dialer("account", "list", "--json").json["accounts"]

    assert (done.status, done.json["name"]) == (0, "anna")
    assert passwords.is_password(kept(config, "anna").password, done.json["one_time_password"])
    assert [(row["name"], row["role"], row["enabled"]) for row in listed] == [
        ("anna", "manager", True)
    ]
    assert "one_time_password" not in listed[0]
    assert "Anna Novak" in dialer("account", "list").out


def test_a_password_is_given_anew_made_or_asked_for(
    dialer, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialer("account", "add", "anna", "--role", "rep")

    made = dialer("account", "passwd", "anna").out.split()[-1]
    assert passwords.is_password(kept(config, "anna").password, made)
    monkeypatch.setattr(sys, "stdin", io.StringIO("my own password\n"))
    assert dialer("account", "passwd", "anna", "--ask").status == 0
    after = kept(config, "anna")
    assert passwords.is_password(after.password, "my own password")
    assert after.must_change


def test_an_account_is_disabled_and_enabled(dialer, config: Path) -> None:
    dialer("account", "add", "anna", "--role", "rep")

    assert dialer("account", "disable", "anna").out == "account anna disabled\n"
    assert not kept(config, "anna").enabled
    assert dialer("account", "enable", "ANNA").status == 0
    assert kept(config, "anna").enabled


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "a b", "--role", "rep"), "no blank"),
        (("add", "bo", "--role", "mangler"), "did you mean 'manager'?"),
        (("add", "bo", "--role", "rep", "--team", "none"), "there is no team 'none'"),
        (("add", "bo", "--role", "rep", "--agent", "none"), "no rep with the code 'none'"),
        (("passwd", "nobody"), "there is no account 'nobody'"),
        (("disable", "boss"), "last admin"),
    ],
)
def test_what_cannot_be_is_one_clear_line(dialer, arguments: tuple[str, ...], said: str) -> None:
    dialer("account", "add", "boss", "--role", "admin")

    done = dialer("account", *arguments)

    assert done.status == 1
    assert said in done.err
    assert done.err.startswith("dialer: ")
    assert done.err.count("\n") == 1


def test_what_is_done_on_the_terminal_is_noted_with_the_user(dialer, config: Path) -> None:
    dialer("account", "add", "anna", "--role", "rep")

    async def read() -> list[tuple[str, str]]:
        store = await open_store(f"sqlite:///{config.parent}/state/dialer.db")
        found = [(entry.what, entry.who) for entry in await store.audit.list(subject="anna")]
        await store.close()
        return found

    ((what, who),) = asyncio.run(read())
    assert what == "account.add"
    assert who.endswith("(terminal)")
