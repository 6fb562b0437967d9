"""Reps: kept in the store, their phones in the state folder, their states in the engine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dialer.api.errors import bad_request, conflict, not_found
from dialer.ports.control import AgentView, Control
from dialer.ports.store import Agent, Store
from dialer.settings import Settings
from dialer.settings.node import phone_hosts
from dialer.settings.phones import PHONE_KINDS, PhoneEntry, phone_password, phones, put_phone
from dialer.settings.problems import one_of, suggestion
from dialer.settings.secrets import SecretsFile

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


class NewRep(msgspec.Struct, frozen=True, kw_only=True):
    """A rep to add. `code` is the rep's id and, unless `endpoint` says otherwise, the phone's."""

    code: str
    name: str = ""
    pool: str = "default"
    endpoint: str = ""
    phone: str = "webrtc"
    contact: str = ""
    skills: Mapping[str, int] = {}
    language: str = "en"


async def add(store: Store, settings: Settings, new: NewRep) -> Agent:
    """Add a rep and the phone. Raises ProblemError."""
    _check(settings, new)
    await asyncio.to_thread(_check_endpoint, settings, new.endpoint or new.code)
    if new.contact:
        await asyncio.to_thread(_check_contact, settings, new.contact)
    if await find(store, new.code) is not None:
        raise conflict("already-exists", f"there is a rep {new.code!r} already")
    agent = Agent(
        id=new.code,
        name=new.name or new.code,
        endpoint=new.endpoint or new.code,
        pool=new.pool,
        skills=dict(new.skills),
        language=new.language,
    )
    kind: Any = new.phone
    put_phone(settings.state_dir, agent.endpoint, PhoneEntry(kind, new.contact))
    await store.agents.add(agent)
    return agent


def _check(settings: Settings, new: NewRep) -> None:
    for what, word in (("code", new.code), ("endpoint", new.endpoint or new.code)):
        if not _CODE.fullmatch(word):
            raise bad_request(
                f"invalid-{what}",
                f"{what} {word!r}: 1 to 40 letters, digits, '-', '_' or '.', no blank",
            )
    pools = list(settings.pools)
    if new.pool not in pools:
        raise bad_request(
            "no-such-pool",
            f"there is no pool {new.pool!r}{suggestion(new.pool, pools)}; "
            f"there are: {one_of(pools)}",
        )
    if new.phone not in PHONE_KINDS:
        raise bad_request(
            "invalid-phone", f"phone must be one of {one_of(PHONE_KINDS)}, not {new.phone!r}"
        )
    if (new.phone == "static") != bool(new.contact):
        raise bad_request("invalid-contact", "a static phone, and only that, needs a contact")


def _check_endpoint(settings: Settings, endpoint: str) -> None:
    """With a name that stands for something else already the next Asterisk would not start."""
    known = {name.lower() for name in phones(settings.state_dir) if name != endpoint}
    known |= {trunk.name.lower() for trunk in settings.trunk}
    reserved = endpoint.startswith("transport-") or endpoint.endswith(("-auth", "-registration"))
    if reserved or endpoint.lower() in known:
        raise bad_request("invalid-endpoint", f"endpoint {endpoint!r} is taken: choose another")


def _check_contact(settings: Settings, contact: str) -> None:
    problem = phone_hosts(settings).problem(contact)
    if problem:
        raise bad_request("invalid-contact", problem)


async def is_others_phone(store: Store, endpoint: str, is_seen: Callable[[str], bool]) -> bool:
    """Whether this is the phone of a rep who is not `is_seen`: its password is not for others."""
    owners = (it.id for it in await store.agents.list() if it.endpoint == endpoint)
    return any(not is_seen(owner) for owner in owners)


async def find(store: Store, word: str) -> Agent | None:
    """A rep by code or name."""
    return await store.agents.get(word) or await store.agents.by_name(word)


async def known(store: Store, word: str) -> Agent:
    """As `find`. Raises ProblemError."""
    agent = await find(store, word)
    if agent is None:
        raise not_found("rep", word)
    return agent


async def describe_all(
    store: Store, *, pool: str | None = None, control: Control | None = None
) -> list[dict[str, Any]]:
    """Every rep; with an engine, the present states."""
    live = live_agents(control)
    agents = await store.agents.list(pool=pool)
    return [describe(agent, live.get(agent.id)) for agent in agents]


def live_agents(control: Control | None) -> dict[str, AgentView]:
    """The engine's reps by id."""
    if control is None:
        return {}
    floors = (control.floor(pool) for pool in control.floors())
    views = [view for floor in floors if floor is not None for view in floor.agents]
    # Who has moved is on two floors, on the old one as out.
    return {view.agent: view for view in sorted(views, key=lambda view: view.state != "out")}


def describe(agent: Agent, live: AgentView | None) -> dict[str, Any]:
    """One rep; who is not on a floor is out."""
    return {
        "code": agent.id,
        "name": agent.name,
        "pool": agent.pool,
        "endpoint": agent.endpoint,
        "skills": dict(agent.skills),
        "language": agent.language,
        "enabled": agent.enabled,
        "state": live.state if live else "out",
        "reason": live.reason if live else "",
        "since": live.since if live else None,
        "phone": live.phone if live else "",
        "attempt": live.attempt if live else None,
        "calls": live.calls if live else 0,
        "talk_seconds": live.talk_seconds if live else 0.0,
        "activity": live.activity if live else "",
        "by": live.by if live else "",
        "moving_to": live.moving_to if live else "",
    }


def phone_account(settings: Settings, state_dir: Path, agent: Agent) -> dict[str, Any]:
    """What a phone needs to register: shown once to whoever sets it up."""
    entry = phones(state_dir).get(agent.endpoint, PhoneEntry())
    asterisk = settings.asterisk
    if entry.kind == "static":
        return {"kind": "static", "contact": entry.contact}
    account = {
        "kind": entry.kind,
        "username": agent.endpoint,
        "password": phone_password(SecretsFile(state_dir), agent.endpoint),
    }
    if entry.kind == "webrtc":
        # Asterisk has TLS on a port of its own, the next one.
        scheme, port = "ws", asterisk.http_port
        if asterisk.tls_cert is not None:
            scheme, port = "wss", port + 1
        return {**account, "server": f"{scheme}://{asterisk.http_bind}:{port}/ws"}
    return {**account, "server": f"sip:{asterisk.sip_bind}:{asterisk.sip_port}"}
