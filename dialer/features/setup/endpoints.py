"""What is left to set up."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Response

from dialer.features.setup import service
from dialer.features.setup.schemas import Setup
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs

router = APIRouter(prefix="/setup", tags=["setup"])


@router.get("", summary="What is left to set up", responses={200: {"model": Setup}})
async def get_setup(caller: Annotated[Caller, Needs("system.inspect")]) -> Response:
    """The steps to a first call, in order, as they stand now."""
    seen = await service.look(caller.context.store, caller.context.settings())
    return json_answer({"steps": [msgspec.structs.asdict(it) for it in service.steps(seen)]})
