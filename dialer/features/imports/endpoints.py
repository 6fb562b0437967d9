"""Uploads, drafts, imports."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from dialer.features.campaigns.public import ensure_campaign, seen
from dialer.features.imports import service
from dialer.features.imports.drafts import Draft
from dialer.features.imports.handing import CSV, handed_out
from dialer.features.imports.parts import DRAFTS
from dialer.features.imports.schemas import (
    DraftAnswer,
    FirstRows,
    HowToLook,
    HowToTake,
    ImportList,
    ImportStatus,
    RejectedRows,
    StartImport,
)
from dialer.features.leads.public import importing, lists, numbers_for
from dialer.features.leads.public import service as leads
from dialer.ids import new_id
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import forbidden, not_found
from dialer.kit.problems import responses
from dialer.kit.uploads import FILE_BODY, kept_file
from dialer.ports.lists import ImportRow
from dialer.state_folder import UPLOADS
from dialer.words import Language

router = APIRouter(prefix="/imports", tags=["leads"])
_Importer = Annotated[Caller, Needs("leads.import")]


@router.post(
    "",
    summary="Upload a lead list",
    openapi_extra=FILE_BODY,
    status_code=201,
    responses={201: {"model": DraftAnswer}, **responses(404, 413, 422)},
)
async def upload(
    request: Request,
    caller: _Importer,
    campaign: Annotated[str, Query(max_length=100)],
    file: Annotated[str, Query(max_length=200)] = "",
    region: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """The body is the file. Nothing goes in yet: look at its columns and rows, then start it."""
    await seen(caller, campaign)
    context = caller.context
    settings, now = context.settings(), context.clock.now()
    described = settings.campaign.get(campaign)
    await ensure_campaign(context.store, settings, campaign, now=now, who=caller.grant.who)
    folder, name = settings.state_dir / UPLOADS, leads.file_name(file)
    path = await kept_file(request.stream(), folder, name, limit=leads.MAX_UPLOAD)
    draft = Draft(new_id(), campaign, file or name, caller.grant.who, path, now)
    await DRAFTS.of(context).keep(draft)
    chosen = region or (described.region if described else "")
    answer = await service.look(draft, region=chosen, encoding="", show=numbers_for(caller))
    return json_answer(answer, 201)


@router.get("", summary="Imports", responses={200: {"model": ImportList}, **responses(404)})
async def list_imports(
    caller: _Importer,
    campaign: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    below: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """The newest first."""
    store, scope = caller.context.store, await caller.scope()
    of = None if campaign is None else (await lists.campaign_of(store, campaign, scope)).id
    found = await store.lead_imports.page(scope, campaign_id=of, limit=limit + 1, below=below)
    desk = _desk(caller)
    return json_answer({
        "imports": [desk.shown(row) for row in found[:limit]],
        "below": found[limit - 1].it.id if len(found) > limit else None,
    })  # fmt: skip


@router.post(
    "/{draft}/columns",
    summary="Look at an upload's columns again",
    responses={200: {"model": DraftAnswer}, **responses(404, 422)},
)
async def columns(draft: str, said: HowToLook, caller: _Importer) -> Response:
    """With another region or encoding."""
    return json_answer(
        await service.look(
            _draft(caller, draft),
            region=said.region,
            encoding=said.encoding,
            show=numbers_for(caller),
        )
    )


@router.post(
    "/{draft}/rows",
    summary="An upload's first rows as they will be taken",
    responses={200: {"model": FirstRows}, **responses(404, 422)},
)
async def rows(draft: str, said: HowToTake, caller: _Importer) -> Response:
    found = _draft(caller, draft)
    store = caller.context.store
    campaign = await lists.campaign_of(store, found.campaign, await caller.scope())
    answer = await service.rows(store, campaign.id, found, _how(said), numbers_for(caller))
    return json_answer({"rows": answer})


@router.post(
    "/{draft}/start",
    summary="Import an upload",
    responses={200: {"model": ImportStatus}, **responses(404, 422)},
)
async def start(draft: str, said: StartImport, caller: _Importer) -> Response:
    """It goes on by itself: `GET /imports/{import}` says how far it is."""
    found = _draft(caller, draft)
    context = caller.context
    campaign = await lists.campaign_of(context.store, found.campaign, await caller.scope())
    it = importing.begun(
        campaign.id,
        list_name=lists.checked_name(said.list),
        file=found.file,
        who=caller.grant.who,
        at=context.clock.now(),
    )
    desk = _desk(caller)
    await desk.start(found, it, _how(said))
    await caller.note(
        "leads.import", campaign.name, after={"import": it.id, "file": it.file, "list": said.list}
    )
    return json_answer(desk.shown(ImportRow(it, campaign.name)))


@router.get(
    "/{import_id}", summary="One import", responses={200: {"model": ImportStatus}, **responses(404)}
)
async def get_import(import_id: str, caller: _Importer) -> Response:
    return json_answer(_desk(caller).shown(await _known(caller, import_id)))


@router.post(
    "/{import_id}/cancel",
    summary="Stop an import",
    responses={200: {"model": ImportStatus}, **responses(404)},
)
async def cancel(import_id: str, caller: _Importer) -> Response:
    """What is in stays in; undoing takes it out."""
    row, desk = await _known(caller, import_id), _desk(caller)
    desk.cancel(import_id)
    await caller.note("leads.import-cancel", row.campaign, after={"import": import_id})
    return json_answer(desk.shown(row))


@router.post(
    "/{import_id}/undo",
    summary="Undo an import",
    responses={200: {"model": ImportStatus}, **responses(404, 409)},
)
async def undo(import_id: str, caller: _Importer) -> Response:
    """Takes out the leads that were never called. Who must not be called stays on that list."""
    context, row, desk = caller.context, await _known(caller, import_id), _desk(caller)
    done = await importing.undo(
        context.store,
        desk.standing(row.it),
        await caller.scope(),
        now=context.clock.now(),
        who=caller.grant.who,
    )
    counts = {"taken_out": done.taken_out, "kept": done.kept}
    await caller.note("leads.import-undo", row.campaign, after={"import": import_id, **counts})
    return json_answer(desk.shown(ImportRow(done, row.campaign)))


@router.get(
    "/{import_id}/faults",
    summary="The first rows that did not go in",
    responses={200: {"model": RejectedRows}, **responses(403, 404)},
)
async def faults(
    import_id: str, caller: _Importer, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    path = await _report(caller, import_id)
    return json_answer({"rows": await asyncio.to_thread(service.faults, path, limit)})


@router.get(
    "/{import_id}/rejected",
    summary="The rows that did not go in",
    response_class=StreamingResponse,
    responses={200: CSV, **responses(403, 404)},
)
async def rejected(
    import_id: str, caller: _Importer, language: Language = "en"
) -> StreamingResponse:
    """With row number and reason; corrected, the file can be imported again."""
    return handed_out(await _report(caller, import_id), import_id, language)


async def _report(caller: Caller, import_id: str) -> Path:
    """Raises Refused: it has whole numbers, for who may see them or brought them."""
    row = await _known(caller, import_id)
    if row.it.who != caller.grant.who and not caller.grant.may("numbers.read"):
        raise forbidden("not-allowed", "whole numbers need the permission 'numbers.read'")
    path = service.report_of(caller.context.settings(), import_id)
    if path is None:
        raise not_found("report", import_id)
    return path


async def _known(caller: Caller, import_id: str) -> ImportRow:
    row = await caller.context.store.lead_imports.get(import_id, await caller.scope())
    if row is None:
        raise not_found("import", import_id)
    return row


def _draft(caller: Caller, draft: str) -> Draft:
    found = DRAFTS.of(caller.context).of(draft, caller.grant.who)
    if found is None:
        raise not_found("upload", draft)
    return found


def _how(said: HowToTake) -> importing.HowToRead:
    return importing.HowToRead(
        region=said.region or None, encoding=said.encoding or None, fields=said.fields
    )


def _desk(caller: Caller) -> service.Desk:
    context = caller.context
    return service.Desk(context.store, context.settings(), DRAFTS.of(context))
