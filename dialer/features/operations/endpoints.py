"""Nodes, trunks, versions, settings as loaded, the checks, and what is logged."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from dialer.features.operations.ops import Ops
from dialer.features.operations.parts import OPS
from dialer.features.operations.schemas import (
    CallerNumberList,
    CheckList,
    LoadedSettings,
    LogLevels,
    NodeList,
    SetLogLevel,
    TrunkList,
    Versions,
)
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict, unless
from dialer.kit.problems import responses
from dialer.ports.control import Refusal

router = APIRouter(prefix="/system", tags=["system"])
_Reader = Annotated[Caller, Needs("system.inspect")]
_Logger = Annotated[Caller, Needs("system.logs")]


def _ops(caller: Caller) -> Ops:
    if (ops := OPS.of(caller.context)) is None:
        raise conflict("no-engine", "no engine runs behind this API")
    return ops


@router.get(
    "/nodes", summary="Every Asterisk", responses={200: {"model": NodeList}, **responses(409)}
)
async def list_nodes(caller: _Reader) -> Response:
    return json_answer({"nodes": await _ops(caller).nodes()})


@router.get(
    "/trunks", summary="Every way out", responses={200: {"model": TrunkList}, **responses(409)}
)
async def list_trunks(caller: _Reader) -> Response:
    return json_answer({"trunks": _ops(caller).trunks()})


@router.get(
    "/callers",
    summary="How calls fare that show each of our numbers",
    responses={200: {"model": CallerNumberList}},
)
async def list_callers(
    caller: _Reader,
    hours: Annotated[float, Query(gt=0, le=24 * 7, description="Of calls that ended in.")] = 24.0,
) -> Response:
    """A number that analytics have labelled is blocked on the way: here it shows."""
    context = caller.context
    since = context.clock.now() - 3600.0 * hours
    return json_answer(
        {"since": since, "callers": await context.store.figures.callers(since=since)}
    )


@router.get(
    "/versions", summary="What runs here", responses={200: {"model": Versions}, **responses(409)}
)
async def get_versions(caller: _Reader) -> Response:
    return json_answer(await _ops(caller).versions(caller.context.version))


@router.get(
    "/settings",
    summary="The settings as loaded, without secrets",
    responses={200: {"model": LoadedSettings}, **responses(409)},
)
async def get_settings(caller: _Reader) -> Response:
    return json_answer(_ops(caller).settings())


@router.get(
    "/doctor",
    summary="Make every check, with what to do about it",
    responses={200: {"model": CheckList}, **responses(409)},
)
async def run_doctor(caller: _Reader) -> Response:
    """Takes some seconds, in a thread beside the calls; one at a time."""
    found = await _ops(caller).doctor()
    if isinstance(found, Refusal):
        unless(found)
        return json_answer({})
    shown = [
        {"name": it.name, "state": it.state, "what": it.what, "remedy": it.remedy} for it in found
    ]
    return json_answer({"checks": shown})


@router.get(
    "/log-level", summary="What is logged", responses={200: {"model": LogLevels}, **responses(409)}
)
async def get_log_level(caller: _Logger) -> Response:
    return json_answer(_ops(caller).levels())


@router.put(
    "/log-level",
    summary="Change what is logged",
    responses={200: {"model": LogLevels}, **responses(409)},
)
async def put_log_level(body: SetLogLevel, caller: _Logger) -> Response:
    """At once, until the next restart or reload."""
    ops = _ops(caller)
    before = msgspec.to_builtins(ops.levels())
    unless(ops.set_level(body.logger, body.level))
    await caller.note("log.level", body.logger or "*", before=before, after=ops.levels())
    return json_answer(ops.levels())
