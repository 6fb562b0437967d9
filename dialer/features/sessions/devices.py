"""Browsers that have logged in before: the key of their proofs, and the cookie that keeps them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from fastapi import Request, Response

from dialer.features.sessions import proofs as devices
from dialer.features.sessions.identity import is_secure
from dialer.kit.context import ApiContext
from dialer.settings.secrets import SecretsError, SecretsFile

log = structlog.get_logger(__name__)

KEY = "devices.key"


async def device_of(context: ApiContext, cookie: str, name: str) -> str:
    """What proves that this browser has logged in to the account `name`; "": nothing does."""
    if not cookie:
        return ""
    return devices.proof_of(cookie, name, await _key(context), context.clock.now())


async def remember(context: ApiContext, request: Request, answer: Response, name: str) -> None:
    """Give the browser a proof that it has logged in to the account `name`."""
    key = await _key(context)
    if not key:
        return
    cookie = request.cookies.get(devices.COOKIE, "")
    answer.set_cookie(
        devices.COOKIE,
        devices.with_proof(cookie, name, key, context.clock.now()),
        max_age=int(devices.LASTS_S),
        path=devices.PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )


async def _key(context: ApiContext) -> bytes:
    try:
        return await asyncio.to_thread(_kept, context.settings().state_dir)
    except SecretsError as error:
        log.warning("no browser can be remembered", error=str(error))
        return b""


def _kept(state_dir: Path) -> bytes:
    return SecretsFile(state_dir).get_or_make(KEY).encode()
