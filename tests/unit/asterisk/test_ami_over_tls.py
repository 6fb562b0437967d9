"""The manager link over TLS: the node must be who its certificate says."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dialer.asterisk.client import AmiClient
from dialer.asterisk.switch import AsteriskSwitch
from dialer.asterisk.timing import Backoff
from dialer.ports.clock import SystemClock
from tests.kit.eventually import eventually
from tests.kit.fake_ami import FakeAmiServer, FakeAmiSession
from tests.kit.switch_world import SwitchNotes

QUICK = Backoff(first_s=0.01, longest_s=0.05)


def certificate(folder: Path, host: str) -> Path:
    """Key and self-signed certificate for `host` in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a node")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Secured:
    """A fake manager behind TLS, and the context that trusts it."""

    def __init__(self, fake: FakeAmiServer, port: int, pem: Path) -> None:
        self.fake, self.port = fake, port
        self.trusting = ssl.create_default_context(cafile=str(pem))


async def listening(pem: Path) -> tuple[Secured, asyncio.Server]:
    fake = FakeAmiServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: FakeAmiSession(fake), "127.0.0.1", 0, ssl=context)
    return Secured(fake, server.sockets[0].getsockname()[1], pem), server


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[Secured]:
    found, server = await listening(certificate(tmp_path, "127.0.0.1"))
    yield found
    found.fake.drop_links()
    server.close()
    await server.wait_closed()


def client(port: int, tls: ssl.SSLContext | None) -> AmiClient:
    return AmiClient(
        "127.0.0.1",
        port,
        "dialer",
        "secret",
        on_event=lambda _: None,
        connect_timeout_s=1.0,
        backoff=QUICK,
        tls=tls,
    )


async def test_actions_events_and_a_new_link_go_over_tls(secured: Secured) -> None:
    told: list[str] = []
    ami = AmiClient(
        "127.0.0.1",
        secured.port,
        "dialer",
        "secret",
        on_event=lambda message: told.append(message.event),
        backoff=QUICK,
        tls=secured.trusting,
    )
    await ami.start()
    await ami.wait_up(5.0)
    assert (await ami.action("Ping"))["Ping"] == "Pong"
    secured.fake.emit("UserEvent", [("Text", "x" * 10_000)])
    await eventually(lambda: told[-1:] == ["UserEvent"])

    secured.fake.drop_links()
    await eventually(lambda: ami.counters.reconnects == 1 and ami.is_up)
    assert await ami.action_list("CoreShowChannels") == []
    await ami.close()


async def test_a_node_nobody_vouches_for_is_told_nothing(secured: Secured) -> None:
    ami = client(secured.port, ssl.create_default_context())
    await ami.start()
    await eventually(lambda: ami.down_reason)

    assert "CERTIFICATE_VERIFY_FAILED" in ami.down_reason
    assert secured.fake.received == []
    await ami.close()


async def test_a_certificate_for_another_address_is_refused(tmp_path: Path) -> None:
    other, server = await listening(certificate(tmp_path, "127.0.0.2"))
    ami = client(other.port, other.trusting)
    await ami.start()
    await eventually(lambda: ami.down_reason)

    assert "IP address mismatch" in ami.down_reason
    assert other.fake.received == []
    await ami.close()
    server.close()


async def test_tls_towards_a_node_without_it_fails_and_says_so() -> None:
    plain = FakeAmiServer()
    await plain.start()
    ami = client(plain.port, ssl.create_default_context())
    await ami.start()
    await eventually(lambda: ami.down_reason)

    assert "SSL" in ami.down_reason
    assert plain.logins == 0
    await ami.close()
    await plain.close()


async def test_the_switch_hands_its_context_on(secured: Secured) -> None:
    switch = AsteriskSwitch(
        host="127.0.0.1",
        port=secured.port,
        username="dialer",
        secret="secret",
        trunks=[],
        clock=SystemClock(),
        tls=secured.trusting,
    )
    await switch.start(SwitchNotes())
    await eventually(lambda: switch.is_up)

    assert await switch.live_channels() == []
    await switch.close()
