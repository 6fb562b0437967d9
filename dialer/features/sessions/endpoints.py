"""The session of a browser: begin, look, end; the own password and second factor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from dialer.features.sessions import proofs as devices
from dialer.features.sessions import service
from dialer.features.sessions.devices import remember
from dialer.features.sessions.identity import cookie_of, is_secure
from dialer.features.sessions.schemas import (
    Code,
    Ended,
    Enrolment,
    Login,
    NewPassword,
    OpenSessions,
    Password,
    RecoveryCodes,
    Session,
)
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs, client_of
from dialer.kit.context import Context
from dialer.kit.errors import forbidden
from dialer.kit.problems import responses
from dialer.kit.rights import sessions_ended
from dialer.kit.sessions import LONGEST_S

#: Needs nothing: it is where everybody comes in.
login_router = APIRouter(prefix="/session", tags=["session"])
router = APIRouter(prefix="/session", tags=["session"])
_Anyone = Annotated[Caller, Needs(None)]
_EvenUnchanged = Annotated[Caller, Needs(None, unchanged=True)]
_SESSION: dict[int | str, dict[str, Any]] = {200: {"model": Session}}


@login_router.post("", summary="Log in", responses={**_SESSION, **responses(401, 403, 429)})
async def log_in(body: Login, request: Request, context: Context) -> Response:
    """Sets the session's cookie, always a new one. `code-needed`: send the second factor's code.

    Changing requests of a browser then need the header X-CSRF-Token.
    """
    # A page of another site must not log a person in as somebody else.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise forbidden("cross-site", "logging in is for this site's own pages")
    by = service.Try(client_of(request), request.cookies.get(devices.COOKIE, ""))
    caller = await service.log_in(context, body.name, body.password, body.code, by)
    await service.end_presented(context, request.cookies.get(cookie_of(request), ""))
    answer = await _with_cookie(request, caller)
    await remember(context, request, answer, caller.grant.who)
    return answer


@router.get("", summary="Who asks, and what that allows", responses=_SESSION)
async def get_session(caller: _EvenUnchanged) -> Response:
    return _private(json_answer(await service.plain(caller)))


@router.delete("", summary="Log out", status_code=204)
async def log_out(request: Request, caller: _EvenUnchanged) -> Response:
    service.person(caller)
    assert caller.session is not None
    await caller.context.store.account_sessions.end(caller.session.id)
    await caller.note("session.end", caller.grant.who)
    await sessions_ended(caller.context, caller.grant.who, only=caller.session.id)
    answer = Response(status_code=204)
    secure = is_secure(request)
    answer.delete_cookie(
        cookie_of(request), path="/", secure=secure, httponly=True, samesite="strict"
    )
    return answer


@router.put(
    "/password", summary="Change the own password", responses={**_SESSION, **responses(429)}
)
async def change_password(body: NewPassword, request: Request, caller: _EvenUnchanged) -> Response:
    """Ends every other session of the account, and gives this one a new cookie."""
    changed = await service.change_password(caller, body.old, body.new, client_of(request))
    await sessions_ended(caller.context, caller.grant.who)
    return await _with_cookie(request, changed)


@router.get("/all", summary="The own sessions", responses={200: {"model": OpenSessions}})
async def list_sessions(caller: _Anyone) -> Response:
    account = service.person(caller)
    found = await caller.context.store.account_sessions.of_account(account.id)
    shown = [
        {
            "id": session.id,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "is_this": caller.session is not None and session.id == caller.session.id,
        }
        for session in found
    ]
    return json_answer({"sessions": shown})


@router.delete("/others", summary="End the other sessions", responses={200: {"model": Ended}})
async def end_others(caller: _Anyone) -> Response:
    account = service.person(caller)
    assert caller.session is not None
    ended = await caller.context.store.account_sessions.end_all(account.id, but=caller.session.id)
    await caller.note("session.end", account.name, after={"ended": ended})
    await sessions_ended(caller.context, account.name, but=caller.session.id)
    return json_answer({"ended": ended})


@router.post(
    "/totp",
    summary="Begin a second factor",
    responses={200: {"model": Enrolment}, **responses(409, 429)},
)
async def enrol(body: Password, request: Request, caller: _Anyone) -> Response:
    """Counts once a code was confirmed."""
    made = await service.enrol(caller, body.password, client_of(request))
    return _private(json_answer(made))


@router.post(
    "/totp/confirm",
    summary="Confirm the second factor by a code",
    responses={200: {"model": RecoveryCodes}, **responses(409, 429)},
)
async def confirm(body: Code, request: Request, caller: _Anyone) -> Response:
    codes = await service.confirm(caller, body.code, client_of(request))
    return _private(json_answer({"recovery_codes": codes}))


@router.post(
    "/totp/remove",
    summary="Remove the own second factor",
    status_code=204,
    responses=responses(429),
)
async def remove_second_factor(body: Password, request: Request, caller: _Anyone) -> Response:
    await service.remove_second_factor(caller, body.password, client_of(request))
    return Response(status_code=204)


async def _with_cookie(request: Request, caller: Caller) -> Response:
    answer = _private(json_answer(await service.plain(caller)))
    answer.set_cookie(
        cookie_of(request),
        caller.key,
        max_age=int(LONGEST_S),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )
    return answer


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
