"""Listen, whisper, join, take over."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.supervision import service
from dialer.features.supervision.schemas import Listen, ListenChange, ListeningIn, ListeningList
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses

router = APIRouter(prefix="/supervision", tags=["supervision"])
_Listener = Annotated[Caller, Needs(service.PERMISSION)]
_ONE = {200: {"model": ListeningIn}, **responses(404, 409)}


@router.get("", summary="Who listens to whom", responses={200: {"model": ListeningList}})
async def list_supervision(caller: _Listener) -> Response:
    """To reps in one's reach."""
    return json_answer({"supervision": await service.shown(caller)})


@router.post(
    "",
    summary="Listen to a rep",
    status_code=201,
    responses={201: {"model": ListeningIn}, **responses(404, 409)},
)
async def listen(body: Listen, caller: _Listener) -> Response:
    """Calls the own listening phone, which must be registered; from then on it hears each call of
    the rep, until ended. What is heard is noted before it is heard.
    """
    return json_answer(service.plain(caller, await service.begin(caller, body)), 201)


@router.patch("/{supervision}", summary="Listen, whisper or join", responses=_ONE)
async def change_listening(supervision: str, body: ListenChange, caller: _Listener) -> Response:
    """whisper: the rep hears the listener, the callee does not. barge: everybody hears everybody,
    and the recording has it.
    """
    return json_answer(service.plain(caller, service.change(caller, supervision, body.mode)))


@router.post("/{supervision}/take-over", summary="Take the call over", responses=_ONE)
async def take_over(supervision: str, caller: _Listener) -> Response:
    """The rep leaves and writes the call up; the call, and this, end when either side hangs up."""
    return json_answer(service.plain(caller, service.take_over(caller, supervision)))


@router.delete(
    "/{supervision}", summary="Stop listening", status_code=204, responses=responses(404, 409)
)
async def stop_listening(supervision: str, caller: _Listener) -> Response:
    service.end(caller, supervision)
    return Response(status_code=204)
