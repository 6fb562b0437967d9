"""Passwords of browser phones: the same from memory and from a real Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from dialer.asterisk.client import AmiClient
from dialer.asterisk.node_settings import AsteriskSettings, Phone, Secrets
from dialer.asterisk.phone_keys import AstdbPhoneKeys
from dialer.asterisk.render import render
from dialer.asterisk.tree import AsteriskInstall
from dialer.ports.switch import SwitchDownError
from tests.kit import asterisk as pairs
from tests.kit.asterisk import AsteriskPair
from tests.kit.phone_keys import InMemoryPhoneKeys
from tests.kit.ws_phone import RegistrationRefusedError, ws_phone

FILES = "the-files-own-1"  # of a phone that lives as long as this test
LISTENER = "_listen.01hzz"


@dataclass
class Memory:
    keys: InMemoryPhoneKeys

    async def may_register(self, endpoint: str, password: str) -> bool:
        return self.keys.may_register(endpoint, password)


@dataclass
class Real:
    keys: AstdbPhoneKeys
    port: int

    async def may_register(self, endpoint: str, password: str) -> bool:
        said = ""
        try:
            async with ws_phone(self.port, endpoint, password):
                return True
        except RegistrationRefusedError as error:
            said = str(error).split()[1]
        # 404: the trunk's address, for a name that no phone has.
        assert said in {"401", "404"}
        return False


Phones: TypeAlias = Memory | Real


def web_phones(settings: AsteriskSettings) -> AsteriskSettings:
    names = ("rep01", "rep02", "rep03", "rep04")
    return replace(settings, phones=tuple(Phone(name, "webrtc", FILES) for name in names))


@pytest.fixture(scope="module")
def pair(asterisk_tree: AsteriskInstall) -> Iterator[AsteriskPair]:
    with pairs.asterisk_pair(asterisk_tree, reps=0, change_node=web_phones) as made:
        yield made


@pytest.fixture(params=["memory", pytest.param("asterisk", marks=pytest.mark.acceptance)])
async def phones(request: pytest.FixtureRequest) -> AsyncIterator[Phones]:
    if request.param == "memory":
        yield Memory(InMemoryPhoneKeys(rep01=FILES, rep02=FILES, rep03=FILES))
        return
    settings = request.getfixturevalue("pair").node.settings
    ami = AmiClient(
        "127.0.0.1", settings.ports.ami, "dialer", settings.secrets.ami_dialer,
        on_event=lambda _event: None,
    )  # fmt: skip
    await ami.start()
    await ami.wait_up(5)
    yield Real(AstdbPhoneKeys(ami, settings), settings.ports.http)
    await ami.close()


async def test_a_password_that_was_given_is_right_at_once_and_the_files_no_longer(
    phones: Phones,
) -> None:
    assert await phones.may_register("rep01", FILES)

    assert await phones.keys.give("rep01", "first")

    assert await phones.may_register("rep01", "first")
    assert not await phones.may_register("rep01", FILES)


async def test_the_next_password_ends_the_one_before(phones: Phones) -> None:
    await phones.keys.give("rep02", "first")
    await phones.keys.give("rep02", "second")

    assert not await phones.may_register("rep02", "first")
    assert await phones.may_register("rep02", "second")


async def test_a_locked_phone_registers_with_nothing_until_it_is_given_another(
    phones: Phones,
) -> None:
    await phones.keys.give("rep03", "first")

    await phones.keys.lock("rep03")

    assert not await phones.may_register("rep03", "first")
    assert not await phones.may_register("rep03", FILES)
    await phones.keys.give("rep03", "second")
    assert await phones.may_register("rep03", "second")


async def test_one_phones_password_is_not_anothers(phones: Phones) -> None:
    await phones.keys.give("rep01", "of-the-first")
    await phones.keys.give("rep02", "of-the-second")

    assert not await phones.may_register("rep02", "of-the-first")


async def test_a_listeners_phone_is_there_when_asked_for_and_gone_when_removed(
    phones: Phones,
) -> None:
    assert not await phones.may_register(LISTENER, "first")

    assert await phones.keys.give_listener(LISTENER, "first")
    assert await phones.may_register(LISTENER, "first")
    assert await phones.keys.give_listener(LISTENER, "second")
    assert not await phones.may_register(LISTENER, "first")

    await phones.keys.remove_listener(LISTENER)
    assert not await phones.may_register(LISTENER, "second")
    await phones.keys.remove_listener(LISTENER)


async def test_a_switch_that_is_down_says_so() -> None:
    keys = InMemoryPhoneKeys(rep01=FILES)
    keys.is_down = True
    for told in (keys.give("rep01", "x"), keys.lock("rep01"), keys.remove_listener("x")):
        with pytest.raises(SwitchDownError):
            await told


async def test_a_link_that_is_down_says_so() -> None:
    ami = AmiClient("127.0.0.1", 1, "dialer", "none", on_event=lambda _event: None)
    secrets = Secrets("not-a-secret-1", "not-a-secret-2")
    keys = AstdbPhoneKeys(ami, AsteriskSettings("node1", Path("run"), secrets))
    for told in (keys.give("rep01", "x"), keys.lock("rep01"), keys.remove_listener("x")):
        with pytest.raises(SwitchDownError):
            await told


@pytest.mark.acceptance
async def test_a_registered_page_outlives_a_new_password_until_it_registers_anew(
    pair: AsteriskPair, phones: Phones
) -> None:
    """What a page that is loaded again does to the old one's registration."""
    if not isinstance(phones, Real):
        pytest.skip("memory registers nobody")
    await phones.keys.give("rep04", "old")
    async with ws_phone(pair.node.settings.ports.http, "rep04", "old") as page:
        await phones.keys.give("rep04", "new")
        assert "rep04" in pair.node.cli("pjsip show contacts")
        with pytest.raises(RegistrationRefusedError, match="401"):
            await page.register()


@pytest.mark.acceptance
def test_no_password_is_in_the_database_only_a_digest(pair: AsteriskPair, phones: Phones) -> None:
    if not isinstance(phones, Real):
        pytest.skip("memory has no database")
    kept = pair.node.cli("database show dialer")

    assert "md5_cred" in kept
    assert "first" not in kept
    assert "second" not in kept


@pytest.mark.acceptance
async def test_an_asterisk_that_was_not_restarted_with_our_files_keeps_to_its_own_passwords(
    asterisk_tree: AsteriskInstall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(settings: AsteriskSettings, install: AsteriskInstall) -> dict[str, str]:
        files = render(settings, install)
        del files["sorcery.conf"]
        return files

    monkeypatch.setattr("dialer.asterisk.node.render", without)
    with pairs.asterisk_pair(asterisk_tree, reps=0, change_node=web_phones) as foreign:
        settings = foreign.node.settings
        ami = AmiClient(
            "127.0.0.1", settings.ports.ami, "dialer", settings.secrets.ami_dialer,
            on_event=lambda _event: None,
        )  # fmt: skip
        await ami.start()
        await ami.wait_up(5)
        real = Real(AstdbPhoneKeys(ami, settings), settings.ports.http)

        assert not await real.keys.give("rep01", "short-lived")
        assert await real.may_register("rep01", FILES)
        assert not await real.keys.give_listener(LISTENER, "short-lived")
        await ami.close()
