"""Pages of the documentation."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from dialer.features.manual.pages import docs_folder, page
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import not_found
from dialer.kit.problems import responses

router = APIRouter(tags=["help"])
#: Nothing in a page may run, load or be framed.
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=300",
}


_Anyone = Annotated[Caller, Needs(None)]


@router.get(
    "/help/{name}",
    summary="A page of the documentation",
    response_class=HTMLResponse,
    responses=responses(404),
)
async def get_help(name: str, caller: _Anyone) -> HTMLResponse:
    """As HTML, in English; of the version that runs here."""
    return await _shown(name)


@router.get(
    "/help/{folder}/{name}",
    summary="A page of the documentation that lies in a folder",
    response_class=HTMLResponse,
    responses=responses(404),
)
async def get_help_below(folder: str, name: str, caller: _Anyone) -> HTMLResponse:
    """As HTML, in English; of the version that runs here."""
    return await _shown(f"{folder}/{name}")


async def _shown(name: str) -> HTMLResponse:
    found = await asyncio.to_thread(page, docs_folder(), name)
    if found is None:
        raise not_found("page", name)
    return HTMLResponse(found, headers=_HEADERS)
