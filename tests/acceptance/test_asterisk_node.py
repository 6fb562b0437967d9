"""A node's life, and the ways in and out of it that are configured."""

from __future__ import annotations

import base64
import datetime
import hashlib
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dialer.asterisk.demo_network import number_for
from dialer.asterisk.free_ports import hold_ports
from dialer.asterisk.node import AsteriskNode, NodeError
from dialer.asterisk.node_settings import AsteriskSettings, Phone, Secrets, Tls, Trunk
from dialer.asterisk.operate import node_status, render_to, stop_node
from dialer.asterisk.tree import AsteriskInstall
from dialer.realtime import may_go_first
from tests.kit.asterisk import AsteriskPair, until
from tests.kit.stub_engine import StubEngine

pytestmark = pytest.mark.acceptance

MakePair = Callable[..., AsteriskPair]


@pytest.fixture
def settings(tmp_path: Path) -> AsteriskSettings:
    block = hold_ports()
    secrets = Secrets("secret-of-the-engine", "secret-of-the-doctor")
    return AsteriskSettings("lone", tmp_path / "lone", secrets, block.ports())


def test_a_node_boots_without_an_error_in_its_log(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    with AsteriskNode(settings, asterisk_tree) as node:
        wrong = [line for line in node.log_lines() if "ERROR" in line or "WARNING" in line]
        assert wrong == []
        assert node.status().state == "running"
        assert (node.status().open_files or 0) >= 1024
    assert node.status().state == "stopped"


@pytest.mark.skipif(not may_go_first(), reason="this user may not go first")
def test_a_node_goes_before_other_programs_and_the_public_network_does_not(
    asterisk_pair: AsteriskPair,
) -> None:
    assert _policies(asterisk_pair.node) == {os.SCHED_RR}
    assert _policies(asterisk_pair.public) == {os.SCHED_OTHER}


def _policies(node: AsteriskNode) -> set[int]:
    threads = Path(f"/proc/{node.pid()}/task").iterdir()
    return {os.sched_getscheduler(int(thread.name)) for thread in threads}


def test_a_started_node_is_found_and_stopped_by_another_process(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    AsteriskNode(settings, asterisk_tree).start(detached=True)
    try:
        found = node_status(settings)
        assert found.state == "running"
        with pytest.raises(NodeError, match="runs already"):
            AsteriskNode(settings, asterisk_tree).start()
    finally:
        assert stop_node(settings) is True
    assert node_status(settings).pid is None
    assert stop_node(settings) is False


def test_a_node_that_was_killed_starts_again(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    node = AsteriskNode(settings, asterisk_tree)
    node.start()
    os.kill(node.pid() or 0, 9)
    until(lambda: node.pid() is None, what="killed")

    node.start()

    assert "0 active channels" in node.cli("core show channels")
    node.stop()


def test_a_stale_pid_file_does_not_stand_in_the_way(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    settings.run_dir.mkdir()
    (settings.run_dir / "node.pid").write_text(f"{os.getpid()}\n")
    with AsteriskNode(settings, asterisk_tree) as node:
        assert node.status().state == "running"


def test_a_port_in_use_is_said_in_one_line(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall, tmp_path: Path
) -> None:
    with AsteriskNode(settings, asterisk_tree):
        other = replace(settings, node="other", run_dir=tmp_path / "other")
        with pytest.raises(NodeError, match=r"^other: the SIP port \S+ is in use: end") as error:
            AsteriskNode(other, asterisk_tree).start(timeout_s=3)
    assert "\n" not in str(error.value)


def test_a_node_ends_with_the_process_that_started_it(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    code = (
        "import sys, pickle, base64, os\n"
        "from dialer.asterisk.node import AsteriskNode\n"
        "node = AsteriskNode(*pickle.loads(base64.b64decode(sys.argv[1])))\n"
        "node.start(); print(node.pid(), flush=True); sys.stdin.read()\n"
    )
    import pickle

    told = base64.b64encode(pickle.dumps((settings, asterisk_tree))).decode()
    starter = subprocess.Popen(
        [sys.executable, "-c", code, told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    # Where Asterisk may not go first, a line of the log comes before.
    pid = int(next(line for line in starter.stdout if line.strip().isdigit()))
    starter.kill()
    starter.wait()

    until(lambda: not Path(f"/proc/{pid}").exists(), what="the node has ended, too")


async def test_calls_go_out_over_a_trunk_that_registers(new_asterisk_pair: MakePair) -> None:
    def change(settings: AsteriskSettings) -> AsteriskSettings:
        (ip,) = settings.trunks
        line = Trunk(
            "line",
            ip.host,
            ip.port,
            kind="registration",
            username="line",
            password="line-of-the-demo",
            codecs=("alaw",),
            qualify_s=0,
        )
        return replace(settings, trunks=(line,))

    pair = new_asterisk_pair(reps=1, change_node=change)
    until(
        lambda: " Registered " in pair.node.cli("pjsip show registrations"),
        what="registered at the carrier",
    )
    async with StubEngine(pair.node, "line") as engine:
        leg = await engine.call_rep("rep01")
        attempt = await engine.place(number_for("stays"), leg)
        await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")


async def test_a_node_that_was_killed_takes_calls_again(
    new_asterisk_pair: MakePair,
) -> None:
    pair = new_asterisk_pair(reps=1)
    pair.node.kill()
    pair.node.start()
    pair.public.register_reps()  # what was registered in the last second may be lost
    async with StubEngine(pair.node, pair.trunk) as engine:
        leg = await engine.call_rep("rep01")
        attempt = await engine.place(number_for("stays"), leg)
        await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")


async def test_a_rep_whose_network_is_gone_is_noticed_within_three_seconds(
    new_asterisk_pair: MakePair,
) -> None:
    pair = new_asterisk_pair(reps=2)
    async with StubEngine(pair.node, pair.trunk) as engine:
        gone, stays = await engine.call_rep("rep01"), await engine.call_rep("rep02")
        at = time.monotonic()
        assert pair.public.silence_rep("rep01") == 1

        hangup = await engine.ended(gone)

        assert 2.5 < time.monotonic() - at < 4.5
        assert hangup["Cause"] == "44"
        assert engine.seen("Hangup", stays) == []


async def test_a_rep_who_hangs_up_is_noticed_at_once(new_asterisk_pair: MakePair) -> None:
    pair = new_asterisk_pair(reps=1)
    async with StubEngine(pair.node, pair.trunk) as engine:
        leg = await engine.call_rep("rep01")
        at = time.monotonic()
        assert pair.public.hang_up_rep("rep01") == 1
        await engine.ended(leg)
        assert time.monotonic() - at < 1


def certificate(folder: Path) -> Tls:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    tls = Tls(folder / "cert.pem", folder / "key.pem")
    tls.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    tls.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tls


def test_with_a_certificate_sip_and_websockets_are_encrypted_too(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall, tmp_path: Path
) -> None:
    tls_trunk = Trunk("safe", "127.0.0.1", 5999, transport="tls", qualify_s=0)
    with_tls = replace(settings, tls=certificate(tmp_path), trunks=(tls_trunk,))
    with AsteriskNode(with_tls, asterisk_tree) as node:
        assert [line for line in node.log_lines() if "ERROR" in line] == []
        transports = node.cli("pjsip show transports")
        assert re.search(rf"transport-tls +tls .*127\.0\.0\.1:{settings.ports.sip_tls}", transports)
        assert "safe" in node.cli("pjsip show endpoints")
        http = node.cli("http show status")
        assert "HTTPS Server Enabled and Bound" in http


async def test_a_browser_registers_over_a_websocket(
    settings: AsteriskSettings, asterisk_tree: AsteriskInstall
) -> None:
    phone = Phone("web01", "webrtc", "secret-of-web01")
    with AsteriskNode(replace(settings, phones=(phone,)), asterisk_tree) as node:
        url = f"ws://127.0.0.1:{settings.ports.http}/ws"
        async with websockets.connect(url, subprotocols=["sip"]) as browser:  # type: ignore[list-item]
            await browser.send(register("web01"))
            challenge = str(await browser.recv())
            assert challenge.startswith("SIP/2.0 401")
            await browser.send(register("web01", answer(challenge, "web01", phone.password)))
            assert str(await browser.recv()).startswith("SIP/2.0 200")
            contacts = node.cli("pjsip show contacts")
            assert "web01" in contacts
            endpoint = node.cli("pjsip show endpoint web01")
            assert re.search(r"webrtc\s+: yes", endpoint)
            assert re.search(r"rtp_timeout\s+: 3", endpoint)


def register(name: str, authorization: str = "") -> str:
    lines = [
        "REGISTER sip:127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/WS browser.invalid;branch=z9hG4bK{uuid.uuid4().hex}",
        f"From: <sip:{name}@127.0.0.1>;tag=a",
        f"To: <sip:{name}@127.0.0.1>",
        f"Call-ID: {uuid.uuid4().hex}",
        "CSeq: 1 REGISTER",
        f"Contact: <sip:{name}@browser.invalid;transport=ws>;expires=60",
        "Max-Forwards: 70",
        *([f"Authorization: {authorization}"] if authorization else []),
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def answer(challenge: str, user: str, password: str) -> str:
    """The digest for a 401, as RFC 2617 has it (MD5, qop auth)."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    given = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    uri = "sip:127.0.0.1"
    a1, a2 = md5(f"{user}:{given['realm']}:{password}"), md5(f"REGISTER:{uri}")
    response = md5(f"{a1}:{given['nonce']}:00000001:c:auth:{a2}")
    return (
        f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", '
        f'uri="{uri}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
        f'opaque="{given.get("opaque", "")}"'
    )


def test_files_for_a_foreign_asterisk_leave_its_own_folders_alone(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    written = render_to(tmp_path / "foreign", settings)

    names = {path.name for path in written}
    assert "asterisk.conf" not in names
    assert {"pjsip.conf", "extensions.conf", "manager.conf", "modules.conf"} <= names
