"""Who works in the demo: reps with names, one account for each role, and a seat kept free."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from dialer.features.roles.built_in import BUILT_IN
from dialer.ids import new_id
from dialer.kit import passwords
from dialer.ports.accounts import Account, Member, Squad, Team
from dialer.ports.audit import AuditEntry
from dialer.ports.store import Agent, AlreadyExistsError
from dialer.store.sql_store import SqlStore

#: The rep whom nobody plays: whoever logs in as it takes its calls in the browser.
SEAT = "you"
TEAM, SQUAD = "demo-team", "demo-squad"
NAMES = (
    "Anna Novak", "李娜", "Ben Carter", "王伟", "Clara Diaz", "张敏", "David Okoro", "刘洋",
    "Elena Rossi", "陈静", "Farid Aziz", "杨帆", "Grace Kim", "赵磊", "Hugo Martin", "黄丽",
    "Iris Jansen", "周杰", "Jonas Weber", "吴婷", "Kate Brown", "徐强", "Leo Santos", "孙悦",
    "Mia Larsen", "马超", "Noah Levy", "朱琳", "Olga Petrova", "胡军", "Paul Dubois", "郭芳",
    "Rosa Silva", "林涛", "Sam Taylor", "何雪", "Tara Singh", "高飞", "Uma Patel", "罗兰",
    "Victor Lund", "梁静", "Wendy Clark", "宋军", "Xenia Popov", "唐敏", "Yusuf Demir", "许峰",
    "Zoe Walsh", "邓丽", "Amir Hassan", "韩冰", "Bella Costa", "曹阳", "Carl Nilsson",
)  # fmt: skip


@dataclass(frozen=True)
class Logins:
    """The names to log in with, and the one password of all of them."""

    names: tuple[str, ...]
    password: str


async def fill(store: SqlStore, codes: list[str], pool: str, password: str) -> Logins:
    """Reps, a team and the accounts, where they are not there yet."""
    await add_reps(store, codes, pool)
    await _rep(store, SEAT, SEAT, pool)
    await _team(store)
    roles = [role for role in BUILT_IN if role != "rep"]
    hashed = passwords.hashed(password)
    for role in roles:
        await _account(store, role, role, hashed)
    await _account(store, SEAT, "rep", hashed, agent=SEAT)
    return Logins((*roles, SEAT), password)


async def add_reps(store: SqlStore, codes: Sequence[str], pool: str) -> None:
    """Those that are not there yet."""
    for code, name in zip(codes, NAMES, strict=False):
        await _rep(store, code, name, pool)


async def add_squads(store: SqlStore, names: Sequence[str]) -> None:
    """Squads of the demo's team, which are called as their ids are."""
    there = {squad.id for squad in await store.teams.squads()}
    for name in names:
        if name not in there:
            squad = Squad(id=name, team_id=TEAM, name=name)
            await store.teams.add_squad(squad, _entry("squad.add", name))


async def _rep(store: SqlStore, code: str, name: str, pool: str) -> None:
    if await store.agents.get(code) is None:
        await store.agents.add(Agent(id=code, name=name, endpoint=code, pool=pool))


async def _team(store: SqlStore) -> None:
    if TEAM not in {team.id for team in await store.teams.list()}:
        await store.teams.add(Team(id=TEAM, name="Demo", pools=("*",)), _entry("team.add", "Demo"))
    if SQUAD not in {squad.id for squad in await store.teams.squads()}:
        squad = Squad(id=SQUAD, team_id=TEAM, name="A")
        await store.teams.add_squad(squad, _entry("squad.add", "A"))


async def _account(
    store: SqlStore, name: str, role: str, hashed: str, *, agent: str | None = None
) -> None:
    account = Account(
        id=new_id(), name=name, role=role, agent=agent, password=hashed, created_at=time.time()
    )
    try:
        await store.accounts.add(account, _entry("account.add", name))
    except AlreadyExistsError:
        return
    # A supervisor without a squad leads the whole team.
    member = Member(account_id=account.id, team_id=TEAM, squad_id=None)
    await store.teams.place(member, _entry("account.place", name))


def _entry(what: str, subject: str) -> AuditEntry:
    return AuditEntry(at=time.time(), who="demo", what=what, subject=subject)
