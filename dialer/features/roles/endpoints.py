"""Roles: those that come with the program, and one's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.every import PERMISSIONS
from dialer.features.roles import service
from dialer.features.roles.schemas import NewRole, Role, RoleList
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.rights import rights_changed
from dialer.words import Scope

router = APIRouter(prefix="/roles", tags=["roles"])
_Reader = Annotated[Caller, Needs("roles.read")]
_Admin = Annotated[Caller, Needs("roles.manage")]


@router.get("", summary="All roles and permissions", responses={200: {"model": RoleList}})
async def list_roles(caller: _Reader) -> Response:
    found = await service.every(caller.context.store)
    return json_answer(
        {"roles": [service.plain(role) for role in found], "permissions": PERMISSIONS}
    )


@router.get("/{role}", summary="One role", responses={200: {"model": Role}, **responses(404)})
async def get_role(role: str, caller: _Reader) -> Response:
    return json_answer(service.plain(await service.known(caller.context.store, role)))


@router.put(
    "/{role}", summary="Make or change a role", responses={200: {"model": Role}, **responses(409)}
)
async def put_role(role: str, body: NewRole, caller: _Admin) -> Response:
    """Takes effect with the next request of everybody who has it."""
    put = await service.put(caller.doer, role, body.title, body.permissions, Scope(body.scope))
    rights_changed(caller.context)
    return json_answer(service.plain(put))


@router.delete("/{role}", summary="Remove a role", status_code=204, responses=responses(404, 409))
async def remove_role(role: str, caller: _Admin) -> Response:
    """409 while an account has it."""
    await service.remove(caller.doer, role)
    return Response(status_code=204)
