"""Phones in browsers: who gets a password, where the switch is found, and when it all ends."""

from __future__ import annotations

import httpx
import pytest

from dialer.features.phones.desk import PhoneDesk, listener_endpoint
from dialer.features.phones.parts import PHONES
from dialer.features.phones.service import ice_server
from dialer.kit import passwords
from dialer.ports.store import Agent
from dialer.settings.phones import PhoneEntry, put_phone
from tests.kit.phone_keys import InMemoryPhoneKeys

PASSWORD = "correct horse battery"  # of people who live as long as this test


@pytest.fixture
def keys() -> InMemoryPhoneKeys:
    return InMemoryPhoneKeys(n1="of-the-files", n2="of-the-files")


@pytest.fixture
async def desk(world, people, keys) -> PhoneDesk:
    """Two reps of a team, their supervisor, and a rep of another team."""
    for code in ("n1", "n2", "s1"):
        await world.store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool="p"))
        world.control.add_agent(code, pool="p", state="ready")
        await people.add("rep", code, team="south" if code == "s1" else "north", agent=code)
    await people.add("supervisor", "boss", team="north")
    return PhoneDesk(keys, world.store, world.clock)


@pytest.fixture
def browser(people, desk):
    """A browser of that name, on an app that has phones."""
    PHONES.give(people.app.state.context, desk)

    async def of(name: str, base: str = ""):
        account = await people.world.store.accounts.by_name(name)
        return people.browser(account, base)

    return of


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


async def test_a_rep_gets_a_password_for_the_own_phone_and_another_each_time(
    browser, keys, world
) -> None:
    async with await browser("n1") as client:
        first = (await client.post("/api/v1/agents/n1/phone")).json()
        answer = await client.post("/api/v1/agents/n1/phone")
        second = answer.json()

    assert answer.headers["cache-control"] == "no-store"
    assert not keys.may_register("n1", first["password"])
    assert keys.may_register("n1", second["password"])
    assert not keys.may_register("n1", "of-the-files")
    assert (second["endpoint"], second["username"]) == ("n1", "n1")
    assert second["uri"] == "sip:n1@127.0.0.1"
    assert second["ws_url"] == "ws://127.0.0.1:8088/ws"
    assert (second["short_lived"], second["note"]) == (True, None)
    assert 0 < second["expires_at"] - world.clock.now() <= 14 * 3600
    noted = [entry.what for entry in await world.store.audit.list(subject="n1")]
    assert noted.count("agent.phone") == 2


async def test_the_newest_browser_has_the_phone_and_the_one_before_does_not_take_it_back(
    browser, keys
) -> None:
    again = {"again": True}
    async with await browser("n1") as office, await browser("n1") as home:
        await office.post("/api/v1/agents/n1/phone")
        assert (await office.post("/api/v1/agents/n1/phone", json=again)).status_code == 200
        at_home = (await home.post("/api/v1/agents/n1/phone")).json()
        refused = await office.post("/api/v1/agents/n1/phone", json=again)
        assert slug(refused) == "409 phone-elsewhere"
        assert keys.may_register("n1", at_home["password"])
        assert (await home.post("/api/v1/agents/n1/phone", json=again)).status_code == 200

        assert (await office.post("/api/v1/agents/n1/phone")).status_code == 200
        assert slug(await home.post("/api/v1/agents/n1/phone", json=again)).startswith("409")
        await office.delete("/api/v1/session")
        assert (await home.post("/api/v1/agents/n1/phone", json=again)).status_code == 200


async def test_a_listening_phone_is_the_newest_browsers_too(browser) -> None:
    async with await browser("boss") as office, await browser("boss") as home:
        await office.post("/api/v1/supervision/phone")
        await home.post("/api/v1/supervision/phone")
        refused = await office.post("/api/v1/supervision/phone", json={"again": True})
        assert slug(refused) == "409 phone-elsewhere"


async def test_nobody_gets_another_reps_phone(browser, world) -> None:
    async with await browser("n2") as client:
        assert slug(await client.post("/api/v1/agents/n1/phone")) == "404 no-such-rep"
    async with await browser("boss") as client:
        assert slug(await client.post("/api/v1/agents/n1/phone")) == "403 not-your-phone"
        assert slug(await client.post("/api/v1/agents/s1/phone")) == "404 no-such-rep"
    assert list(await world.store.issued_phones.list()) == []


async def test_the_machines_own_token_may_and_its_password_ends_by_time(
    world, keys, desk, people
) -> None:
    PHONES.give(people.app.state.context, desk)
    async with people.browser() as client:
        client.headers["Authorization"] = f"Bearer {people.app.state.context.token}"
        given = (await client.post("/api/v1/agents/n1/phone")).json()

    await desk.sweep()
    assert keys.may_register("n1", given["password"])
    world.clock.now = lambda: given["expires_at"]
    assert await desk.sweep() == 1
    assert not keys.may_register("n1", given["password"])


async def test_a_desk_phone_needs_no_password_of_a_page(browser, world) -> None:
    put_phone(world.settings.state_dir, "n1", PhoneEntry("sip"))
    async with await browser("n1") as client:
        assert slug(await client.post("/api/v1/agents/n1/phone")) == "409 no-browser-phone"


async def test_a_switch_that_keeps_to_its_files_gives_the_lasting_password_and_says_so(
    browser, keys, world
) -> None:
    keys.by_files_only = True
    async with await browser("n1") as client:
        given = (await client.post("/api/v1/agents/n1/phone")).json()
    async with await browser("boss") as client:
        assert slug(await client.post("/api/v1/supervision/phone")) == "409 no-listening-phones"

    assert (given["short_lived"], given["expires_at"]) == (False, None)
    assert "restart" in given["note"]
    assert len(given["password"]) > 20
    assert list(await world.store.issued_phones.list()) == []


async def test_a_switch_that_is_down_is_said_to_be(browser, keys) -> None:
    keys.is_down = True
    async with await browser("n1") as client:
        answer = await client.post("/api/v1/agents/n1/phone")
    assert slug(answer) == "503 switch-down"
    assert answer.headers["retry-after"]


async def test_without_a_switch_there_are_no_phones(people, world, desk) -> None:
    async with people.browser(await world.store.accounts.by_name("n1")) as client:
        answer = await client.post("/api/v1/agents/n1/phone")
    assert slug(answer) == "409 no-browser-phones"


async def test_logging_out_ends_the_password_of_that_session_alone(browser, keys) -> None:
    async with await browser("n1") as first, await browser("n1") as second:
        await first.post("/api/v1/agents/n1/phone")
        given = (await second.post("/api/v1/agents/n1/phone")).json()
        await first.delete("/api/v1/session")
        assert keys.may_register("n1", given["password"])
        await second.delete("/api/v1/session")
        assert not keys.may_register("n1", given["password"])
        assert not keys.may_register("n1", "of-the-files")


async def test_a_switch_that_is_down_at_the_logout_is_told_later(browser, keys, desk) -> None:
    async with await browser("n1") as client:
        given = (await client.post("/api/v1/agents/n1/phone")).json()
        keys.is_down = True
        assert (await client.delete("/api/v1/session")).status_code == 204
    assert keys.may_register("n1", given["password"])

    keys.is_down = False
    await desk.sweep()
    assert not keys.may_register("n1", given["password"])


async def test_a_new_password_of_ones_own_leaves_the_phone_as_it_is(
    browser, keys, desk, people, world
) -> None:
    await world.store.accounts.change("id-n1", None, password=passwords.hashed(PASSWORD))
    async with await browser("n1") as client:
        given = (await client.post("/api/v1/agents/n1/phone")).json()
        body = {"old": PASSWORD, "new": "another horse battery"}
        changed = await client.put("/api/v1/session/password", json=body)
        assert changed.status_code == 200, changed.text
        await desk.sweep()
        assert keys.may_register("n1", given["password"])
        client.headers["X-CSRF-Token"] = changed.json()["csrf"]
        await client.delete("/api/v1/session")
    assert not keys.may_register("n1", given["password"])


@pytest.mark.parametrize("how", ["disable", "logout", "password"])
async def test_who_is_put_out_loses_the_phone_and_leaves_the_floor_when_disabled(
    how: str, browser, keys, people, world
) -> None:
    await people.add("admin", "root")
    async with await browser("n1") as client:
        given = (await client.post("/api/v1/agents/n1/phone")).json()
    async with await browser("root") as client:
        if how == "disable":
            answer = await client.patch("/api/v1/accounts/n1", json={"enabled": False})
        else:
            answer = await client.post(f"/api/v1/accounts/n1/{how}")
        assert answer.status_code == 200, answer.text

    assert not keys.may_register("n1", given["password"])
    told = [what for what, _ in world.control.told]
    assert told == (["agent_logout"] if how == "disable" else [])


async def test_a_listening_phone_is_of_its_account_and_goes_with_the_session(
    browser, keys, world
) -> None:
    async with await browser("boss") as client:
        given = (await client.post("/api/v1/supervision/phone")).json()
        assert given["endpoint"] == listener_endpoint("id-boss")
        assert keys.may_register(given["endpoint"], given["password"])
        await client.delete("/api/v1/session")
    assert not keys.may_register(given["endpoint"], given["password"])
    async with await browser("n1") as client:
        assert slug(await client.post("/api/v1/supervision/phone")) == "403 not-allowed"


@pytest.mark.parametrize(
    ("settings", "base", "found"),
    [
        ("", "http://10.1.2.3:8080", "ws://10.1.2.3:8088/ws"),
        ("", "http://[::1]:8080", "ws://[::1]:8088/ws"),
        ("", "https://calls.example.com", "wss://calls.example.com/ws"),
        ("", "https://calls.example.com:8443", "wss://calls.example.com:8443/ws"),
        (
            "[asterisk]\ntls_cert = 'a.pem'\ntls_key = 'b.pem'\nhttp_port = 9000\n",
            "https://calls.example.com",
            "wss://calls.example.com:9001/ws",
        ),
        (
            "[console]\nphone_url = 'wss://sip.example.com/ws'\n",
            "http://10.1.2.3:8080",
            "wss://sip.example.com/ws",
        ),
    ],
)
async def test_the_page_is_told_where_it_finds_the_switch(
    settings: str, base: str, found: str, browser, world
) -> None:
    world.read_settings(settings)
    async with await browser("n1", base) as client:
        client.cookies.set("__Host-dialer", client.cookies["dialer"])
        given = (await client.post("/api/v1/agents/n1/phone")).json()
    assert given["ws_url"] == found


async def test_helpers_for_phones_behind_nat_come_as_a_browser_takes_them(browser, world) -> None:
    world.read_settings(
        "[console]\nice_servers = ['stun:stun.example.com:3478', "
        "'turn:me:s3cret@turn.example.com:3478?transport=udp']\n"
    )
    async with await browser("n1") as client:
        given = (await client.post("/api/v1/agents/n1/phone")).json()
    assert given["ice_servers"] == [
        {"urls": "stun:stun.example.com:3478"},
        {
            "urls": "turn:turn.example.com:3478?transport=udp",
            "username": "me",
            "credential": "s3cret",
        },
    ]


def test_an_ice_server_is_told_whole() -> None:
    assert ice_server("turns:u:p@h:1") == {
        "urls": "turns:h:1", "username": "u", "credential": "p"
    }  # fmt: skip
