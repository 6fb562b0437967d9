"""Teams and squads: list, add, change, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.teams import service
from dialer.features.teams.schemas import NewSquad, NewTeam, Team, TeamChange, TeamList
from dialer.features.teams.service import Places
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.rights import rights_changed

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
    await service.remove(caller.doer, team)
    return Response(status_code=204)


@router.post(
    "/{team}/squads",
    summary="Add a squad",
    status_code=201,
    responses={201: {"model": Team}, **responses(404, 409)},
)
async def add_squad(team: str, new: NewSquad, caller: _Admin) -> Response:
    found = await service.add_squad(caller.doer, team, new.name)
    return await _shown(caller, found.id, 201)


@router.patch(
    "/{team}/squads/{squad}",
    summary="Rename a squad",
    responses={200: {"model": Team}, **responses(404, 409)},
)
async def rename_squad(team: str, squad: str, body: NewSquad, caller: _Admin) -> Response:
    found = await service.rename_squad(caller.doer, team, squad, body.name)
    return await _shown(caller, found.id)


@router.delete(
    "/{team}/squads/{squad}",
    summary="Remove a squad",
    status_code=204,
    responses=responses(404, 409),
)
async def remove_squad(team: str, squad: str, caller: _Admin) -> Response:
    """409 while somebody belongs to it."""
    await service.remove_squad(caller.doer, team, squad)
    return Response(status_code=204)


async def _shown(caller: Caller, team_id: str, status: int = 200) -> Response:
    places = await Places.read(caller.context.store)
    return json_answer(places.plain(service.known(places, team_id)), status)
