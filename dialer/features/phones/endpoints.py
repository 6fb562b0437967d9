"""A phone for the page that asks: the rep's own, or one for listening in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from dialer.features.agents.public import service as agents
from dialer.features.phones import service
from dialer.features.phones.schemas import BrowserPhone, PhoneWish
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses

router = APIRouter(tags=["phones"])
_GIVEN = {200: {"model": BrowserPhone}, **responses(404, 409)}


@router.post("/agents/{agent}/phone", summary="A new password for the own phone", responses=_GIVEN)
async def give_rep_phone(
    agent: str,
    request: Request,
    caller: Annotated[Caller, Needs("agents.steer")],
    wish: PhoneWish | None = None,
) -> Response:
    """For the rep who is logged in, with a phone in the browser. It ends with the session, and when
    another is given; whoever is registered with an earlier one stays until this one registers.
    """
    rep = await agents.known(caller.context.store, agent, await caller.scope())
    return _private(
        json_answer(await service.rep_phone(caller, rep, request, again=_is_again(wish)))
    )


@router.post(
    "/supervision/phone",
    summary="A new password for the own listening phone",
    responses={200: {"model": BrowserPhone}, **responses(409)},
)
async def give_listening_phone(
    request: Request,
    caller: Annotated[Caller, Needs("calls.listen")],
    wish: PhoneWish | None = None,
) -> Response:
    """The phone is made when first asked for; it can call nobody."""
    return _private(
        json_answer(await service.listening_phone(caller, request, again=_is_again(wish)))
    )


def _is_again(wish: PhoneWish | None) -> bool:
    return wish is not None and wish.again


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
