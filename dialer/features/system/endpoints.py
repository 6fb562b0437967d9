"""Is it alive, is it ready, its figures, and reading the settings again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from dialer.features.system.parts import READINESS, REFRESH, RELOAD
from dialer.features.system.schemas import Health, Readiness, ReloadAnswer
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import Context
from dialer.kit.errors import unless
from dialer.kit.problems import responses
from dialer.ports.control import Refusal

open_router = APIRouter(tags=["system"], dependencies=[Needs("system.read", afar=True)])
router = APIRouter(tags=["system"])


@open_router.get("/healthz", summary="Alive", responses={200: {"model": Health}})
async def healthz(context: Context) -> Response:
    """The process answers. Says nothing about what it depends on."""
    return json_answer({"status": "ok", "version": context.version})


@open_router.get(
    "/readyz",
    summary="Ready",
    responses={200: {"model": Readiness}, 503: {"model": Readiness}},
)
async def readyz(context: Context) -> Response:
    """Database, live bus and at least one Asterisk can be reached: 200, else 503."""
    parts = await READINESS.of(context)()
    is_ready = all(fault is None for fault in parts.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "parts": {name: "ok" if fault is None else fault for name, fault in parts.items()},
    }
    return json_answer(body, 200 if is_ready else 503)


@open_router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(context: Context) -> Response:
    """Prometheus text format."""
    await REFRESH.of(context)()
    return Response(context.metrics.page(), media_type=CONTENT_TYPE_LATEST)


@router.post(
    "/reload",
    summary="Read the settings again",
    responses={200: {"model": ReloadAnswer}, **responses(409)},
)
async def reload(context: Context, caller: Annotated[Caller, Needs("system.reload")]) -> Response:
    """All of the change or nothing of it; 409 says what is wrong."""
    outcome = await RELOAD.of(context)("settings")
    if isinstance(outcome, Refusal):
        unless(outcome)
    else:
        await caller.note("settings.reload", "settings", after=outcome.changed)
    return json_answer(outcome)
