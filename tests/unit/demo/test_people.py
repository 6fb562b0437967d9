"""Who works in the demo is there after its first start, and stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dialer.demo.people import SEAT, SQUAD, TEAM, fill
from dialer.ports.scope import EVERYTHING
from dialer.store.sql_store import SqlStore, open_store


async def people(store: SqlStore) -> dict[str, Any]:
    return {
        "reps": sorted(rep.id for rep in await store.agents.list(EVERYTHING)),
        "teams": [team.id for team in await store.teams.list()],
        "squads": [squad.id for squad in await store.teams.squads()],
        "accounts": [(it.id, it.name) for it in await store.accounts.list()],
        "members": sorted(member.account_id for member in await store.teams.members()),
    }


async def test_a_second_start_finds_the_people_of_the_first(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'dialer.db'}")
    try:
        first_logins = await fill(store, ["r1", "r2"], "default", "a password of the demo")
        first = await people(store)
        assert await fill(store, ["r1", "r2"], "default", "a password of the demo") == first_logins
        assert await people(store) == first
    finally:
        await store.close()
    assert first["reps"] == ["r1", "r2", SEAT]
    assert first["teams"] == [TEAM]
    assert first["squads"] == [SQUAD]
    assert len(first["members"]) == len(first_logins.names)
