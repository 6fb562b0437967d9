"""Mails, the server that takes them, and a mail to try it out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.mail.schemas import TestMail
from dialer.features.mail.service import try_out
from dialer.features.mail.shown import MailServer
from dialer.features.mail.store import MAILS, outbox_of
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.records.routes import reading_router
from dialer.kit.shapes import record

router = APIRouter(prefix="/mail", tags=["mail"])
mails = reading_router(MAILS, "mails", reads="mail.read")


@router.get("", summary="The mail server, and what waits", responses={200: record(MailServer)})
async def get_server(caller: Annotated[Caller, Needs("mail.read")]) -> Response:
    settings = caller.context.settings().mail
    waiting = await outbox_of(caller.context.store).waiting()
    shown = MailServer(
        on=settings.on,
        host=settings.host,
        port=settings.port,
        security=settings.security,
        sender=settings.sender,
        give_up_h=settings.give_up_h,
        waiting=waiting.count,
        since=waiting.since,
    )
    return json_answer(shown)


@router.post("/test", summary="Send a test mail", status_code=204, responses=responses(409, 422))
async def send_test(body: TestMail, caller: Annotated[Caller, Needs("mail.test")]) -> Response:
    """At once: what the server says against it is the answer. Noted in the audit log."""
    context = caller.context
    await caller.note("mail.test", body.address)
    await try_out(context.settings().mail, body.address, body.language, context.clock.now())
    return Response(status_code=204)
