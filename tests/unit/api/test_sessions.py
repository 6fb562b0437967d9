"""Logging in, staying in, getting out: cookies, forged requests, guesses, second factors."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from dialer.features.accounts import service as accounts
from dialer.features.sessions import totp
from dialer.kit import passwords, sessions
from dialer.ports.clock import MadeUpClock

PASSWORD = "a good password"
LOGIN = "/api/v1/session"


class Hands(MadeUpClock):
    """A clock that is set by hand. `wrong_s`: how far the wall is from the true time."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.wrong_s = 0.0

    def now(self) -> float:
        return self.time + self.wrong_s

    def steady(self) -> float:
        return self.time


@pytest.fixture
def hands(world) -> Hands:
    world.clock = Hands()
    return world.clock


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
async def anna(people, kept: str, hands: Hands):
    return await people.add("manager", "anna", password=kept)


async def log_in(
    client: httpx.AsyncClient, password: str = PASSWORD, **more: Any
) -> httpx.Response:
    answer = await client.post(LOGIN, json={"name": "Anna", "password": password, **more})
    if answer.is_success:
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


async def test_who_logs_in_is_told_who_he_is_and_what_he_may(people, anna) -> None:
    async with people.browser() as client:
        answer = await log_in(client)
        again = await client.get(LOGIN)

    assert answer.status_code == 200, answer.text
    assert answer.json() == again.json()
    assert (answer.json()["name"], answer.json()["scope"]) == ("anna", "team")
    assert "numbers.read" in answer.json()["permissions"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_is_for_this_site_and_no_script(people, anna) -> None:
    async with people.browser() as client:
        cookie = (await log_in(client)).headers["set-cookie"]
    async with people.browser(base="https://dialer.example") as client:
        over_tls = (await log_in(client)).headers["set-cookie"]
    async with people.browser(base="http://dialer.example") as client:
        plain = (await log_in(client)).headers["set-cookie"]

    assert cookie.startswith("dialer=")
    for each in (cookie, over_tls, plain):
        assert "HttpOnly" in each
        assert "SameSite=strict" in each
        assert "Path=/" in each
        assert "Domain" not in each
    assert "Secure" not in cookie
    assert over_tls.startswith("__Host-dialer=")
    assert "Secure" in over_tls
    assert "Secure" in plain, "from afar without TLS no browser keeps it"


@pytest.mark.parametrize("name", ["anna", "nobody", "", "x" * 64, "a\nb"])
async def test_a_wrong_login_tells_nothing(people, anna, name: str) -> None:
    async with people.browser() as client:
        answer = await client.post(LOGIN, json={"name": name, "password": "wrong password"})

    assert slug(answer) == "401 login-wrong"
    assert answer.json()["detail"] == "name or password is wrong"
    assert "set-cookie" not in answer.headers


async def test_a_session_planted_before_the_login_is_worth_nothing_after_it(people, anna) -> None:
    async with people.browser() as client:
        client.cookies.set("dialer", "planted", domain="127.0.0.1")
        await log_in(client)
        first = client.cookies.get("dialer", domain="127.0.0.1")
        await log_in(client)
        second = client.cookies.get("dialer", domain="127.0.0.1")
    assert len({"planted", first, second}) == 3

    for old in ("planted", first):
        async with people.browser() as client:
            client.cookies.set("dialer", old)
            assert slug(await client.get(LOGIN)) == "401 session-over"


async def test_a_page_of_another_site_can_change_nothing(people, anna) -> None:
    async with people.browser(anna) as client:
        right = client.headers.pop("X-CSRF-Token")
        body = {"name": "x", "scopes": ["floors.read"]}

        assert slug(await client.post("/api/v1/tokens", json=body)) == "403 csrf"
        client.headers["X-CSRF-Token"] = right[:-1] + ("0" if right[-1] != "0" else "1")
        assert slug(await client.post("/api/v1/tokens", json=body)) == "403 csrf"
        client.headers["X-CSRF-Token"] = sessions.csrf_of(sessions.new_key())
        assert slug(await client.delete(LOGIN)) == "403 csrf"
        client.headers["X-CSRF-Token"] = right
        assert (await client.post("/api/v1/tokens", json=body)).status_code == 201


async def test_a_page_of_another_site_can_log_nobody_in(people, anna) -> None:
    async with people.browser() as client:
        client.headers["Sec-Fetch-Site"] = "cross-site"
        assert slug(await log_in(client)) == "403 cross-site"
        client.headers["Sec-Fetch-Site"] = "same-origin"
        assert (await log_in(client)).status_code == 200


async def test_who_logs_out_is_out(people, anna) -> None:
    async with people.browser() as client:
        await log_in(client)
        key = client.cookies["dialer"]
        out = await client.delete(LOGIN)
        assert out.status_code == 204
        assert "dialer" not in client.cookies
        client.cookies.set("dialer", key)
        assert slug(await client.get(LOGIN)) == "401 session-over"


async def test_a_session_ends_idle_and_after_its_longest_time(people, anna, hands: Hands) -> None:
    async with people.browser() as client:
        began = hands.time
        await log_in(client)
        while hands.time < began + sessions.LONGEST_S - sessions.IDLE_S:
            hands.time += sessions.IDLE_S - 1
            assert (await client.get(LOGIN)).status_code == 200
        hands.time = began + sessions.LONGEST_S
        assert slug(await client.get(LOGIN)) == "401 session-over"

        await log_in(client)
        hands.time += sessions.IDLE_S
        assert slug(await client.get(LOGIN)) == "401 session-over"


@pytest.mark.parametrize("wrong_s", [10_800.0, 400 * 86_400.0])
async def test_a_session_begun_while_the_clock_was_ahead_lasts_no_longer_for_it(
    people, anna, hands: Hands, wrong_s: float
) -> None:
    async with people.browser() as client:
        hands.wrong_s = wrong_s
        await log_in(client)
        hands.wrong_s = 0.0
        began = hands.time
        assert (await client.get(LOGIN)).status_code == 200, "nobody is thrown out of a call"
        hands.time += sessions.IDLE_S
        assert slug(await client.get(LOGIN)) == "401 session-over", "nobody was there"

        hands.wrong_s = wrong_s
        await log_in(client)
        hands.wrong_s, began = 0.0, hands.time
        while hands.time < began + sessions.LONGEST_S:
            assert (await client.get(LOGIN)).status_code == 200
            hands.time += sessions.IDLE_S - 1
        assert slug(await client.get(LOGIN)) == "401 session-over"


@pytest.mark.parametrize("wrong_s", [10_800.0, -10_800.0])
async def test_a_step_of_the_clock_makes_no_guesser_wait_longer_or_less(
    people, anna, hands: Hands, wrong_s: float
) -> None:
    async with people.browser() as client:
        for _ in range(6):
            await log_in(client, "wrong password")
        hands.wrong_s = wrong_s
        assert slug(await log_in(client)) == "429 too-many-tries"
        hands.time += 1
        assert (await log_in(client)).status_code == 200


@pytest.mark.parametrize("wrong_s", [10_800.0, -10_800.0])
async def test_a_second_factor_goes_by_the_clock_as_it_was_put_right(
    people, anna, hands: Hands, wrong_s: float
) -> None:
    def code() -> str:
        return totp.hotp(base64.b32decode(secret), int(hands.now() // 30))

    hands.wrong_s = wrong_s
    async with people.browser() as client:
        await log_in(client)
        secret = (await client.post(f"{LOGIN}/totp", json={"password": PASSWORD})).json()["secret"]
        confirmed = await client.post(f"{LOGIN}/totp/confirm", json={"code": code()})
        assert confirmed.status_code == 200
        hands.wrong_s = 0.0
        assert (await log_in(client, code=code())).status_code == 200
        assert slug(await log_in(client, code=code())) == "401 code-wrong", "once only"


async def test_guessing_is_slowed_down_and_says_for_how_long(people, anna, hands: Hands) -> None:
    async with people.browser() as client:
        for _ in range(6):
            assert slug(await log_in(client, "wrong password")) == "401 login-wrong"
        refused = await log_in(client)
        assert slug(refused) == "429 too-many-tries"
        assert refused.headers["retry-after"] == "1"
        assert "try again in 1 s" in refused.json()["detail"]

        hands.time += 1
        assert (await log_in(client)).status_code == 200


async def test_invented_names_from_the_office_keep_nobody_there_out(people, anna) -> None:
    throttle = people.world.throttle
    for index in range(500):
        throttle.begin(f"nobody{index}", "127.0.0.1", people.world.clock.now())

    async with people.browser() as client:
        assert (await log_in(client)).status_code == 200


async def test_who_logged_in_from_this_browser_gets_in_while_others_guess(people, anna) -> None:
    async with people.browser() as guesser, people.browser() as client:
        assert (await log_in(client)).status_code == 200
        device = client.cookies.get("dialer-device")
        for _ in range(10):
            await log_in(guesser, "wrong password")
        assert slug(await log_in(guesser)) == "429 too-many-tries"

        assert (await log_in(client)).status_code == 200
        assert client.cookies.get("dialer-device") != device, "renewed at each login"
        wrong = [slug(await log_in(client, "wrong password")) for _ in range(7)]
    assert wrong[-1] == "429 too-many-tries", "it proves nothing but where it is"


async def test_a_stranger_cannot_keep_a_person_from_changing_the_password(people, anna) -> None:
    async with people.browser(anna) as client, people.browser() as guesser:
        for _ in range(10):
            await log_in(guesser, "wrong password")

        changed = await client.put(
            LOGIN + "/password", json={"old": PASSWORD, "new": "another good one"}
        )

    assert changed.status_code == 200, changed.text


async def test_a_disabled_account_is_out_at_once(people, anna) -> None:
    await people.add("admin")
    async with people.browser(anna) as client:
        assert (await client.get(LOGIN)).status_code == 200
        await accounts.change(people.doer, "anna", {"enabled": False})
        assert slug(await client.get(LOGIN)) == "401 session-over"
        assert slug(await log_in(client)) == "401 login-wrong"


async def test_a_given_password_is_changed_before_anything_else(people, anna, world) -> None:
    made = await accounts.give_password(people.doer, "anna")
    async with people.browser() as client, people.browser() as other:
        assert (await log_in(client, made)).json()["must_change"]
        assert (await log_in(other, made)).json()["must_change"]
        assert slug(await client.get("/api/v1/agents")) == "403 password-change-needed"
        before = client.cookies["dialer"]
        url = f"{LOGIN}/password"
        for new, said in ((made, "is the old one"), ("short", "at least 10")):
            weak = await client.put(url, json={"old": made, "new": new})
            assert slug(weak) == "422 weak-password"
            assert said in weak.json()["detail"]
        wrong = await client.put(url, json={"old": "wrong", "new": "my own password"})
        assert slug(wrong) == "422 password-wrong"

        changed = await client.put(url, json={"old": made, "new": "my own password"})

        assert changed.status_code == 200, changed.text
        assert client.cookies["dialer"] != before
        client.headers["X-CSRF-Token"] = changed.json()["csrf"]
        assert (await client.get("/api/v1/agents")).status_code == 200
        assert slug(await other.get(LOGIN)) == "401 session-over", "every other session ends"
    async with people.browser() as client:
        assert slug(await log_in(client, made)) == "401 login-wrong"
        assert (await log_in(client, "my own password")).status_code == 200


async def test_a_second_factor_is_asked_for_once_it_is_confirmed(
    people, anna, world, hands: Hands
) -> None:
    def code(secret: str) -> str:
        return totp.hotp(base64.b32decode(secret), int(hands.time // 30))

    async with people.browser() as client:
        await log_in(client)
        made = (await client.post(f"{LOGIN}/totp", json={"password": PASSWORD})).json()
        assert made["uri"].startswith("otpauth://totp/")
        assert made["secret"] not in (await world.store.accounts.by_name("anna")).totp
        assert (await log_in(client)).status_code == 200, "not yet confirmed"
        wrong = await client.post(f"{LOGIN}/totp/confirm", json={"code": "000000"})
        assert slug(wrong) == "422 code-wrong"
        answer = await client.post(f"{LOGIN}/totp/confirm", json={"code": code(made["secret"])})
        recovery = answer.json()["recovery_codes"]
        assert len(recovery) == totp.RECOVERY_CODES

        assert slug(await log_in(client)) == "401 code-needed"
        used = await log_in(client, code=code(made["secret"]))
        assert slug(used) == "401 code-wrong", "the code that confirmed was used"
        hands.time += 30
        assert (await log_in(client, code=code(made["secret"]))).status_code == 200
        assert slug(await log_in(client, code=code(made["secret"]))) == "401 code-wrong"

        assert (await log_in(client, code=recovery[0].upper())).status_code == 200
        assert slug(await log_in(client, code=recovery[0])) == "401 code-wrong"
        removed = await client.post(f"{LOGIN}/totp/remove", json={"password": PASSWORD})
        assert removed.status_code == 204
        assert (await log_in(client)).status_code == 200


async def test_a_person_sees_and_ends_the_own_sessions(people, anna) -> None:
    other = await people.session_key(anna)
    async with people.browser(anna) as client:
        found = (await client.get(f"{LOGIN}/all")).json()["sessions"]
        assert sorted(row["is_this"] for row in found) == [False, True]
        assert (await client.delete(f"{LOGIN}/others")).json() == {"ended": 1}
        client.cookies.set("dialer", other)
        client.cookies.delete("dialer")
        client.cookies.set("dialer", other)
        assert slug(await client.get(LOGIN)) == "401 session-over"


async def test_logins_right_and_wrong_are_in_the_audit_log_without_passwords(
    people, anna, world
) -> None:
    async with people.browser() as client:
        await log_in(client, "wrong password")
        await log_in(client)
    async with people.browser() as client:
        await client.post(LOGIN, json={"name": "nobody", "password": "wrong password"})

    entries = await world.store.audit.list()
    assert [entry.what for entry in entries][:2] == ["session.start", "session.refused"]
    assert {entry.who for entry in entries[:2]} == {"anna"}
    assert "password" not in str([entry.after for entry in entries]).replace("'password'", "")


async def test_a_program_has_no_session(client: httpx.AsyncClient) -> None:
    assert (await client.get(LOGIN)).json()["name"] == "api"
    assert slug(await client.delete(LOGIN)) == "403 session-needed"
    assert slug(await client.get(f"{LOGIN}/all")) == "403 session-needed"
