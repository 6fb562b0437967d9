"""What may come of a campaign's calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.dispositions import service
from dialer.features.dispositions.schemas import ChangeDispositions, DispositionSheet
from dialer.features.settings.public import reach_subject
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses

router = APIRouter(prefix="/campaigns", tags=["dispositions"])


@router.get(
    "/{name}/dispositions",
    summary="What may come of its calls",
    responses={200: {"model": DispositionSheet}, **responses(404)},
)
async def get_dispositions(
    name: str, caller: Annotated[Caller, Needs("settings.read")]
) -> Response:
    """In the order of the desk, with what each does to the lead."""
    await reach_subject(caller, f"campaign/{name}")
    return json_answer(await service.sheet(caller, name))


@router.put(
    "/{name}/dispositions",
    summary="Change what may come of its calls",
    responses={200: {"model": DispositionSheet}, **responses(404, 409)},
)
async def put_dispositions(
    name: str, body: ChangeDispositions, caller: Annotated[Caller, Needs("settings.change")]
) -> Response:
    """The whole list, in its order. 409 `disposition-used`: one that was said of calls is left out;
    retire it. 409 `stale`: somebody else changed the settings meanwhile.
    """
    await reach_subject(caller, f"campaign/{name}")
    rows = [row.model_dump(mode="json") for row in body.rows]
    return json_answer(await service.write(caller, name, rows, body.because, body.version))
