"""What answers HTTP for a feature's records: list, export, one, add, change, archive, restore."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, get_args

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import ApiContext
from dialer.kit.errors import bad_request
from dialer.kit.faults import Fault
from dialer.kit.problems import responses
from dialer.kit.records import bodies
from dialer.kit.records.asked import cursor_after, parameters, query_of
from dialer.kit.records.export import MEDIA_TYPES, as_text
from dialer.kit.records.keeping import KeptRecords
from dialer.kit.records.service import Keeper
from dialer.kit.shapes import body, record
from dialer.ports.records import R
from dialer.ports.scope import Reach
from dialer.words import ExportFormat

#: What is wrong with a record beyond what its fields say.
CheckIn = Callable[[ApiContext, R], Awaitable[Sequence[Fault]]]
#: Whose records somebody sees, and may put one of them otherwise: raises Refused where not.
ScopeOf = Callable[[Caller], Awaitable[Reach]]
Allow = Callable[[Caller, R], None]
_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


def _anybody(_caller: Caller, _record: Any) -> None:
    return None


async def _nothing_wrong(_context: ApiContext, _record: Any) -> Sequence[Fault]:
    return ()


def record_router(
    kept: KeptRecords[R],
    path: str,
    *,
    reads: str,
    edits: str,
    check: CheckIn[R] = _nothing_wrong,
    scope: ScopeOf = Caller.scope,
    allow: Allow[R] = _anybody,
) -> APIRouter:
    """Under `/PATH`. `reads`, `edits`: permissions. A feature adds routes of its own to it.

    For records that are somebody's own: `scope` where it is not by pools and reps that they are
    seen, `allow` where not all who see one may change it; it is asked with the record as it was.
    """
    verbs = _Verbs(kept, check, scope, allow)
    router = APIRouter(prefix=f"/{path}", tags=[path])
    _add_reading(router, verbs, Needs(reads))
    _add_changing(router, verbs, Needs(edits))
    return router


def reading_router(
    kept: KeptRecords[R], path: str, *, reads: str, scope: ScopeOf = Caller.scope
) -> APIRouter:
    """As `record_router`, for records that the program makes: list, export and one of them."""
    router = APIRouter(prefix=f"/{path}", tags=[path])
    _add_reading(router, _Verbs(kept, scope=scope), Needs(reads))
    return router


class _Verbs:
    """Reads a request, lets the keeper do it, and answers."""

    def __init__(
        self,
        kept: KeptRecords[Any],
        check: CheckIn[Any] = _nothing_wrong,
        scope: ScopeOf = Caller.scope,
        allow: Allow[Any] = _anybody,
    ) -> None:
        self.kept, self.shape, self._check = kept, kept.of.shape, check
        self._scope, self._allow = scope, allow
        self.new = bodies.new_shape(self.shape)
        self.change = bodies.change_shape(self.shape)
        self.page_of = bodies.page_shape(self.shape)

    async def keeper(self, caller: Caller) -> Keeper[Any]:
        def check(found: Any) -> Awaitable[Sequence[Fault]]:
            return self._check(caller.context, found)

        def allow(found: Any) -> None:
            self._allow(caller, found)

        return Keeper(self.kept, caller.doer, await self._scope(caller), check, allow)

    async def page(self, request: Request, caller: Caller) -> Response:
        query = query_of(self.kept.of, request.query_params)
        keeper = await self.keeper(caller)
        one_more = msgspec.structs.replace(query, limit=query.limit + 1)
        found = list(await keeper.page(one_more))
        shown, is_more = found[: query.limit], len(found) > query.limit
        return json_answer(
            {"records": shown, "next": cursor_after(shown[-1], query) if is_more else None}
        )

    async def export(self, request: Request, caller: Caller) -> Response:
        asked = request.query_params.get("format", "csv")
        form = next((it for it in _FORMATS if it == asked), None)
        if form is None:
            raise bad_request("invalid-request", f"query.format: one of {', '.join(_FORMATS)}")
        query = msgspec.structs.replace(query_of(self.kept.of, request.query_params), limit=500)
        keeper = await self.keeper(caller)
        await caller.context.store.audit.record(keeper.entry("export", self.kept.table.name))
        text = as_text(keeper.every(query), self.shape.__struct_fields__, form)
        name = f'attachment; filename="{self.kept.table.name}.{form}"'
        headers = {"Content-Disposition": name}
        return StreamingResponse(text, media_type=MEDIA_TYPES[form], headers=headers)


def _add_reading(router: APIRouter, verbs: _Verbs, needs: Any) -> None:
    asked = parameters(verbs.kept.of)
    formats = {"type": "string", "enum": list(_FORMATS), "default": "csv"}
    form = {"name": "format", "in": "query", "required": False, "schema": formats}
    file = {"content": {it: {"schema": {"type": "string"}} for it in MEDIA_TYPES.values()}}

    @router.get(
        "",
        name="list",
        summary="A page of them",
        responses={200: record(verbs.page_of), **responses(422)},
        openapi_extra={"parameters": asked},
    )
    async def page(request: Request, caller: Caller = needs) -> Response:
        """Newest first, unless `sort` says otherwise."""
        return await verbs.page(request, caller)

    @router.get(
        "/export",
        name="export",
        summary="All that the filters find, as a file",
        response_class=StreamingResponse,
        responses={200: {"description": "The records.", **file}, **responses(422)},
        openapi_extra={"parameters": [*asked, form]},
    )
    async def export(request: Request, caller: Caller = needs) -> Response:
        """As they are read; noted in the audit log."""
        return await verbs.export(request, caller)

    @router.get(
        "/{record}",
        name="get",
        summary="One of them",
        responses={200: record_of(verbs), **responses(404)},
    )
    async def one(record: str, caller: Caller = needs) -> Response:
        return json_answer(await (await verbs.keeper(caller)).one(record))


def _add_changing(router: APIRouter, verbs: _Verbs, needs: Any) -> None:
    @router.post(
        "",
        name="add",
        summary="Add one",
        status_code=201,
        responses={201: record_of(verbs), **responses(409)},
        openapi_extra=body(verbs.new),
    )
    async def add(request: Request, caller: Caller = needs) -> Response:
        said = bodies.read(await request.body())
        return json_answer(await (await verbs.keeper(caller)).add(said), 201)

    @router.patch(
        "/{record}",
        name="change",
        summary="Change one",
        responses={200: record_of(verbs), **responses(404, 409)},
        openapi_extra=body(verbs.change),
    )
    async def change(record: str, request: Request, caller: Caller = needs) -> Response:
        """409 `stale` where somebody changed it since that version."""
        said = bodies.read(await request.body())
        version = bodies.seen_version(said)
        values = {name: value for name, value in said.items() if name != "version"}
        return json_answer(await (await verbs.keeper(caller)).edit(record, version, values))

    @router.post(
        "/{record}/archive",
        name="archive",
        summary="Put one away",
        responses={200: record_of(verbs), **responses(404, 409)},
        openapi_extra=body(bodies.Version),
    )
    async def archive(record: str, request: Request, caller: Caller = needs) -> Response:
        """Out of lists that do not ask for it; `restore` brings it back."""
        version = bodies.seen_version(bodies.read(await request.body()))
        return json_answer(await (await verbs.keeper(caller)).archive(record, version))

    @router.post(
        "/{record}/restore",
        name="restore",
        summary="Bring one back",
        responses={200: record_of(verbs), **responses(404, 409)},
        openapi_extra=body(bodies.Version),
    )
    async def restore(record: str, request: Request, caller: Caller = needs) -> Response:
        version = bodies.seen_version(bodies.read(await request.body()))
        return json_answer(await (await verbs.keeper(caller)).restore(record, version))


def record_of(verbs: _Verbs) -> dict[str, Any]:
    return record(verbs.shape)
