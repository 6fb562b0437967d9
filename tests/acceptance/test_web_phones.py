"""A rep's phone in a browser: its page is closed, killed, or loaded again, with and without a
callee on the line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import AsteriskSettings, Phone
from dialer.asterisk.tree import AsteriskInstall
from dialer.floor.state import Agent
from dialer.kit import passwords
from dialer.ports.accounts import Account, Member, Team
from dialer.ports.audit import AuditEntry
from tests.kit import asterisk as pairs
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, engine_rig
from tests.kit.served import Served, served
from tests.kit.ws_phone import RegistrationRefusedError, WsPhone, ws_phone

pytestmark = pytest.mark.acceptance

PASSWORD = "not-a-secret-1"  # of phones that live as long as this test
NOTICED_S = 5.0
BACK_S = 15.0


def web_phones(settings: AsteriskSettings) -> AsteriskSettings:
    """They send no media, and what is shown here must not be the RTP time-out's work."""
    names = ("rep01", "rep02")
    phones = tuple(Phone(name, "webrtc", PASSWORD, rtp_timeout_s=0) for name in names)
    return replace(settings, phones=phones)


@pytest.fixture(scope="module")
def web_pair(asterisk_tree: AsteriskInstall) -> Iterator[AsteriskPair]:
    with pairs.asterisk_pair(asterisk_tree, reps=0, change_node=web_phones) as pair:
        yield pair


class Pages:
    """Opens pages of reps; all are closed at the end."""

    def __init__(self, pair: AsteriskPair, stack: AsyncExitStack) -> None:
        self._port, self._stack = pair.node.settings.ports.http, stack

    async def open(self, name: str = "rep01") -> WsPhone:
        return await self._stack.enter_async_context(ws_phone(self._port, name, PASSWORD))


def rep(rig: Rig, name: str = "rep01") -> Agent:
    return rig.engine.runners["main"].floor.agents[name]


def is_off(rig: Rig) -> bool:
    agent = rep(rig)
    return (agent.state.public, agent.reason) == ("paused", "phone")


async def vanishes(page: WsPhone) -> None:
    page.vanish()


async def closes(page: WsPhone) -> None:
    await page.close()


async def unregisters(page: WsPhone) -> None:
    await page.register(expires_s=0)


async def test_a_page_with_a_wrong_password_gets_no_phone(web_pair: AsteriskPair) -> None:
    port = web_pair.node.settings.ports.http
    with pytest.raises(RegistrationRefusedError, match="401"):
        async with ws_phone(port, "rep01", "another-password"):
            pass


@pytest.mark.parametrize("ends", [vanishes, closes, unregisters])
async def test_a_rep_whose_page_is_gone_gets_no_call_until_it_is_back(
    web_pair: AsteriskPair, ends: Callable[[WsPhone], Awaitable[None]]
) -> None:
    codes = area_codes()
    async with AsyncExitStack() as stack, engine_rig(web_pair) as rig:
        pages = Pages(web_pair, stack)
        page = await pages.open()
        await pages.open("rep02")
        await rig.log_in(2)
        await ends(page)
        await rig.until(lambda: is_off(rig), NOTICED_S, "noticed")

        await rig.add_leads([number_for("hangs_up_after_1s", codes[n]) for n in range(2)])
        await rig.dial()
        cdrs = await rig.until_ended(2)
        assert [(cdr.outcome, cdr.agent) for cdr in cdrs] == [("connected", "rep02")] * 2
        assert is_off(rig)

        again = await pages.open()
        await rig.until(lambda: rig.states()["rep01"] == "ready", BACK_S, "called again")
        assert again.requests[0] == "INVITE"
        assert len(again.calls) == 1


async def test_a_callee_who_answers_after_the_page_was_closed_is_not_sent_to_it(
    web_pair: AsteriskPair,
) -> None:
    async with AsyncExitStack() as stack, engine_rig(web_pair) as rig:
        page = await Pages(web_pair, stack).open()
        await rig.log_in(1)
        await rig.add_leads([number_for("rings_1s_stays")])
        await rig.dial()
        await rig.until(lambda: rig.phases()["ringing"], 5, "it rings")
        page.vanish()
        await rig.until(lambda: is_off(rig), NOTICED_S, "noticed")
        (cdr,) = await rig.until_ended(1)

    assert cdr.answered_at is not None
    assert (cdr.outcome, cdr.agent, cdr.connected_at) == ("abandoned", None, None)


@pytest.mark.parametrize("ends", [vanishes, closes])
async def test_a_callee_whose_rep_loads_the_page_again_is_held_and_has_their_rep_again(
    web_pair: AsteriskPair, ends: Callable[[WsPhone], Awaitable[None]]
) -> None:
    async with AsyncExitStack() as stack, engine_rig(web_pair) as rig:
        pages = Pages(web_pair, stack)
        page = await pages.open()
        await talking(rig)
        leg = rep(rig).leg
        await ends(page)
        await rig.until(lambda: rig.phases()["held"], NOTICED_S, "the callee is held")
        again = await pages.open()
        await rig.until(lambda: rig.phases()["talking"], BACK_S, "they talk again")
        assert rep(rig).leg not in {leg, None}
        assert len(again.calls) == 1
        assert await rig.control.agent_hangup("rep01") is None
        (cdr,) = await rig.until_ended(1)

    assert (cdr.outcome, cdr.agent, cdr.hangup_by) == ("connected", "rep01", "agent")


async def test_a_rep_who_puts_the_phone_down_in_a_call_ends_it_and_is_called_again(
    web_pair: AsteriskPair,
) -> None:
    async with AsyncExitStack() as stack, engine_rig(web_pair) as rig:
        page = await Pages(web_pair, stack).open()
        await talking(rig)
        await page.hang_up()
        (cdr,) = await rig.until_ended(1)
        await rig.until(lambda: rig.states()["rep01"] == "ready", BACK_S, "called again")

    assert (cdr.outcome, cdr.agent, cdr.hangup_by) == ("connected", "rep01", "agent")
    assert page.requests.count("INVITE") == 2


async def talking(rig: Rig) -> None:
    await rig.log_in(1)
    await rig.add_leads([number_for("stays")])
    await rig.dial()
    await rig.until(lambda: rig.phases()["talking"], 10, "they talk")


async def test_a_page_that_registers_before_the_old_ones_end_is_told_keeps_its_leg(
    web_pair: AsteriskPair,
) -> None:
    """Its leg is not ended by the old registration's end, however late that is told."""
    removed: list[Message] = []
    hung_up: list[str] = []
    async with AsyncExitStack() as stack, engine_rig(web_pair) as rig:
        listen_in(rig, removed, hung_up)
        pages = Pages(web_pair, stack)
        old = await pages.open()
        await talking(rig)
        leg = rep(rig).leg
        new = await pages.open()
        await rig.until(lambda: hung_up == [leg], NOTICED_S, "the old page's leg was ended")
        await rig.until(lambda: rig.phases()["talking"], BACK_S, "they talk again")

        leg = rep(rig).leg
        (late,) = removed
        old.vanish()
        await new.register()
        rig.switch._contact(late)
        # What was asked of Asterisk for the late word is answered before this.
        await rig.switch.live_channels()
        assert len(hung_up) == 1
        assert (rep(rig).leg, dict(rig.phases())) == (leg, {"talking": 1})

        new.vanish()
        await rig.until(lambda: hung_up[1:] == [leg], NOTICED_S, "its own end is not missed")


def listen_in(rig: Rig, removed: list[Message], hung_up: list[str]) -> None:
    """Note the contacts that Asterisk tells removed, and the channels the switch ends."""
    contact, hang_up = rig.switch._contact, rig.switch.hang_up

    def noted_contact(message: Message) -> None:
        if message["ContactStatus"] == "Removed":
            removed.append(message)
        contact(message)

    def noted_hang_up(channel: str) -> None:
        hung_up.append(channel)
        hang_up(channel)

    rig.switch._contact = noted_contact  # type: ignore[method-assign]
    rig.switch.hang_up = noted_hang_up  # type: ignore[method-assign]
    rig.switch._lost_phones._hang_up = noted_hang_up


async def test_a_page_that_loads_again_in_mid_call_has_a_new_password_and_its_callee(
    web_pair: AsteriskPair,
) -> None:
    """The service as a whole: the new password does not touch the call, the new page gets it."""
    port = web_pair.node.settings.ports.http
    async with served(web_pair) as service, AsyncExitStack() as stack:
        await service.add_reps(1)
        await service.start()
        old = await service.client.post("/api/v1/agents/rep01/phone")
        page = await stack.enter_async_context(ws_phone(port, "rep01", old.json()["password"]))
        await service.log_in(1)
        await service.add_leads([number_for("stays")])
        await service.tell("campaigns/demo/start")

        async def talks() -> bool:
            return await service.count("calls", "talking") == 1

        await service.until(talks, 10, "they talk")
        new = await service.client.post("/api/v1/agents/rep01/phone")
        with pytest.raises(RegistrationRefusedError, match="401"):
            await page.register()
        assert await talks()
        page.vanish()
        again = await stack.enter_async_context(ws_phone(port, "rep01", new.json()["password"]))
        await service.until(lambda: _has_call(again), BACK_S, "the new page has the call")
        await service.until(talks, BACK_S, "they talk again")

        logs = service.log_tail() + (web_pair.node.settings.run_dir / "log/messages").read_text()
        assert old.json()["password"] not in logs
        assert new.json()["password"] not in logs
        await service.tell("agents/rep01/hangup")


async def _has_call(page: WsPhone) -> bool:
    return len(page.calls) == 1


async def test_a_supervisor_listens_with_the_phone_of_the_own_page(web_pair: AsteriskPair) -> None:
    """Over the API as a person: log in, get a phone, listen, log out."""
    port = web_pair.node.settings.ports.http
    async with served(web_pair) as service, AsyncExitStack() as stack:
        await service.add_reps(1)
        await service.start()
        rep = (await service.client.post("/api/v1/agents/rep01/phone")).json()
        await stack.enter_async_context(ws_phone(port, "rep01", rep["password"]))
        await service.log_in(1)
        browser = await person(service, "boss", "manager")
        stack.push_async_callback(browser.aclose)
        given = (await browser.post("/api/v1/supervision/phone")).json()
        refused = await browser.post("/api/v1/supervision", json={"agent": "rep01"})
        assert refused.status_code == 409, refused.text
        page = await stack.enter_async_context(ws_phone(port, given["username"], given["password"]))
        begun = await browser.post("/api/v1/supervision", json={"agent": "rep01"})
        assert begun.status_code == 201, begun.text
        assert len(page.calls) == 1
        (agent,) = (await service.floor())["agents"]
        assert [it["who"] for it in agent["watchers"]] == ["boss"]
        await service.add_leads([number_for("stays")])
        await service.tell("campaigns/demo/start")

        async def hears() -> bool:
            rows = (await browser.get("/api/v1/supervision")).json()["supervision"]
            return [row["state"] for row in rows] == ["hearing"]

        await service.until(hears, 10, "the call is heard")
        assert (await browser.delete("/api/v1/session")).status_code == 204
        await service.until(lambda: _has_no_call(page), 5, "the listening is over")
        with pytest.raises(RegistrationRefusedError):
            await page.register()
        noted = [row.what for row in await service.store.audit.list() if row.who == "boss"]
        await service.tell("agents/rep01/hangup")

    # The first was refused: its phone was not there.
    began = ["supervision.begin", "supervision.end", "supervision.begin", "call.listen"]
    assert noted[::-1][:6] == ["session.start", "supervision.phone", *began]
    assert set(noted[:2]) == {"supervision.end", "session.end"}


async def person(service: Served, name: str, role: str) -> httpx.AsyncClient:
    """A browser in which this person has logged in."""
    account = Account(
        id=f"id-{name}", name=name, role=role, password=passwords.hashed(PASSWORD), created_at=1.0
    )
    entry = AuditEntry(at=1.0, who="test", what="account.add", subject=name)
    await service.store.accounts.add(account, entry)
    team = Team(id="north", name="north", pools=("*",))
    await service.store.teams.add(team, entry)
    await service.store.teams.place(Member(account_id=account.id, team_id="north"), entry)
    browser = httpx.AsyncClient(base_url=str(service.client.base_url), timeout=20)
    said = await browser.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert said.is_success, said.text
    browser.headers["X-CSRF-Token"] = said.json()["csrf"]
    return browser


async def _has_no_call(page: WsPhone) -> bool:
    return not page.calls
