"""Whom events are told, what became of it, and the receivers made on a screen."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from dialer.features.webhooks.records import Probed, SecretShown
from dialer.features.webhooks.schemas import HookList
from dialer.features.webhooks.service import book_of, check, probe, receiver_of, shown
from dialer.features.webhooks.store import RECEIVERS
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.records.routes import record_router
from dialer.kit.shapes import record
from dialer.settings.alerts import EVENTS
from dialer.words import DeliveryState

router = APIRouter(tags=["webhooks"])
_Reader = Annotated[Caller, Needs("webhooks.read")]
_Keeper = Annotated[Caller, Needs("webhooks.manage")]
_Below = Annotated[str | None, Query(max_length=40, description="ids below this one")]


@router.get(
    "/webhooks",
    summary="Whom events are told, and what became of it",
    responses={200: {"model": HookList}},
)
async def list_webhooks(
    caller: _Reader,
    hook: Annotated[str | None, Query(max_length=64)] = None,
    state: DeliveryState | None = None,
    below: _Below = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """state=dead: those that were given up."""
    page = await caller.context.store.deliveries.page(
        hook=hook, state=state, below=below, limit=limit
    )
    rows = [msgspec.structs.asdict(it) for it in page]
    for row in rows:
        del row["body"]
    return json_answer(
        {
            "webhooks": await shown(caller),
            "events": list(EVENTS),
            "deliveries": rows,
            "next": page[-1].id if len(page) == limit else None,
        }
    )


@router.post(
    "/webhooks/{name}/test",
    summary="Send a message to try a receiver",
    responses={200: record(Probed), **responses(404, 409)},
)
async def try_receiver(name: str, caller: _Keeper) -> Response:
    """At once and signed, of the event `test`; also to one that is off. Noted in the audit log."""
    found = await probe(caller, name)
    await caller.note("receiver.test", name, after={"status": found.status})
    return json_answer(found)


receivers = record_router(
    RECEIVERS, "webhook-receivers", reads="webhooks.manage", edits="webhooks.manage", check=check
)


@receivers.post(
    "/{record}/secret",
    name="secret",
    summary="Show its secret",
    responses={200: record(SecretShown), **responses(404, 409)},
)
async def show_secret(record: str, caller: _Keeper) -> Response:
    """Noted in the audit log. One more in `secret_no` makes another one."""
    book, found = book_of(caller.context), await receiver_of(caller, record)
    await caller.note("receiver.secret", found.name)
    return json_answer(SecretShown(book.secret(found)))
