"""Tokens of programs: list, make, revoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Response

from dialer.features.roles.public import unknown
from dialer.features.tokens.schemas import MadeToken, NewToken, TokenList
from dialer.ids import new_id
from dialer.kit import sessions
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import bad_request, forbidden, not_found
from dialer.kit.problems import responses
from dialer.ports.accounts import ApiToken

router = APIRouter(prefix="/tokens", tags=["tokens"])
_Owner = Annotated[Caller, Needs("tokens.own")]
DAY_S = 86_400.0


@router.get("", summary="Tokens of one's own, or of all", responses={200: {"model": TokenList}})
async def list_tokens(caller: _Owner, everybody: bool = False) -> Response:
    """`everybody` needs the permission tokens.manage."""
    if everybody and not caller.grant.may("tokens.manage"):
        raise forbidden("not-allowed", "this needs the permission 'tokens.manage'")
    store = caller.context.store
    # The machine's own token is of no account: it has none of its own to list.
    whose = None if everybody else (caller.grant.account or "")
    found = await store.api_tokens.list(account_id=whose)
    names = {account.id: account.name for account in await store.accounts.list()}
    return json_answer({"tokens": [_plain(token, names) for token in found]})


@router.post("", summary="Make a token", status_code=201, responses={201: {"model": MadeToken}})
async def make_token(new: NewToken, caller: _Owner) -> Response:
    """For who is logged in as a person. The token is shown this once."""
    if caller.session is None or caller.account is None:
        raise forbidden("session-needed", "log in as a person to make a token")
    scopes = frozenset(new.scopes)
    if strange := unknown(scopes):
        raise bad_request("no-such-permission", f"there is no permission {strange[0]!r}")
    if missing := sorted(scopes - caller.grant.permissions):
        raise forbidden("not-allowed", f"you have not the permission {missing[0]!r}")
    key, now = sessions.TOKEN_PREFIX + sessions.new_key(), caller.context.clock.now()
    token = ApiToken(
        id=new_id(),
        account_id=caller.account.id,
        name=new.name,
        token=sessions.digest(key),
        scopes=scopes,
        created_at=now,
        expires_at=now + new.days * DAY_S,
    )
    after = {"name": new.name, "scopes": sorted(scopes), "expires_at": token.expires_at}
    await caller.context.store.api_tokens.add(
        token, caller.doer.entry("token.add", token.id, after=after)
    )
    names = {caller.account.id: caller.account.name}
    return json_answer({**_plain(token, names), "token": key}, 201)


@router.delete("/{token}", summary="Revoke a token", status_code=204, responses=responses(404))
async def revoke_token(token: str, caller: _Owner) -> Response:
    """One's own; any with the permission tokens.manage."""
    store = caller.context.store
    found = await store.api_tokens.get(token)
    is_own = found is not None and found.account_id == caller.grant.account
    if found is None or not (is_own or caller.grant.may("tokens.manage")):
        raise not_found("token", token)
    await store.api_tokens.revoke(token, caller.doer.entry("token.revoke", token))
    return Response(status_code=204)


def _plain(token: ApiToken, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "account": names.get(token.account_id, ""),
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
