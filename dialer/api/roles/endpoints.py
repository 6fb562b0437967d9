"""Roles: those that come with the program, and one's own."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Response

from dialer.accounts.grants import fault_of_role, holds
from dialer.accounts.roles import BUILT_IN, PERMISSIONS
from dialer.api.accounts.service import role_named
from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.errors import ProblemError, bad_request, conflict, not_found
from dialer.api.problems import responses
from dialer.api.roles.schemas import NewRole, Role, RoleList
from dialer.api.sessions.ending import rights_changed
from dialer.ports import accounts as kept
from dialer.ports.accounts import Scope

router = APIRouter(prefix="/roles", tags=["roles"])
_Reader = Annotated[Caller, Needs("roles.read")]
_Admin = Annotated[Caller, Needs("roles.manage")]
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@router.get("", summary="All roles and permissions", responses={200: {"model": RoleList}})
async def list_roles(caller: _Reader) -> Response:
    found = [*BUILT_IN.values(), *await caller.context.store.roles.list()]
    return json_answer({"roles": [_plain(role) for role in found], "permissions": PERMISSIONS})


@router.get("/{role}", summary="One role", responses={200: {"model": Role}, **responses(404)})
async def get_role(role: str, caller: _Reader) -> Response:
    found = await role_named(caller.context.store, role)
    if found is None:
        raise not_found("role", role)
    return json_answer(_plain(found))


@router.put(
    "/{role}", summary="Make or change a role", responses={200: {"model": Role}, **responses(409)}
)
async def put_role(role: str, body: NewRole, caller: _Admin) -> Response:
    """Takes effect with the next request of everybody who has it."""
    _refuse_built_in(role)
    if not _NAME.fullmatch(role):
        raise bad_request(
            "invalid-name", "a role's name: 1 to 40 small letters, digits or '-', a letter first"
        )
    permissions = frozenset(body.permissions)
    new = kept.Role(name=role, title=body.title, permissions=permissions, scope=Scope(body.scope))
    if fault := fault_of_role(new):
        raise bad_request("invalid-role", fault)
    before = await caller.context.store.roles.get(role)
    for each in (new, before):
        if each is not None and not holds(caller.grant, each):
            raise ProblemError(403, "not-allowed", f"the role {role!r} may do what you may not")
    entry = caller.doer.entry("role.put", role, _noted(before), _noted(new))
    await caller.context.store.roles.put(new, entry)
    rights_changed(caller.context)
    return json_answer(_plain(new))


@router.delete("/{role}", summary="Remove a role", status_code=204, responses=responses(404, 409))
async def remove_role(role: str, caller: _Admin) -> Response:
    """409 while an account has it."""
    _refuse_built_in(role)
    store = caller.context.store
    before = await store.roles.get(role)
    if before is None:
        raise not_found("role", role)
    holders = [account.name for account in await store.accounts.list() if account.role == role]
    if holders:
        raise conflict("role-in-use", f"{len(holders)} accounts have the role {role!r}")
    await store.roles.remove(role, caller.doer.entry("role.remove", role, before=_noted(before)))
    return Response(status_code=204)


def _refuse_built_in(name: str) -> None:
    if name in BUILT_IN:
        raise conflict("built-in", f"the role {name!r} comes with the program: make your own")


def _noted(role: kept.Role | None) -> dict[str, Any] | None:
    if role is None:
        return None
    return {"permissions": sorted(role.permissions), "scope": role.scope.value}


def _plain(role: kept.Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "title": role.title,
        "permissions": sorted(role.permissions),
        "scope": role.scope.value,
        "built_in": role.name in BUILT_IN,
    }
