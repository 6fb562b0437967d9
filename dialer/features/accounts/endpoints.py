"""Accounts: list, add, change, disable; passwords and second factors from an administrator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.accounts import service
from dialer.features.accounts.schemas import (
    Account,
    AccountChange,
    AccountList,
    AddedAccount,
    NewAccount,
    OneTimePassword,
)
from dialer.features.sessions.public import Ended
from dialer.features.teams.public import Places
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.rights import rights_changed, sessions_ended
from dialer.ports.accounts import Account as Person

router = APIRouter(prefix="/accounts", tags=["accounts"])
_Reader = Annotated[Caller, Needs("accounts.read")]
_Admin = Annotated[Caller, Needs("accounts.manage")]


@router.get("", summary="All accounts", responses={200: {"model": AccountList}})
async def list_accounts(caller: _Reader) -> Response:
    """Those within the caller's scope."""
    places = await Places.read(caller.context.store)
    found = await service.seen(caller.doer, places)
    return json_answer({"accounts": [service.plain(account, places) for account in found]})


@router.post(
    "",
    summary="Add an account",
    status_code=201,
    responses={201: {"model": AddedAccount}, **responses(409)},
)
async def add_account(new: NewAccount, caller: _Admin) -> Response:
    """Its password has to be changed at the first login."""
    account, made = await service.add(caller.doer, service.NewPerson(**new.model_dump()))
    places = await Places.read(caller.context.store)
    return json_answer({**service.plain(account, places), "one_time_password": made}, 201)


@router.get(
    "/{account}", summary="One account", responses={200: {"model": Account}, **responses(404)}
)
async def get_account(account: str, caller: _Reader) -> Response:
    """By id or name."""
    places = await Places.read(caller.context.store)
    return json_answer(service.plain(await service.seen_one(caller.doer, places, account), places))


@router.patch(
    "/{account}",
    summary="Change or disable an account",
    responses={200: {"model": Account}, **responses(404, 409)},
)
async def change_account(account: str, body: AccountChange, caller: _Admin) -> Response:
    """A disabled account is logged out at once, and its tokens end to work."""
    given = body.model_dump(exclude_unset=True)
    changed = await service.change(caller.doer, account, given)
    if not changed.enabled:
        await _out(caller, changed)
    rights_changed(caller.context, changed.name)
    return json_answer(service.plain(changed, await Places.read(caller.context.store)))


@router.post(
    "/{account}/password",
    summary="Give a one-time password",
    responses={200: {"model": OneTimePassword}, **responses(404)},
)
async def give_password(account: str, caller: _Admin) -> Response:
    """Ends every session of the account."""
    made = await service.give_password(caller.doer, account)
    found = await service.known(caller.context.store, account)
    await sessions_ended(caller.context, found.name)
    return json_answer({"one_time_password": made})


@router.post(
    "/{account}/logout",
    summary="End all sessions of an account",
    responses={200: {"model": Ended}, **responses(404)},
)
async def end_sessions(account: str, caller: _Admin) -> Response:
    found = await service.ruled(caller.doer, account)
    ended = await caller.context.store.account_sessions.end_all(found.id)
    await caller.note("account.logout", found.name, after={"ended": ended})
    await sessions_ended(caller.context, found.name)
    return json_answer({"ended": ended})


@router.delete(
    "/{account}/totp",
    summary="Take the second factor off an account",
    responses={200: {"model": Account}, **responses(404)},
)
async def drop_second_factor(account: str, caller: _Admin) -> Response:
    """For who lost the phone and the recovery codes."""
    changed = await service.drop_second_factor(caller.doer, account)
    return json_answer(service.plain(changed, await Places.read(caller.context.store)))


async def _out(caller: Caller, account: Person) -> None:
    """Who may not log in any more leaves the floor, too: in mid-call after it."""
    await sessions_ended(caller.context, account.name)
    rep = account.agent
    if rep is None:
        return
    live = caller.context.control.agent(rep)
    if live is not None and live.state != "out":
        await caller.context.control.agent_logout(rep)
        await caller.note("agent.logout", rep, after={"reason": "account disabled"})
