"""A campaign's scripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.scripts import service
from dialer.features.scripts.schemas import ChangeScript, PreviewScript, Script, ScriptSheet
from dialer.features.settings.public import reach_subject
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses

router = APIRouter(prefix="/campaigns", tags=["scripts"])
_Reader = Annotated[Caller, Needs("settings.read")]


@router.get(
    "/{name}/script",
    summary="What its reps say",
    responses={200: {"model": ScriptSheet}, **responses(404)},
)
async def get_script(name: str, caller: _Reader) -> Response:
    """Markdown by language, and the fields that may stand in it."""
    await reach_subject(caller, f"campaign/{name}")
    return json_answer(await service.sheet(caller, name))


@router.put(
    "/{name}/script",
    summary="Change what its reps say",
    responses={200: {"model": ScriptSheet}, **responses(404, 409)},
)
async def put_script(
    name: str, body: ChangeScript, caller: Annotated[Caller, Needs("settings.change")]
) -> Response:
    """Counts from the next call on. 409 `stale`: somebody else changed the settings meanwhile."""
    await reach_subject(caller, f"campaign/{name}")
    texts = {str(language): text for language, text in body.texts.items()}
    return json_answer(await service.write(caller, name, texts, body.because, body.version))


@router.post(
    "/{name}/script/preview",
    summary="How a script would look on a desk",
    responses={200: {"model": Script}, **responses(404)},
)
async def preview_script(name: str, body: PreviewScript, caller: _Reader) -> Response:
    """With what a lead of the campaign has in its fields. Nothing is kept."""
    await reach_subject(caller, f"campaign/{name}")
    shown = await service.preview(caller, name, body.language, body.text, body.fields)
    return json_answer(shown)
