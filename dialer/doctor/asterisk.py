"""Asterisk: is it there, does it run, may we log in, does it reach us and its trunks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence

from dialer.asterisk.apt import cache_dir
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed, AmiError
from dialer.asterisk.install import InstallError, install_asterisk, usable_on_path
from dialer.asterisk.tree import AsteriskInstall
from dialer.clocks.peer import PeerClock
from dialer.doctor import second_login
from dialer.doctor.check import Check, fail, ok, warn
from dialer.settings import Settings, TrunkSettings
from dialer.settings.node import DOCTOR_USER, ami_secret, doctor_secret, refused_phones

LOGIN_S = 4.0
#: Asterisk takes so long to ask us, over loopback some 2 ms.
AGI_S = 4.0
#: Beyond this a difference is worth a word, though it harms nobody yet.
SKEW_WARN_S, SKEW_TRIPS = 0.25, 5


def installed(settings: Settings) -> Check:
    """The managed Asterisk's program and modules."""
    if settings.asterisk.run == "external":
        return ok("asterisk", "external: run by somebody else")
    found = present_install()
    if isinstance(found, str):
        return warn("asterisk", found, "dialer asterisk install (or let 'dialer serve' do it)")
    instead = f"; not used: {found.passed_over}" if found.passed_over else ""
    return ok("asterisk", f"Asterisk {found.version} ({found.source}{instead})")


def phones(settings: Settings) -> Check:
    """Phones with a fixed contact are where an administrator allows them."""
    refused = refused_phones(settings)
    if not refused:
        return ok("phones", "every fixed contact is at an allowed place")
    name, problem = next(iter(refused.items()))
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    return warn("phones", f"{name} is not called: {problem}{more}", "see phone_hosts of [asterisk]")


def present_install() -> AsteriskInstall | str:
    """The Asterisk that is here already, without fetching one; or why there is none."""
    found, reason = usable_on_path()
    if found is not None:
        return found
    if not any((cache_dir() / "asterisk").glob("wanted-*")):
        return f"{reason}, and none fetched yet"
    try:
        return install_asterisk()
    except InstallError as error:
        return str(error)


def answers(settings: Settings) -> bool:
    """Whether something listens on the manager port."""
    import socket  # noqa: PLC0415

    asterisk = settings.asterisk
    try:
        socket.create_connection((asterisk.ami_host, asterisk.ami_port), timeout=2.0).close()
    except OSError:
        return False
    return True


def not_running(settings: Settings) -> Check:
    """What it means that nothing listens on the manager port."""
    asterisk = settings.asterisk
    where = f"nothing listens on {asterisk.ami_host}:{asterisk.ami_port}"
    if asterisk.run == "external":
        remedy = "start that Asterisk with what 'dialer asterisk render' writes"
        return fail("manager login", where, remedy)
    what = f"{where}: the managed Asterisk does not run"
    return warn("manager login", what, "dialer asterisk start (or let 'dialer serve' do it)")


async def logins(settings: Settings) -> list[Check]:
    """Everything that needs the manager: both logins, clock, AGI, trunks."""
    async with _client(settings) as (client, fault):
        if fault:
            remedy = "compare [asterisk] ami_user and ami_secret with its manager.conf"
            first = [fail("manager login", fault, remedy)]
        else:
            first = [
                ok("manager login", f"{settings.asterisk.ami_user}: {client.banner}"),
                await _skew(client, settings.asterisk.clock_within_s),
                await _agi(client, settings),
                *await _trunks(client, settings.trunk),
            ]
    return [*first, await _second(settings)]


@contextlib.asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[tuple[AmiClient, str]]:
    """A manager link of our own, and why it is not up (or "")."""
    asterisk = settings.asterisk
    client = AmiClient(
        asterisk.ami_host,
        asterisk.ami_port,
        asterisk.ami_user,
        ami_secret(settings),
        on_event=lambda _event: None,
        wanted=("FullyBooted",),
    )
    fault = ""
    await client.start()
    try:
        try:
            await client.wait_up(LOGIN_S)
        except TimeoutError:
            fault = client.down_reason or f"no answer within {LOGIN_S:g} s"
        yield client, fault
    finally:
        await client.close()


async def _second(settings: Settings) -> Check:
    asterisk = settings.asterisk
    user, secret = DOCTOR_USER, doctor_secret(settings)
    fault = await asyncio.to_thread(
        second_login.log_in, asterisk.ami_host, asterisk.ami_port, user, secret
    )
    name = "second login (pyst2)"
    if not fault:
        return ok(name, user)
    remedy = f"write its configuration anew: it needs the manager user {user!r}"
    return warn(name, f"{user}: {fault}", remedy)


async def _skew(client: AmiClient, within_s: float) -> Check:
    """How far Asterisk's clock is from ours, by the shortest of a few round trips."""
    name, peer = "clock of Asterisk", PeerClock()
    try:
        for _ in range(SKEW_TRIPS):
            sent = time.time()
            reply = await client.action("Ping")
            peer.measured(sent, time.time(), float(reply.get("Timestamp", "")))
    except (AmiError, ValueError) as error:
        return warn(name, f"not told: {error}", "use an Asterisk of 20 to 23")
    skew = peer.offset_s or 0.0
    what = f"{skew * 1000:+.0f} ms"
    remedy = "synchronise both machines' clocks with the same server (chrony, ntpd)"
    if abs(skew) > within_s:
        return fail(name, f"{what}: nobody is dialed", remedy)
    return warn(name, what, remedy) if abs(skew) > SKEW_WARN_S else ok(name, what)


async def _agi(client: AmiClient, settings: Settings) -> Check:
    """Have Asterisk ask us over AGI, as it does for every answered call."""
    asterisk, name = settings.asterisk, "AGI from Asterisk"
    asked = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.readline()).startswith(b"agi_"):
            asked.set()
        writer.close()

    try:
        server = await asyncio.start_server(answer, asterisk.agi_bind, asterisk.agi_port)
    except OSError:
        # The service listens there; another port of the same address tells nearly as much.
        server = await asyncio.start_server(answer, asterisk.agi_bind, 0)
    port = server.sockets[0].getsockname()[1]
    host = asterisk.agi_advertise or asterisk.agi_bind
    async with server:
        fault = await _have_it_ask(client, f"{host}:{port}", asked)
    if not fault:
        return ok(name, f"asked at {host}:{port}")
    remedy = "open the way from Asterisk to [asterisk] agi_advertise (or agi_bind:agi_port)"
    return fail(name, f"{host}:{port}: {fault}", remedy)


async def _have_it_ask(client: AmiClient, address: str, asked: asyncio.Event) -> str:
    try:
        await client.action(
            "Originate",
            Channel="Local/100@dialer-phone/n",
            Application="AGI",
            Data=f"agi://{address}/doctor",
            Timeout="3000",
            Variable="CDR_PROP(disable)=1",
            Async="true",
        )
        await asyncio.wait_for(asked.wait(), AGI_S)
    except TimeoutError:
        return f"Asterisk did not come within {AGI_S:g} s"
    except AmiError as error:
        return f"Asterisk would not try: {error}"
    return ""


async def _trunks(client: AmiClient, trunks: Sequence[TrunkSettings]) -> list[Check]:
    if not trunks:
        return [warn("trunks", "none: nobody outside can be called", "describe a [[trunk]]")]
    registrations = await _registrations(client)
    return [await _trunk(client, trunk, registrations) for trunk in trunks]


async def _registrations(client: AmiClient) -> dict[str, str]:
    """Status by registration's name; empty where Asterisk does not tell."""
    try:
        items = await client.action_list("PJSIPShowRegistrationsOutbound")
    except AmiError:
        return {}
    return {item.get("ObjectName", ""): item.get("Status", "") for item in items}


async def _trunk(
    client: AmiClient, trunk: TrunkSettings, registrations: Mapping[str, str]
) -> Check:
    try:
        items = await client.action_list("PJSIPShowEndpoint", Endpoint=trunk.name)
    except ActionFailed:
        name = f"trunk {trunk.name}"
        return fail(name, "Asterisk does not know it", "restart it, or render and reload anew")
    except AmiError as error:
        name = f"trunk {trunk.name}"
        return warn(name, f"Asterisk does not tell: {error}", "look with 'pjsip show contacts'")
    contact = next((it for it in items if it.get("Event", "") == "ContactStatusDetail"), None)
    status = contact.get("Status", "") if contact is not None else ""
    micros = contact.get("RoundtripUsec", "") if contact is not None else ""
    return trunk_check(trunk, status, micros, registrations.get(f"{trunk.name}-registration", ""))


def trunk_check(
    trunk: TrunkSettings, status: str, roundtrip_us: str = "", registration: str = ""
) -> Check:
    """What Asterisk's own OPTIONS and registration say of a trunk."""
    name, where = f"trunk {trunk.name}", f"{trunk.host}:{trunk.port}"
    if trunk.kind == "registration" and registration != "Registered":
        remedy = "compare host, username and secret with the provider's"
        return fail(name, f"{where}: {registration or 'not registered'}", remedy)
    if status in ("Unreachable", "Unavail", "Removed"):
        return fail(name, f"{where} does not answer OPTIONS", "look at host, port and firewall")
    if status not in ("Reachable", "Avail"):
        remedy = "set qualify_s, or ask again in a minute"
        return warn(name, f"{where}: not known ({status or 'never asked'})", remedy)
    took = f" in {int(roundtrip_us) / 1000:.0f} ms" if roundtrip_us.isdecimal() else ""
    return ok(name, f"{where} answers{took}")
