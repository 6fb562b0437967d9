"""Who gets a phone's password, and where the browser finds the switch."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request

from dialer.features.phones.desk import Given, PhoneDesk, TakenElsewhereError
from dialer.features.phones.parts import PHONES
from dialer.kit.auth import Caller
from dialer.kit.errors import Kind, Refused, conflict, forbidden
from dialer.ports.store import Agent
from dialer.ports.switch import SwitchDownError
from dialer.settings import Settings
from dialer.settings.kinds import said
from dialer.settings.phones import PhoneEntry, phone_password, phones
from dialer.settings.secrets import SecretsFile
from dialer.settings.sections import ICE_SERVER

_NOTE = (
    "this Asterisk takes no short-lived passwords: render its configuration again, and restart it"
)


async def rep_phone(caller: Caller, rep: Agent, request: Request, *, again: bool) -> dict[str, Any]:
    """A new password for the rep's own browser. Raises Refused."""
    _refuse_others(caller, rep)
    settings, desk = caller.context.settings(), _desk(caller)
    entry = await asyncio.to_thread(_entry, settings, rep.endpoint)
    if entry.kind != "webrtc":
        raise conflict(
            "no-browser-phone", f"{rep.name} has a {entry.kind} phone, which needs no page"
        )
    await caller.note("agent.phone", rep.id, after={"endpoint": rep.endpoint})
    try:
        given = await desk.give_rep(rep.endpoint, caller.grant.who, caller.session, again=again)
    except TakenElsewhereError:
        raise _elsewhere() from None
    except SwitchDownError as error:
        raise _down(error) from None
    if given.password is None:
        lasting = await asyncio.to_thread(
            phone_password, SecretsFile(settings.state_dir), rep.endpoint
        )
        return {**_plain(settings, given, lasting, request), "expires_at": None,
                "short_lived": False, "note": _NOTE}  # fmt: skip
    return _plain(settings, given, given.password, request)


async def listening_phone(caller: Caller, request: Request, *, again: bool) -> dict[str, Any]:
    """A phone of one's own for listening in. Raises Refused."""
    if caller.account is None:
        raise forbidden("session-needed", "this is for who is logged in as a person")
    settings, desk = caller.context.settings(), _desk(caller)
    await caller.note("supervision.phone", caller.account.name)
    try:
        given = await desk.give_listener(
            caller.account.id, caller.grant.who, caller.session, again=again
        )
    except TakenElsewhereError:
        raise _elsewhere() from None
    except SwitchDownError as error:
        raise _down(error) from None
    if given.password is None:
        raise conflict("no-listening-phones", _NOTE)
    return _plain(settings, given, given.password, request)


def _refuse_others(caller: Caller, rep: Agent) -> None:
    """Not even to a supervisor: who has a rep's phone has the rep's calls, unnoticed.

    The token of the state folder may, which could read all passwords anyway.
    """
    is_own = caller.session is not None and caller.grant.agent == rep.id
    is_machine = caller.account is None
    if not is_own and not is_machine:
        raise forbidden("not-your-phone", "a rep's phone is for the rep, logged in as a person")


def _desk(caller: Caller) -> PhoneDesk:
    desk = PHONES.of(caller.context)
    if desk is None:
        raise conflict("no-browser-phones", "there is no switch here that has phones")
    return desk


def _entry(settings: Settings, endpoint: str) -> PhoneEntry:
    return phones(settings.state_dir).get(endpoint, PhoneEntry())


def _elsewhere() -> Refused:
    return conflict("phone-elsewhere", "this phone is in another browser now, logged in later")


def _down(error: SwitchDownError) -> Refused:
    return Refused(
        Kind.NOT_NOW,
        "switch-down",
        f"no phone can be registered now: {error}",
        again_in_s=2,
    )


def _plain(settings: Settings, given: Given, password: str, request: Request) -> dict[str, Any]:
    host = _bracketed(request.url.hostname or "localhost")
    return {
        "endpoint": given.endpoint,
        "uri": f"sip:{given.endpoint}@{host}",
        "ws_url": ws_url(settings, request),
        "username": given.endpoint,
        "password": password,
        "expires_at": given.expires_at,
        "ice_servers": [ice_server(said(each)) for each in settings.console.ice_servers],
        "short_lived": True,
        "note": None,
    }


def ws_url(settings: Settings, request: Request) -> str:
    """Where the page that asks finds Asterisk's WebSocket.

    A page over TLS may open no other: then Asterisk's own port with its certificate, or the same
    address under /ws, which the TLS proxy in front has to pass on.
    """
    if settings.console.phone_url:
        return settings.console.phone_url
    asterisk, url = settings.asterisk, request.url
    host = _bracketed(url.hostname or "localhost")
    if url.scheme != "https":
        return f"ws://{host}:{asterisk.http_port}/ws"
    if asterisk.tls_cert is not None:
        return f"wss://{host}:{asterisk.http_port + 1}/ws"
    return f"wss://{url.netloc}/ws"


def ice_server(text: str) -> dict[str, str]:
    """As a browser takes it. `text` as in `[console] ice_servers`."""
    found = ICE_SERVER.fullmatch(text)
    assert found is not None, "checked when the settings were read"
    if found["stun"]:
        return {"urls": found["stun"]}
    return {
        "urls": f"{found['scheme']}:{found['where']}",
        "username": found["user"],
        "credential": found["password"],
    }


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
