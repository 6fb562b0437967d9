"""`dialer team`, `account change`, `rep change`, `role`: a site set up at a terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from dialer.features.accounts.first_start import make_first_admin
from dialer.ports.clock import SystemClock
from dialer.store import open_store


def on_store(config: Path, work: Any) -> Any:
    async def done() -> Any:
        store = await open_store(f"sqlite:///{config.parent}/state/dialer.db")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(done())


def test_a_team_is_made_with_a_squad_and_a_supervisor_in_it(dialer) -> None:
    made = dialer("team", "add", "华东一组")
    dialer("team", "squad", "add", "华东一组", "early")
    added = dialer("account", "add", "sue", "--role", "supervisor", "--team", "华东一组")
    listed = dialer("team", "list", "--json").json["teams"]

    assert (made.status, added.status) == (0, 0), (made.err, added.err)
    assert "works in default" in made.out
    assert "sees nothing" not in added.out
    assert [(it["name"], it["pools"], it["members"]) for it in listed] == [
        ("华东一组", ["default"], 1)
    ]
    assert "early (0)" in dialer("team", "list").out


def test_who_would_see_an_empty_page_is_told_of_when_added(dialer) -> None:
    dialer("account", "add", "boss", "--role", "admin")
    dialer("team", "add", "north", "--pool", "*")

    placeless = dialer("account", "add", "sue", "--role", "supervisor")
    repless = dialer("account", "add", "anna", "--role", "rep")

    assert "dialer account change sue --team NAME" in placeless.out
    assert "dialer account change anna --agent CODE" in repless.out
    assert "sees nothing" not in dialer("account", "change", "sue", "--team", "north").out
    assert dialer("account", "list", "--json").json["accounts"][-1]["lacks"] is None
    dialer("account", "change", "sue", "--team", "")
    assert dialer("account", "list", "--json").json["accounts"][-1]["lacks"] == "team"


def test_a_site_with_reps_but_no_administrator_gets_one_at_the_start(dialer, config: Path) -> None:
    dialer("rep", "add", "anna")
    added = dialer("account", "add", "anna", "--role", "rep", "--agent", "anna")
    lost = dialer("account", "passwd", "admin")

    assert "there is no administrator yet" in added.out
    assert "'dialer serve' makes one at its start" in lost.err
    on_store(config, lambda store: make_first_admin(store, SystemClock()))
    on_store(config, lambda store: make_first_admin(store, SystemClock()))
    listed = dialer("account", "list", "--json").json["accounts"]
    assert [(it["name"], it["role"]) for it in listed] == [("admin", "admin"), ("anna", "rep")]
    assert dialer("account", "passwd", "admin").status == 0


def test_where_admin_is_a_reps_name_the_administrator_has_another(dialer, config: Path) -> None:
    dialer("account", "add", "admin", "--role", "rep")

    on_store(config, lambda store: make_first_admin(store, SystemClock()))

    roles = {it["name"]: it["role"] for it in dialer("account", "list", "--json").json["accounts"]}
    assert roles == {"admin": "rep", "administrator": "admin"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("account", "add", "bo", "--role", "supervisor", "--team", "north"), "dialer team add"),
        (("account", "passwd", "nobody"), "'dialer account list' shows those there are"),
        (("team", "change", "north", "--name", "x"), "'dialer team add NAME' makes one"),
        (("team", "add", "south", "--pool", "defalt"), "did you mean 'default'?"),
        (("team", "squad", "remove", "east", "none"), "dialer team squad add"),
        (("team", "remove", "east"), "place them elsewhere first"),
        (("team", "add", "east"), "exists already"),
        (("rep", "change", "nobody", "--name", "x"), "'dialer rep add CODE' makes one"),
        (("role", "change", "rep", "--may", "audit.read"), "dialer role add NAME --like ROLE"),
        (("role", "add", "spy", "--may", "calls.tap"), "there is no permission 'calls.tap'"),
        (("role", "remove", "none"), "'dialer role list'"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_remedy(dialer, arguments, said: str) -> None:
    dialer("account", "add", "boss", "--role", "admin")
    dialer("team", "add", "east")
    dialer("account", "add", "sue", "--role", "supervisor", "--team", "east")

    done = dialer(*arguments)

    assert done.status == 1
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_rep_gets_skills_another_phone_and_is_disabled(dialer) -> None:
    dialer("rep", "add", "anna")

    changed = dialer(
        "rep", "change", "anna", "--name", "Anna", "--skill", "german=3", "--phone", "sip", "--json"
    ).json
    off = dialer("rep", "disable", "anna")

    assert (changed["name"], changed["skills"]) == ("Anna", {"german": 3})
    assert changed["account"]["kind"] == "sip"
    assert off.out.endswith("disabled\n")
    assert "disabled" not in dialer("rep", "enable", "anna").out
    assert dialer("rep", "phone", "anna", "--json").json["username"] == "anna"
    assert dialer("rep", "change", "anna").status == 2


def test_a_rep_is_changed_in_a_running_service_too(dialer, service) -> None:
    dialer("rep", "add", "anna")

    changed = dialer("rep", "change", "anna", "--language", "zh", "--json")

    assert changed.status == 0, changed.err
    assert changed.json["language"] == "zh"


def test_a_role_of_ones_own_begins_like_another(dialer) -> None:
    dialer("role", "add", "coach", "--like", "supervisor", "--not", "calls.dial")
    dialer("role", "change", "coach", "--may", "audit.read", "--sees", "all")

    shown = dialer("role", "show", "coach", "--json").json

    assert (shown["scope"], shown["built_in"]) == ("all", False)
    assert {"audit.read", "floors.read"} <= set(shown["permissions"])
    assert "calls.dial" not in shown["permissions"]
    assert "calls.listen" in dialer("role", "show", "coach").out
    assert dialer("role", "remove", "coach").status == 0
