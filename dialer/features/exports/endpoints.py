"""One's own exports: how far, the file, and away with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict, not_found
from dialer.kit.export import ExportView, exports_of
from dialer.kit.problems import responses
from dialer.kit.shapes import record

router = APIRouter(prefix="/exports", tags=["exports"])
_Somebody = Annotated[Caller, Needs(None)]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {kind: {} for kind in _TYPES.values()}}
}


@router.get(
    "/{export}",
    summary="How far an export is",
    responses={200: record(ExportView), **responses(404)},
)
async def get_export(export: str, caller: _Somebody) -> Response:
    return json_answer(_own(caller, export))


@router.get(
    "/{export}/file",
    summary="The file of an export",
    response_class=Response,
    responses={**_FILE, **responses(404, 409)},
)
async def get_file(export: str, caller: _Somebody) -> Response:
    view = _own(caller, export)
    if view.state != "ready":
        raise conflict("export-not-ready", "the file is not there: look at the state of the export")
    return FileResponse(
        exports_of(caller.context).file(export),
        media_type=_TYPES[view.name.rpartition(".")[2]],
        filename=view.name,
        headers={"Cache-Control": "private, no-store"},
    )


@router.delete("/{export}", summary="Give an export up", status_code=204, responses=responses(404))
async def drop_export(export: str, caller: _Somebody) -> Response:
    """The file is deleted, too."""
    _own(caller, export)
    await exports_of(caller.context).drop(export)
    return Response(status_code=204)


def _own(caller: Caller, export: str) -> ExportView:
    found = exports_of(caller.context).of(caller.grant.who, export)
    if found is None:
        raise not_found("export", export)
    return found
