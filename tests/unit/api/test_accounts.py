"""Accounts, roles, teams, tokens and the audit log over the API."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from dialer.features.accounts.schemas import Account, AddedAccount
from dialer.features.audit.schemas import AuditPage
from dialer.features.live.access import Visitor
from dialer.features.live.push import LivePush
from dialer.features.roles.schemas import Role
from dialer.features.tokens.schemas import MadeToken
from dialer.kit import passwords
from dialer.kit.grants import Grant
from dialer.kit.scope import EVERYTHING
from dialer.ports.store import Agent
from dialer.words import Scope

V1 = "/api/v1"


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def admin(people):
    async with people.browser(await people.add("admin")) as client:
        yield client


async def test_an_account_is_added_with_a_password_shown_once(
    admin: httpx.AsyncClient, world
) -> None:
    await world.store.agents.add(Agent(id="a1", name="Anna", endpoint="a1", pool="default"))
    await admin.post(f"{V1}/teams", json={"name": "north", "pools": ["default"]})
    new = {"name": " Anna ", "role": "rep", "agent": "a1", "team": "north", "full_name": "安娜"}

    answer = await admin.post(f"{V1}/accounts", json=new)

    added = AddedAccount.model_validate(answer.json())
    assert (added.name, added.team, added.must_change) == ("anna", "north", True)
    kept = await world.store.accounts.by_name("anna")
    assert passwords.is_password(kept.password, added.one_time_password)
    shown = (await admin.get(f"{V1}/accounts/anna")).text
    assert "argon2" not in shown
    assert "one_time" not in shown
    assert Account.model_validate_json(shown).agent == "a1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "a b", "role": "rep"}, "422 invalid-name"),
        ({"name": "bo", "role": "mangler"}, "422 no-such-role"),
        ({"name": "bo", "role": "rep", "agent": "none"}, "422 no-such-rep"),
        ({"name": "bo", "role": "rep", "team": "none"}, "404 no-such-team"),
        ({"name": "bo", "role": "rep", "squad": "none"}, "422 no-such-squad"),
        ({"name": "bo", "role": "rep", "password": "short"}, "422 weak-password"),
        ({"name": "admin", "role": "rep"}, "409 already-exists"),
        ({"name": "bo"}, "422 invalid-request"),
    ],
)
async def test_a_bad_account_is_refused_and_nothing_is_made(
    admin: httpx.AsyncClient, world, body: dict, said: str
) -> None:
    assert slug(await admin.post(f"{V1}/accounts", json=body)) == said
    assert len(await world.store.accounts.list()) == 1


async def test_a_change_sets_what_is_given_and_says_before_and_after(
    admin: httpx.AsyncClient, people, world
) -> None:
    await people.add("rep", "bo", full_name="Bo", team="north", squad="one")

    answer = await admin.patch(f"{V1}/accounts/bo", json={"role": "qa"})

    assert (answer.json()["role"], answer.json()["full_name"]) == ("qa", "Bo")
    assert (answer.json()["team"], answer.json()["squad"]) == ("north", "one")
    noted = (await world.store.audit.list())[0]
    assert (noted.who, noted.what, noted.subject) == ("admin", "account.change", "bo")
    assert (noted.before, noted.after) == ({"role": "rep"}, {"role": "qa"})
    moved = (await admin.patch(f"{V1}/accounts/bo", json={"squad": None})).json()
    assert (moved["team"], moved["squad"]) == ("north", None)
    gone = (await admin.patch(f"{V1}/accounts/bo", json={"team": None})).json()
    assert (gone["team"], gone["squad"]) == (None, None)


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": "ops"}])
async def test_the_last_admin_stays(admin: httpx.AsyncClient, people, change: dict) -> None:
    assert slug(await admin.patch(f"{V1}/accounts/admin", json=change)) == "409 last-admin"
    await people.add("admin", "second")
    assert (await admin.patch(f"{V1}/accounts/admin", json=change)).status_code == 200


async def test_nobody_makes_somebody_mightier_than_himself(
    admin: httpx.AsyncClient, people
) -> None:
    keys = ["accounts.manage", "accounts.read", "roles.manage", "floors.read"]
    role = {"permissions": keys, "scope": "all"}
    assert (await admin.put(f"{V1}/roles/keeper", json=role)).status_code == 200
    async with people.browser(await people.add("keeper")) as keeper:
        for method, path, body in (
            ("POST", "accounts", {"name": "x", "role": "admin"}),
            ("PATCH", "accounts/keeper", {"role": "admin"}),
            ("PATCH", "accounts/admin", {"enabled": False}),
            ("POST", "accounts/admin/password", None),
            ("POST", "accounts/admin/logout", None),
            ("DELETE", "accounts/admin/totp", None),
            ("PUT", "roles/keeper", {"permissions": [*keys, "numbers.read"], "scope": "all"}),
        ):
            answer = await keeper.request(method, f"{V1}/{path}", json=body)
            assert slug(answer) == "403 not-allowed", path
        fine = await keeper.put(
            f"{V1}/roles/watcher", json={"permissions": ["floors.read"], "scope": "team"}
        )
        assert Role.model_validate(fine.json()).built_in is False
        made = await keeper.post(f"{V1}/accounts", json={"name": "x", "role": "watcher"})
        assert made.status_code == 201


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("admin", {"permissions": [], "scope": "all"}, "409 built-in"),
        ("A b", {"permissions": [], "scope": "all"}, "422 invalid-name"),
        ("x", {"permissions": ["fly"], "scope": "all"}, "422 invalid-role"),
        ("x", {"permissions": ["audit.read"], "scope": "team"}, "422 invalid-role"),
        ("x", {"permissions": [], "scope": "world"}, "422 invalid-request"),
    ],
)
async def test_a_role_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, world, name: str, body: dict, said: str
) -> None:
    assert slug(await admin.put(f"{V1}/roles/{name}", json=body)) == said
    assert list(await world.store.roles.list()) == []


async def test_a_role_takes_effect_with_the_next_request_and_stays_while_used(
    admin: httpx.AsyncClient, people
) -> None:
    url = f"{V1}/roles/watcher"
    await admin.put(url, json={"permissions": ["floors.read"], "scope": "all"})
    async with people.browser(await people.add("watcher", "bo")) as bo:
        assert (await bo.get(f"{V1}/floors")).status_code == 200
        await admin.put(url, json={"permissions": [], "scope": "all"})
        assert slug(await bo.get(f"{V1}/floors")) == "403 not-allowed"
    assert slug(await admin.delete(url)) == "409 role-in-use"
    await admin.patch(f"{V1}/accounts/bo", json={"role": "rep"})
    assert (await admin.delete(url)).status_code == 204
    assert slug(await admin.delete(url)) == "404 no-such-role"


async def test_a_token_does_what_it_was_made_for_until_revoked(
    admin: httpx.AsyncClient, people, world, stranger: httpx.AsyncClient
) -> None:
    made = MadeToken.model_validate(
        (await admin.post(f"{V1}/tokens", json={"name": "crm", "scopes": ["floors.read"]})).json()
    )
    stranger.headers["Authorization"] = f"Bearer {made.token}"

    assert (await stranger.get(f"{V1}/floors")).status_code == 200
    assert slug(await stranger.get(f"{V1}/agents")) == "403 not-allowed"
    assert slug(await stranger.post(f"{V1}/tokens", json={"name": "x", "scopes": ["x"]})) == (
        "403 not-allowed"
    )
    (kept,) = await world.store.api_tokens.list()
    assert made.token not in str(kept)
    assert kept.last_used_at is not None
    listed = (await admin.get(f"{V1}/tokens")).json()["tokens"]
    assert [(row["name"], "token" in row) for row in listed] == [("crm", False)]
    assert (await admin.delete(f"{V1}/tokens/{made.id}")).status_code == 204
    assert slug(await stranger.get(f"{V1}/floors")) == "401 token-wrong"


async def test_a_token_ends_by_itself_and_with_its_owner(
    admin: httpx.AsyncClient, people, world, stranger: httpx.AsyncClient
) -> None:
    async with people.browser(await people.add("manager", "bo", team="north")) as bo:
        ask = {"name": "x", "scopes": ["floors.read"], "days": 1}
        token = (await bo.post(f"{V1}/tokens", json=ask)).json()
        stranger.headers["Authorization"] = f"Bearer {token['token']}"
        assert (await stranger.get(f"{V1}/floors")).status_code == 200
        assert token["expires_at"] - token["created_at"] == 86_400
    await admin.patch(f"{V1}/accounts/bo", json={"role": "rep"})
    assert slug(await stranger.get(f"{V1}/floors")) == "403 not-allowed"
    await admin.patch(f"{V1}/accounts/bo", json={"enabled": False})
    assert slug(await stranger.get(f"{V1}/floors")) == "401 token-wrong"


async def test_nobody_lends_or_revokes_what_is_not_his(people, admin: httpx.AsyncClient) -> None:
    mine = (await admin.post(f"{V1}/tokens", json={"name": "x", "scopes": ["audit.read"]})).json()
    async with people.browser(await people.add("manager")) as boss:
        for scopes, said in ((["audit.read"], "403 not-allowed"), (["fly"], "422 no-such-")):
            answer = await boss.post(f"{V1}/tokens", json={"name": "x", "scopes": scopes})
            assert slug(answer).startswith(said)
        assert slug(await boss.delete(f"{V1}/tokens/{mine['id']}")) == "404 no-such-token"
        assert slug(await boss.get(f"{V1}/tokens?everybody=true")) == "403 not-allowed"
        assert (await boss.get(f"{V1}/tokens")).json() == {"tokens": []}


async def test_teams_and_squads_come_and_go(admin: httpx.AsyncClient, people) -> None:
    made = await admin.post(f"{V1}/teams", json={"name": "north", "pools": ["*"]})
    assert made.status_code == 201
    bad = await admin.post(f"{V1}/teams", json={"name": "x", "pools": ["defualt"]})
    assert "did you mean 'default'?" in bad.json()["detail"]
    assert slug(await admin.post(f"{V1}/teams", json={"name": "north"})) == "409 already-exists"
    with_squad = await admin.post(f"{V1}/teams/north/squads", json={"name": "one"})
    assert with_squad.json()["squads"][0]["name"] == "one"
    account = {"name": "bo", "role": "rep", "team": "north", "squad": "one"}
    assert (await admin.post(f"{V1}/accounts", json=account)).status_code == 201
    assert slug(await admin.delete(f"{V1}/teams/north")) == "409 already-exists"
    assert slug(await admin.delete(f"{V1}/teams/north/squads/one")) == "409 already-exists"
    renamed = await admin.patch(f"{V1}/teams/north", json={"name": "top", "pools": []})
    assert (renamed.json()["name"], renamed.json()["members"]) == ("top", 1)
    await admin.patch(f"{V1}/accounts/bo", json={"team": None})
    assert (await admin.delete(f"{V1}/teams/top/squads/one")).status_code == 204
    assert (await admin.delete(f"{V1}/teams/top")).status_code == 204
    assert (await admin.get(f"{V1}/teams")).json() == {"teams": []}


async def test_the_audit_log_tells_who_did_what_and_hides_numbers_by_role(
    admin: httpx.AsyncClient, people
) -> None:
    number = "+493012345678"
    await admin.post(f"{V1}/dnc", json={"numbers": [number], "reason": f"call {number}"})

    whole = AuditPage.model_validate((await admin.get(f"{V1}/audit?what=dnc")).json())
    account = await people.add("auditor")
    await admin.post(f"{V1}/reload")
    async with people.browser(account) as auditor:
        masked = (await auditor.get(f"{V1}/audit?what=dnc")).json()
        first = (await auditor.get(f"{V1}/audit?limit=1")).json()
        second = (await auditor.get(f"{V1}/audit?limit=1&below={first['next']}")).json()

    assert whole.entries[0].after["numbers"] == [number]
    assert masked["entries"][0]["after"]["numbers"] == ["***678"]
    assert "12345" not in str(masked)
    assert masked["entries"][0]["who"] == "admin"
    assert first["entries"][0]["what"] == "settings.reload"
    assert second["entries"][0]["what"] == "test"


async def test_what_is_done_to_campaigns_and_reps_is_noted_with_who(
    admin: httpx.AsyncClient, world
) -> None:
    world.read_settings("[campaign.spring]\n")
    world.control.add_campaign("spring")
    await world.store.agents.add(Agent(id="a1", name="Anna", endpoint="a1", pool="default"))
    world.control.add_agent("a1", state="ready")

    await admin.post(f"{V1}/campaigns/spring/start")
    await admin.post(f"{V1}/agents/a1/pause", json={"reason": "talk to me"})

    noted = [(entry.who, entry.what, entry.subject) for entry in await world.store.audit.list()]
    assert noted[:2] == [("admin", "agent.pause", "a1"), ("admin", "campaign.start", "spring")]


async def test_a_change_of_rights_is_told_to_live_push(people, world) -> None:
    admin, rep = await people.add("admin"), await people.add("rep", team="north")
    world.live = LivePush(world.clock)
    grant = Grant(who=rep.name, permissions=frozenset(), scope=Scope.OWN)
    watching = world.live.join(Visitor(grant, EVERYTHING, "s1"))
    async with people.browser(admin) as client:
        for method, path, body in (
            ("PATCH", f"{V1}/accounts/{rep.name}", {"role": "qa"}),
            ("PATCH", f"{V1}/teams/north", {"pools": ["*"]}),
            ("PUT", f"{V1}/roles/mine", {"title": "M", "permissions": [], "scope": "own"}),
        ):
            answer = await client.request(method, path, json=body)
            assert answer.is_success, answer.text
            async with asyncio.timeout(5):
                await watching.doubted()
