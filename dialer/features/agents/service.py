"""Reps: kept in the store, their phones in the state folder, their states in the engine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from dialer.kit.doer import Doer
from dialer.kit.errors import bad_request, conflict, not_found
from dialer.kit.scope import OfAgent, Reach, everything, seen
from dialer.ports.control import AgentView, Control
from dialer.ports.store import Agent, Store
from dialer.settings import Settings
from dialer.settings.node import phone_hosts
from dialer.settings.phones import PHONE_KINDS, PhoneEntry, phone_password, phones, put_phone
from dialer.settings.problems import one_of, suggestion
from dialer.settings.secrets import SecretsFile
from dialer.words import PhoneKind

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

#: A rep with ten times the calls of another is a rule of its own, and better a campaign.
MOST_WEIGHT = 100.0


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
    weight: float = 1.0


async def add(store: Store, settings: Settings, new: NewRep) -> Agent:
    """Add a rep and the phone. Raises Refused."""
    _check(settings, new)
    await asyncio.to_thread(_check_endpoint, settings, new.endpoint or new.code)
    if new.contact:
        await asyncio.to_thread(_check_contact, settings, new.contact)
    if (
        await store.agents.known(new.code, everything("a code is taken, whoever has it"))
        is not None
    ):
        raise conflict("already-exists", f"there is a rep {new.code!r} already")
    agent = Agent(
        id=new.code,
        name=new.name or new.code,
        endpoint=new.endpoint or new.code,
        pool=new.pool,
        skills=dict(new.skills),
        language=new.language,
        weight=new.weight,
    )
    kind: PhoneKind | None = next((it for it in PHONE_KINDS if it == new.phone), None)
    put_phone(settings.state_dir, agent.endpoint, PhoneEntry(kind or "webrtc", new.contact))
    await store.agents.add(agent)
    return agent


async def change(
    doer: Doer, settings: Settings, word: str, given: Mapping[str, Any]
) -> tuple[Agent, bool]:
    """Set what is given of name, skills, weight, language, enabled, pool, phone, contact.

    With whether the phone is another kind now. What a rep at work has of this counts from the next
    time the rep starts work. Raises Refused, AlreadyExistsError.
    """
    rep = await known(doer.store, word, everything("whoever asks has been let in to this rep"))
    entry = await asyncio.to_thread(_phone_of, settings, rep)
    after = _with(settings, rep, given)
    phone = PhoneEntry(given.get("phone", entry.kind), _contact(given, entry))
    await asyncio.to_thread(_check_phone, settings, phone)
    if after != rep:
        await doer.store.agents.update(after)
    if (phone.kind, phone.contact) != (entry.kind, entry.contact):
        put_phone(settings.state_dir, rep.endpoint, phone)
    before = _noted(rep, entry, given)
    if before != (noted := _noted(after, phone, given)):
        await doer.store.audit.record(doer.entry("agent.change", rep.id, before, noted))
    return after, phone.kind != entry.kind


def _with(settings: Settings, rep: Agent, given: Mapping[str, Any]) -> Agent:
    kept = {key: given[key] for key in given if key in Agent.__struct_fields__ and key != "id"}
    if "name" in kept:
        kept["name"] = kept["name"].strip() or rep.id
    if "pool" in kept:
        _check_pool(settings, kept["pool"])
    if "weight" in kept:
        _check_weight(kept["weight"])
    return msgspec.structs.replace(rep, **kept)


def _contact(given: Mapping[str, Any], entry: PhoneEntry) -> str:
    """Only a static phone has a place of its own."""
    if given.get("phone", entry.kind) != "static":
        return str(given.get("contact") or "")
    return str(given.get("contact", entry.contact) or "")


def _check_phone(settings: Settings, phone: PhoneEntry) -> None:
    _check_kind(phone.kind, phone.contact)
    if phone.contact:
        _check_contact(settings, phone.contact)


def _noted(rep: Agent, phone: PhoneEntry, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of a rep is changed, as the audit log tells it."""
    now = msgspec.structs.asdict(rep) | {"phone": phone.kind, "contact": phone.contact}
    return {key: now[key] for key in given if key in now}


def _phone_of(settings: Settings, rep: Agent) -> PhoneEntry:
    return phones(settings.state_dir).get(rep.endpoint, PhoneEntry())


async def with_phone(settings: Settings, rep: Agent) -> dict[str, str]:
    """The kind of a rep's phone and, of a static one, where it is."""
    entry = await asyncio.to_thread(_phone_of, settings, rep)
    return {"endpoint": rep.endpoint, "kind": entry.kind, "contact": entry.contact}


def _check(settings: Settings, new: NewRep) -> None:
    for what, word in (("code", new.code), ("endpoint", new.endpoint or new.code)):
        if not _CODE.fullmatch(word):
            raise bad_request(
                f"invalid-{what}",
                f"{what} {word!r}: 1 to 40 letters, digits, '-', '_' or '.', no blank",
            )
    _check_pool(settings, new.pool)
    _check_weight(new.weight)
    _check_kind(new.phone, new.contact)


def _check_pool(settings: Settings, pool: str) -> None:
    pools = list(settings.pools)
    if pool not in pools:
        raise bad_request(
            "no-such-pool",
            f"there is no pool {pool!r}{suggestion(pool, pools)}; there are: {one_of(pools)}",
        )


def _check_weight(weight: float) -> None:
    if not 0.0 <= weight <= MOST_WEIGHT:
        raise bad_request(
            "invalid-weight", f"weight is 0 to {MOST_WEIGHT:g}, not {weight:g}; 1 is usual"
        )


def _check_kind(kind: str, contact: str) -> None:
    if kind not in PHONE_KINDS:
        raise bad_request(
            "invalid-phone", f"phone must be one of {one_of(PHONE_KINDS)}, not {kind!r}"
        )
    if (kind == "static") != bool(contact):
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


async def is_others_phone(store: Store, endpoint: str, scope: Reach) -> bool:
    """Whether this is the phone of a rep out of scope: its password is not for others."""
    reps = await store.agents.list(everything("whoever has this phone"))
    owners = [it for it in reps if it.endpoint == endpoint]
    return len(seen(owners, scope, lambda it: OfAgent(it.id))) < len(owners)


async def known(store: Store, word: str, scope: Reach) -> Agent:
    """A rep by code or name. Raises Refused, also for one out of scope."""
    agent = await store.agents.known(word, scope)
    if agent is None:
        raise not_found("rep", word)
    return agent


async def describe_all(
    store: Store, scope: Reach, *, pool: str | None = None, control: Control | None = None
) -> list[dict[str, Any]]:
    """Every rep in scope; with an engine, the present states."""
    live = _live_agents(control)
    agents = await store.agents.list(scope, pool=pool)
    return [describe(agent, live.get(agent.id)) for agent in agents]


def _live_agents(control: Control | None) -> dict[str, AgentView]:
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
        "weight": agent.weight,
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
