"""Teams and squads: list, add, change, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.problems import responses
from dialer.api.sessions.ending import rights_changed
from dialer.api.teams import service
from dialer.api.teams.schemas import NewSquad, NewTeam, Team, TeamChange, TeamList
from dialer.api.teams.service import Places
from dialer.ids import new_id
from dialer.ports.accounts import Squad

router = APIRouter(prefix="/teams", tags=["teams"])
_Reader = Annotated[Caller, Needs("teams.read")]
_Admin = Annotated[Caller, Needs("teams.manage")]


@router.get("", summary="All teams", responses={200: {"model": TeamList}})
async def list_teams(caller: _Reader) -> Response:
    """With their squads; who does not see all sees the own one."""
    places = await Places.read(caller.context.store)
    found = service.seen(caller.doer, places)
    return json_answer({"teams": [places.plain(team) for team in found]})


@router.post(
    "", summary="Add a team", status_code=201, responses={201: {"model": Team}, **responses(409)}
)
async def add_team(new: NewTeam, caller: _Admin) -> Response:
    pools = list(caller.context.settings().pools)
    team = await service.add(caller.doer, new.name, new.pools, pools)
    return await _shown(caller, team.id, 201)


@router.patch(
    "/{team}", summary="Change a team", responses={200: {"model": Team}, **responses(404, 409)}
)
async def change_team(team: str, body: TeamChange, caller: _Admin) -> Response:
    found = service.known(await Places.read(caller.context.store), team)
    pools = list(caller.context.settings().pools)
    await service.change(caller.doer, found, body.name, body.pools, pools)
    rights_changed(caller.context)
    return await _shown(caller, found.id)


@router.delete("/{team}", summary="Remove a team", status_code=204, responses=responses(404, 409))
async def remove_team(team: str, caller: _Admin) -> Response:
    """With its squads; 409 while somebody belongs to it."""
    found = service.known(await Places.read(caller.context.store), team)
    entry = caller.doer.entry("team.remove", found.name, before={"pools": found.pools})
    await caller.context.store.teams.remove(found.id, entry)
    return Response(status_code=204)


@router.post(
    "/{team}/squads",
    summary="Add a squad",
    status_code=201,
    responses={201: {"model": Team}, **responses(404, 409)},
)
async def add_squad(team: str, new: NewSquad, caller: _Admin) -> Response:
    found = service.known(await Places.read(caller.context.store), team)
    entry = caller.doer.entry("squad.add", found.name, after={"squad": new.name})
    squad = Squad(id=new_id(), team_id=found.id, name=new.name)
    await caller.context.store.teams.add_squad(squad, entry)
    return await _shown(caller, found.id, 201)


@router.delete(
    "/{team}/squads/{squad}",
    summary="Remove a squad",
    status_code=204,
    responses=responses(404, 409),
)
async def remove_squad(team: str, squad: str, caller: _Admin) -> Response:
    """409 while somebody belongs to it."""
    places = await Places.read(caller.context.store)
    found = service.known(places, team)
    gone = service.known_squad(places, found, squad)
    entry = caller.doer.entry("squad.remove", found.name, before={"squad": gone.name})
    await caller.context.store.teams.remove_squad(gone.id, entry)
    return Response(status_code=204)


async def _shown(caller: Caller, team_id: str, status: int = 200) -> Response:
    places = await Places.read(caller.context.store)
    return json_answer(places.plain(service.known(places, team_id)), status)
