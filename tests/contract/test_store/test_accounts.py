"""People who log in: the same answers from memory, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dialer.ports.accounts import Account, AccountSession, ApiToken, Member, Role, Squad, Team
from dialer.ports.store import (
    Agent,
    AlreadyExistsError,
    AuditEntry,
    AuditQuery,
    NotFoundError,
    Store,
)
from dialer.words import Scope

NOW = 1_800_000_000.0


def account(name: str = "anna", **fields: Any) -> Account:
    given = {"id": f"id-{name}", "role": "rep", "password": "hash", "created_at": NOW}
    return Account(**{"name": name, **given, **fields})


def entry(what: str = "account.add", subject: str = "anna", at: float = NOW) -> AuditEntry:
    return AuditEntry(at=at, who="test", what=what, subject=subject)


def session(session_id: str, **fields: Any) -> AccountSession:
    given = {
        "account_id": "id-anna", "token": f"digest-{session_id}", "created_at": NOW,
        "seen_at": NOW, "expires_at": NOW + 100,
    }  # fmt: skip
    return AccountSession(**{"id": session_id, **given, **fields})


async def test_an_account_is_found_by_id_and_name_as_it_was_added(store: Store) -> None:
    whole = account(
        full_name="安娜",
        email="anna@example.com",
        language="zh",
        agent="a1",
        totp="sealed",
        recovery=("x", "y"),
        last_login_at=NOW + 0.25,
    )

    await store.accounts.add(whole, entry())

    assert await store.accounts.get("id-anna") == whole
    assert await store.accounts.by_name("anna") == whole
    assert await store.accounts.by_name("Anna") is None
    assert list(await store.accounts.list()) == [whole]


async def test_a_name_and_a_rep_have_one_account_only(store: Store) -> None:
    await store.accounts.add(account(agent="a1"), entry())

    with pytest.raises(AlreadyExistsError, match="'anna' exists"):
        await store.accounts.add(account(id="other"), entry())
    with pytest.raises(AlreadyExistsError, match="rep 'a1' has the account 'anna'"):
        await store.accounts.add(account("bo", agent="a1"), entry())
    await store.accounts.add(account("cy"), entry())
    await store.accounts.add(account("di"), entry())
    with pytest.raises(AlreadyExistsError, match="rep 'a1'"):
        await store.accounts.change("id-cy", entry(), agent="a1")

    assert len(await store.audit.list()) == 3, "what was refused is not noted"


async def test_a_change_sets_its_fields_and_leaves_the_others(store: Store) -> None:
    await store.accounts.add(account(full_name="Anna"), entry())
    await store.accounts.use_step("id-anna", 7, latest=9)

    after = await store.accounts.change("id-anna", entry("account.change"), enabled=False)

    assert (after.enabled, after.full_name, after.totp_step) == (False, "Anna", 7)
    assert await store.accounts.get("id-anna") == after
    assert (await store.audit.list())[0].what == "account.change"
    with pytest.raises(NotFoundError):
        await store.accounts.change("none", None, enabled=True)


async def test_of_many_who_use_one_code_at_once_one_succeeds(store: Store) -> None:
    await store.accounts.add(account(recovery=("a", "b")), entry())

    steps = await asyncio.gather(
        *(store.accounts.use_step("id-anna", 5, latest=9) for _ in range(4))
    )
    codes = await asyncio.gather(
        *(store.accounts.use_recovery("id-anna", "a", entry("recovery")) for _ in range(4))
    )

    assert sorted(steps) == sorted(codes) == [False, False, False, True]
    assert not await store.accounts.use_step("id-anna", 4, latest=9), "an older code is no newer"
    assert await store.accounts.use_step("id-anna", 3, latest=4), "5 was in what is still to come"
    found = await store.accounts.get("id-anna")
    assert found is not None
    assert found.recovery == ("b",)


async def test_a_session_is_found_with_its_account_until_it_ends(store: Store) -> None:
    await store.accounts.add(account(), entry())
    await store.account_sessions.add(session("s1", address="192.0.2.1"))
    until = session("s1").expires_at - 1
    await store.account_sessions.touch("s1", seen_at=NOW + 5, expires_at=until)

    found = await store.account_sessions.find("digest-s1")

    assert found == (
        session("s1", address="192.0.2.1", seen_at=NOW + 5, expires_at=until),
        account(),
    )
    assert await store.account_sessions.find("s1") is None
    assert await store.account_sessions.end("s1")
    assert not await store.account_sessions.end("s1")
    assert await store.account_sessions.find("digest-s1") is None


async def test_all_sessions_of_an_account_end_but_the_one_to_keep(store: Store) -> None:
    await store.accounts.add(account(), entry())
    await store.accounts.add(account("bo"), entry())
    for name in ("s1", "s2", "s3"):
        await store.account_sessions.add(session(name))
    await store.account_sessions.add(session("s4", account_id="id-bo"))

    assert await store.account_sessions.end_all("id-anna", but="s2") == 2
    assert [row.id for row in await store.account_sessions.of_account("id-anna")] == ["s2"]
    assert await store.account_sessions.end_all("id-anna") == 1
    assert len(await store.account_sessions.of_account("id-bo")) == 1


async def test_sessions_that_are_over_or_idle_are_forgotten(store: Store) -> None:
    await store.accounts.add(account(), entry())
    await store.account_sessions.add(session("over", expires_at=NOW + 10))
    await store.account_sessions.add(session("idle", seen_at=NOW - 1))
    await store.account_sessions.add(session("alive"))

    assert await store.account_sessions.sweep(now=NOW + 10, idle_since=NOW) == 2
    assert [row.id for row in await store.account_sessions.of_account("id-anna")] == ["alive"]


async def test_a_token_is_found_used_and_revoked_once(store: Store) -> None:
    await store.accounts.add(account(), entry())
    token = ApiToken(
        id="t1", account_id="id-anna", name="crm", token="digest", created_at=NOW,
        expires_at=NOW + 9, scopes=frozenset({"cdr.read", "floors.read"}),
    )  # fmt: skip
    await store.api_tokens.add(token, entry("token.add"))

    assert await store.api_tokens.find("digest") == (token, account())
    await store.api_tokens.touch("t1", used_at=NOW + 2)
    await store.api_tokens.touch("t1", used_at=NOW + 1)
    assert await store.api_tokens.revoke("t1", entry("token.revoke", at=NOW + 3))
    assert not await store.api_tokens.revoke("t1", entry("token.revoke", at=NOW + 4))

    found = await store.api_tokens.get("t1")
    assert found is not None
    assert (found.last_used_at, found.revoked_at) == (NOW + 2, NOW + 3)
    assert await store.api_tokens.list(account_id="id-bo") == []
    assert len(await store.api_tokens.list()) == 1


async def test_a_role_is_put_replaced_and_removed(store: Store) -> None:
    role = Role(name="coach", title="Coach", permissions=frozenset({"b", "a"}), scope=Scope.SQUAD)
    await store.roles.put(role, entry("role.put"))
    narrower = Role(name="coach", title="", permissions=frozenset(), scope=Scope.OWN)
    await store.roles.put(narrower, entry("role.put"))

    assert await store.roles.get("coach") == narrower
    assert list(await store.roles.list()) == [narrower]
    assert await store.roles.remove("coach", entry("role.remove"))
    assert not await store.roles.remove("coach", entry("role.remove"))
    assert await store.roles.get("coach") is None
    assert len(await store.audit.list()) == 3


async def test_where_an_account_stands_says_team_squad_and_every_reps_place(store: Store) -> None:
    await store.agents.add(Agent(id="a1", name="Anna", endpoint="a1", pool="sales"))
    await store.agents.add(Agent(id="b1", name="Bo", endpoint="b1", pool="other"))
    await store.accounts.add(account(agent="a1"), entry())
    north = Team(id="T", name="north", pools=("sales", "other"))
    await store.teams.add(north, entry("team.add"))
    await store.teams.add_squad(Squad(id="S", team_id="T", name="one"), entry("squad.add"))
    member = Member(account_id="id-anna", team_id="T", squad_id="S")
    await store.teams.place(member, entry("member"))

    found = await store.teams.standing("id-anna")

    assert (found.member, found.team) == (member, north)
    placed = [(row.agent, row.pool, row.team_id, row.squad_id) for row in found.placed]
    assert placed == [("a1", "sales", "T", "S"), ("b1", "other", None, None)]
    nobody = await store.teams.standing("none")
    assert (nobody.member, nobody.team, len(nobody.placed)) == (None, None, 2)


async def test_a_team_or_squad_that_people_belong_to_stays(store: Store) -> None:
    await store.accounts.add(account(), entry())
    await store.teams.add(Team(id="T", name="north"), entry())
    await store.teams.add_squad(Squad(id="S", team_id="T", name="one"), entry())
    await store.teams.place(Member(account_id="id-anna", team_id="T", squad_id="S"), entry())

    with pytest.raises(AlreadyExistsError, match="belong to this team"):
        await store.teams.remove("T", entry())
    with pytest.raises(AlreadyExistsError, match="belong to this squad"):
        await store.teams.remove_squad("S", entry())
    assert await store.teams.unplace("id-anna", entry())
    assert not await store.teams.unplace("id-anna", entry())
    assert await store.teams.remove("T", entry())
    assert (list(await store.teams.list()), list(await store.teams.squads())) == ([], [])


async def test_nobody_is_placed_where_nothing_is(store: Store) -> None:
    await store.accounts.add(account(), entry())
    for name in ("T", "U"):
        await store.teams.add(Team(id=name, name=name), entry())
    await store.teams.add_squad(Squad(id="S", team_id="T", name="one"), entry())

    for member in (
        Member(account_id="none", team_id="T"),
        Member(account_id="id-anna", team_id="none"),
        Member(account_id="id-anna", team_id="T", squad_id="none"),
        Member(account_id="id-anna", team_id="U", squad_id="S"),
    ):
        with pytest.raises(NotFoundError):
            await store.teams.place(member, entry())
    with pytest.raises(NotFoundError):
        await store.teams.add_squad(Squad(id="X", team_id="none", name="x"), entry())
    with pytest.raises(AlreadyExistsError):
        await store.teams.add_squad(Squad(id="X", team_id="T", name="one"), entry())
    with pytest.raises(AlreadyExistsError):
        await store.teams.add(Team(id="V", name="T"), entry())
    with pytest.raises(AlreadyExistsError):
        await store.teams.change(Team(id="U", name="T"), entry())
    with pytest.raises(NotFoundError):
        await store.teams.change(Team(id="W", name="W"), entry())
    assert list(await store.teams.members()) == []


async def test_the_audit_log_is_read_by_who_what_when_and_page(store: Store) -> None:
    for index, (who, what) in enumerate(
        [("bo", "dnc.add"), ("anna", "dnc.remove"), ("bo", "dnc_x"), ("bo", "campaign.start")]
    ):
        await store.audit.record(
            AuditEntry(at=NOW + index, who=who, what=what, subject=str(index), after={"i": index})
        )

    async def found(**wanted: Any) -> list[str]:
        return [row.entry.subject for row in await store.audit.page(AuditQuery(**wanted))]

    assert await found() == ["3", "2", "1", "0"]
    assert await found(who="bo") == ["3", "2", "0"]
    assert await found(what="dnc") == ["1", "0"]
    assert await found(what="dnc.add") == ["0"]
    assert await found(what="dnc%") == []
    assert await found(subject="2") == ["2"]
    assert await found(since=NOW + 1, until=NOW + 3) == ["2", "1"]
    first = await store.audit.page(AuditQuery(limit=2))
    assert await found(below=first[-1].id) == ["1", "0"]


async def test_a_squad_gets_another_name_that_its_team_has_not(store: Store) -> None:
    await store.teams.add(Team(id="T", name="north"), entry())
    for squad_id, name in (("S", "one"), ("R", "two")):
        await store.teams.add_squad(Squad(id=squad_id, team_id="T", name=name), entry())

    await store.teams.rename_squad("S", "晨组", entry("squad.change"))
    await store.teams.rename_squad("S", "晨组", entry("squad.change"))

    assert {row.name for row in await store.teams.squads()} == {"晨组", "two"}
    with pytest.raises(AlreadyExistsError, match="a squad 'two' already"):
        await store.teams.rename_squad("S", "two", entry())
    with pytest.raises(NotFoundError):
        await store.teams.rename_squad("none", "x", entry())
