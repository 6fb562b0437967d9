"""Roles, scopes, passwords and sessions: decisions over plain data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dialer.features.every import PERMISSIONS
from dialer.features.roles.built_in import BUILT_IN
from dialer.features.roles.rules import grant_of, holds, machine_grant, unknown
from dialer.kit import passwords, sessions
from dialer.kit.grants import Grant
from dialer.kit.scope import (
    NOTHING,
    OfAgent,
    OfCall,
    OfLead,
    OfPool,
    Reach,
    is_seen,
    reach_of,
)
from dialer.ports.accounts import Account, AccountSession, Member, Placed, Role, Standing, Team
from dialer.words import Scope

NOW = 1_800_000_000.0


def grant(scope: Scope, agent: str | None = None, permissions: set[str] | None = None) -> Grant:
    may = frozenset(permissions or PERMISSIONS)
    return Grant(who="x", permissions=may, scope=scope, account="A", agent=agent)


# Two teams share the pool `sales`; `east` works in `help` alone. Nobody made a1 an account.
PLACED = (
    Placed(agent="n1", pool="sales", team_id="north", squad_id="one"),
    Placed(agent="n2", pool="sales", team_id="north", squad_id="two"),
    Placed(agent="s1", pool="sales", team_id="south"),
    Placed(agent="e1", pool="help", team_id="east"),
    Placed(agent="a1", pool="sales"),
)


def standing(team: str, squad: str | None = None, pools: tuple[str, ...] = ("sales",)) -> Standing:
    return Standing(
        member=Member(account_id="A", team_id=team, squad_id=squad),
        team=Team(id=team, name=team, pools=pools),
        placed=PLACED,
    )


def test_every_role_is_made_of_permissions_there_are() -> None:
    assert set(BUILT_IN) == {"admin", "ops", "manager", "supervisor", "qa", "rep", "auditor"}
    assert [unknown(role.permissions) for role in BUILT_IN.values()] == [[]] * 7
    assert {role.scope for role in BUILT_IN.values()} == set(Scope)


def test_only_those_who_answer_for_it_see_whole_numbers_or_the_audit_log() -> None:
    def who(permission: str) -> set[str]:
        return {name for name, role in BUILT_IN.items() if permission in role.permissions}

    assert who("numbers.read") == {"admin", "manager"}
    assert who("audit.read") == {"admin", "auditor"}
    assert who("accounts.manage") == who("roles.manage") == {"admin"}


def test_an_auditor_changes_nothing() -> None:
    changing = {"steer", "manage", "run", "import", "add", "remove", "reload", "own"}
    assert {p.split(".")[1] for p in BUILT_IN["auditor"].permissions} & changing == set()


def test_a_team_sees_its_reps_and_those_nobody_claims_in_its_pools() -> None:
    found = reach_of(grant(Scope.TEAM), standing("north"))

    assert found.agents == {"n1", "n2", "a1"}
    assert [is_seen(OfPool(pool), found) for pool in ("sales", "help")] == [True, False]


def test_a_squad_sees_its_own_and_who_leads_the_team_sees_all_of_it() -> None:
    assert reach_of(grant(Scope.SQUAD), standing("north", "one")).agents == {"n1"}
    assert reach_of(grant(Scope.SQUAD), standing("north")).agents == {"n1", "n2", "a1"}
    assert reach_of(grant(Scope.TEAM), standing("north", "one")).agents == {"n1", "n2", "a1"}


def test_a_call_belongs_to_the_team_of_its_rep_and_without_one_to_the_pool() -> None:
    found = reach_of(grant(Scope.TEAM), standing("north"))

    assert is_seen(OfCall("sales", "n1"), found)
    assert not is_seen(OfCall("sales", "s1"), found), "the pool is shared, the rep is not"
    assert is_seen(OfCall("sales", None), found)
    assert not is_seen(OfCall("help", None), found)


def test_a_rep_sees_no_call_but_the_own() -> None:
    found = reach_of(grant(Scope.OWN, "n1"), standing("north"))

    assert found.agents == {"n1"}
    assert is_seen(OfCall("sales", "n1"), found)
    assert not is_seen(OfCall("sales", None), found)
    assert not is_seen(OfCall("sales", "n2"), found)


@pytest.mark.parametrize(
    ("scope", "owner", "talking", "is_theirs"),
    [
        (Scope.OWN, "n1", None, True),
        (Scope.OWN, None, "n1", True),
        (Scope.OWN, None, None, False),
        (Scope.OWN, "n2", "n2", False),
        (Scope.TEAM, None, None, True),
        (Scope.TEAM, "n2", None, True),
        (Scope.TEAM, "s1", None, False),
        (Scope.TEAM, "s1", "n1", True),
    ],
)
def test_a_lead_is_seen_by_its_keeper_and_by_who_talks_to_it(
    scope: Scope, owner: str | None, talking: str | None, is_theirs: bool
) -> None:
    found = reach_of(grant(scope, "n1"), standing("north"))

    if talking in found.agents:
        found = replace(found, before=frozenset({"L"}))
    assert is_seen(OfLead("L", "sales", "", owner), found) is is_theirs


def test_a_lead_of_another_pool_is_not_seen() -> None:
    found = reach_of(grant(Scope.TEAM), standing("north"))
    assert not is_seen(OfLead("L", "help", "", None), found)


def test_a_star_is_every_pool() -> None:
    found = reach_of(grant(Scope.TEAM), standing("north", pools=("*",)))

    assert is_seen(OfPool("anything"), found)
    assert found.agents == {"n1", "n2", "a1"}


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.SQUAD, Scope.TEAM])
def test_who_belongs_nowhere_sees_nothing(scope: Scope) -> None:
    nowhere = Standing(member=None, team=None, placed=PLACED)

    for found in (reach_of(grant(scope), nowhere), reach_of(grant(scope), None), NOTHING):
        assert not is_seen(OfPool("sales"), found)
        assert not is_seen(OfAgent("n1"), found)
        assert not is_seen(OfCall("sales", None), found)
        assert not is_seen(OfCall("sales", "n1"), found)
        assert not is_seen(OfLead("L", "sales", "", None), found)


@given(
    st.sampled_from(list(Scope)),
    st.sampled_from([None, "one", "two"]),
    st.sampled_from(["n1", "n2", "s1", "e1", "a1"]),
)
def test_a_wider_scope_never_sees_less(scope: Scope, squad: str | None, agent: str) -> None:
    where = standing("north", squad)
    mine = "n2" if squad == "two" else "n1"
    narrow = reach_of(grant(scope, mine), where)
    index = list(Scope).index(scope)
    for wider in list(Scope)[index:]:
        wide: Reach = reach_of(grant(wider, mine), where)
        assert is_seen(OfAgent(agent), wide) >= is_seen(OfAgent(agent), narrow)
        assert is_seen(OfPool("sales"), wide) >= is_seen(OfPool("sales"), narrow)
        assert is_seen(OfCall("sales", agent), wide) >= is_seen(OfCall("sales", agent), narrow)


def test_nobody_hands_on_more_than_he_has() -> None:
    manager = grant_of(_account("manager"), BUILT_IN["manager"])

    assert holds(manager, BUILT_IN["supervisor"])
    assert holds(manager, BUILT_IN["rep"])
    assert not holds(manager, BUILT_IN["admin"])
    assert not holds(manager, BUILT_IN["auditor"]), "it reads the audit log, of all"
    wide = Role(name="w", title="", permissions=frozenset({"floors.read"}), scope=Scope.ALL)
    assert not holds(manager, wide)
    assert all(holds(machine_grant(), role) for role in BUILT_IN.values())


def test_a_token_can_do_what_it_was_made_for_and_its_owner_still_may() -> None:
    rep = _account("rep")

    assert grant_of(rep, BUILT_IN["rep"], {"leads.read", "audit.read"}).permissions == {
        "leads.read"
    }
    assert grant_of(rep, None).permissions == frozenset()
    stale = Role(name="x", title="", permissions=frozenset({"gone.long"}), scope=Scope.OWN)
    assert grant_of(rep, stale).permissions == frozenset()


def _account(role: str) -> Account:
    return Account(id="A", name="x", role=role, password="", created_at=NOW)


def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    kept = passwords.hashed("correct horse battery")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_password(kept, "correct horse battery")
    assert not passwords.is_password(kept, "correct horse batterz")
    assert not passwords.is_password("no hash at all", "x")
    assert passwords.hashed("correct horse battery") != kept, "each has its own salt"
    assert not passwords.is_dated(kept)
    assert passwords.is_dated(kept.replace("t=2", "t=1"))


def test_a_letter_may_be_composed_either_way() -> None:
    assert passwords.is_password(passwords.hashed("M\u00fcnchen 1972"), "Mu\u0308nchen 1972")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 10"),
        ("x" * 201, "at most 200"),
        ("ababababababab", "five different"),
        ("annabella1234", "account's name"),
    ],
)
def test_a_bad_password_is_told_why(password: str, said: str) -> None:
    assert said in (passwords.fault_of(password, "annabella") or "")


def test_a_one_time_password_is_a_password_and_never_the_same() -> None:
    made = {passwords.one_time() for _ in range(50)}

    assert len(made) == 50
    assert {passwords.fault_of(password, "admin") for password in made} == {None}


def test_a_session_ends_when_idle_and_at_the_latest_after_its_time() -> None:
    session = AccountSession(
        id="s", account_id="A", token="t", created_at=NOW, seen_at=NOW, expires_at=NOW + 5000
    )  # fmt: skip

    assert sessions.is_live(session, NOW + sessions.IDLE_S - 1)
    assert not sessions.is_live(session, NOW + sessions.IDLE_S)
    seen = AccountSession(
        id="s", account_id="A", token="t", created_at=NOW, seen_at=NOW + 4999, expires_at=NOW + 5000
    )  # fmt: skip
    assert not sessions.is_live(seen, NOW + 5000)


@pytest.mark.parametrize(
    ("scheme", "host", "client", "secure"),
    [
        ("http", "127.0.0.1:8080", "127.0.0.1", False),
        ("http", "localhost:8080", "::1", False),
        ("http", "[::1]:8080", "::1", False),
        ("https", "127.0.0.1", "127.0.0.1", True),
        ("http", "dialer.example", "127.0.0.1", True),
        ("http", "127.0.0.1", "192.0.2.1", True),
        ("http", "localhost.example:1", "127.0.0.1", True),
        ("http", "", "127.0.0.1", True),
        ("http", "[", "127.0.0.1", True),
    ],
)
def test_cookies_go_over_tls_only_except_on_this_machine(
    scheme: str, host: str, client: str, secure: bool
) -> None:
    assert sessions.is_secure(scheme, host, client) is secure


def test_what_a_page_must_say_comes_from_its_cookie_and_is_not_it() -> None:
    key = sessions.new_key()

    assert sessions.is_csrf(key, sessions.csrf_of(key))
    assert not sessions.is_csrf(key, sessions.csrf_of(sessions.new_key()))
    assert not sessions.is_csrf(key, key)
    assert not sessions.is_csrf(key, "ü")
    assert sessions.digest(key) != sessions.csrf_of(key) != key
