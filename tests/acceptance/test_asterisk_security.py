"""No way out but the engine's: phones, trunks, strangers and keys pressed reach nothing."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialer.asterisk.client import AmiClient
from dialer.asterisk.demo_network import number_for
from dialer.asterisk.errors import ActionFailed
from dialer.asterisk.node import AsteriskNode
from dialer.asterisk.phone_keys import AstdbPhoneKeys
from tests.kit.asterisk import AsteriskPair
from tests.kit.stub_engine import StubEngine

pytestmark = pytest.mark.acceptance

OUTSIDE = number_for("stays")


@pytest.fixture
async def engine(asterisk_pair: AsteriskPair) -> AsyncIterator[StubEngine]:
    async with StubEngine(asterisk_pair.node, asterisk_pair.trunk) as stub:
        yield stub


def trunk_channels(engine: StubEngine) -> list[str]:
    """Channels towards the carrier that the node ever opened in this test, by their names."""
    return [
        e["Channel"]
        for e in engine.events
        if str(e.get("Channel", "")).startswith("PJSIP/carrier-")
    ]


def invite(node: AsteriskNode, to: str, user: str, source: str) -> str:
    """Send one INVITE by hand from `source`; the status line of the first final answer."""
    port = node.settings.ports.sip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((source, 0))
        phone.settimeout(5)
        here = f"{source}:{phone.getsockname()[1]}"
        lines = [
            f"INVITE sip:{to}@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{uuid.uuid4().hex};rport",
            f"From: <sip:{user}@{here}>;tag={uuid.uuid4().hex[:8]}",
            f"To: <sip:{to}@127.0.0.1:{port}>",
            f"Call-ID: {uuid.uuid4().hex}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:{user}@{here}>",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
        ]
        sdp = f"v=0\r\no=- 1 1 IN IP4 {source}\r\ns=-\r\nc=IN IP4 {source}\r\nt=0 0\r\n"
        sdp += "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        text = "\r\n".join([*lines, f"Content-Length: {len(sdp)}", "", sdp])
        phone.sendto(text.encode(), ("127.0.0.1", port))
        while True:
            status = phone.recv(65536).decode().split("\r\n")[0]
            if not status.startswith("SIP/2.0 1"):
                return status


async def gone(engine: StubEngine, endpoint: str) -> None:
    """Return when a channel of `endpoint` has come and gone."""
    await engine.until(
        lambda: any(e["Channel"].startswith(f"PJSIP/{endpoint}-") for e in engine.seen("Hangup")),
        what=f"{endpoint}'s call refused",
    )


@pytest.mark.parametrize(
    "dialed",
    [
        *(OUTSIDE, OUTSIDE[1:], "0012125550192", "9", "rep02", "s", "h", "T", "carrier", "*21*1#"),
        *("listen", "whisper", "rest", "aside", "back", "dialer-barge"),
    ],
)
async def test_a_reps_phone_that_dials_out_reaches_no_trunk_and_nobody_else(
    engine: StubEngine, asterisk_pair: AsteriskPair, dialed: str
) -> None:
    asterisk_pair.public.dial_as_rep("rep01", dialed.replace("#", "%23"))

    await gone(engine, "rep01")
    ups = [e for e in engine.seen("Newstate") if e["ChannelStateDesc"] == "Up"]
    assert ups == []
    assert trunk_channels(engine) == []
    arrived = [c["Channel"] for c in asterisk_pair.public.channels()]
    assert [name for name in arrived if not name.startswith("PJSIP/rep01-phone-")] == []


async def test_a_supervisors_phone_may_dial_no_more_than_a_reps(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    """It is made in the node's database, from the same template."""
    keys = AstdbPhoneKeys(engine.ami, asterisk_pair.node.settings)
    await keys.give_listener("_listen.test", "a-password-1")
    shown = asterisk_pair.node.cli("pjsip show endpoint _listen.test")
    await keys.remove_listener("_listen.test")

    found = dict(re.findall(r"^ (\w+) +: (.*)$", shown, re.MULTILINE))
    assert found["context"] == "dialer-phone"
    assert found["allow_transfer"] == "false"
    assert found["webrtc"] == "yes"
    assert found["rtp_timeout"] == "3"
    assert "_listen.test" not in asterisk_pair.node.cli("pjsip show endpoints")


async def test_a_reps_phone_may_dial_the_echo_test(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    asterisk_pair.public.dial_as_rep("rep01", "100")

    await engine.until(
        lambda: any(
            e["ChannelStateDesc"] == "Up" and e["Channel"].startswith("PJSIP/rep01-")
            for e in engine.seen("Newstate")
        ),
        what="echo answered",
    )
    assert trunk_channels(engine) == []


@pytest.mark.parametrize("dialed", [OUTSIDE, "100", "rep01", "s", "T"])
async def test_a_call_from_the_trunk_is_politely_refused(
    engine: StubEngine, asterisk_pair: AsteriskPair, dialed: str
) -> None:
    status = await asyncio.to_thread(invite, asterisk_pair.node, dialed, "+4930123456", "127.0.0.1")

    assert status.startswith("SIP/2.0 4")
    assert "401" not in status
    assert [e for e in engine.seen("Newstate") if e["ChannelStateDesc"] == "Up"] == []
    assert asterisk_pair.public.channels() == []


async def test_a_stranger_is_asked_for_a_password_that_does_not_exist(
    asterisk_pair: AsteriskPair,
) -> None:
    status = await asyncio.to_thread(invite, asterisk_pair.node, OUTSIDE, "anyone", "127.0.0.9")

    assert status.startswith("SIP/2.0 401")


async def test_a_reps_name_without_his_password_is_not_enough(
    asterisk_pair: AsteriskPair,
) -> None:
    status = await asyncio.to_thread(invite, asterisk_pair.node, "100", "rep01", "127.0.0.1")

    assert status.startswith("SIP/2.0 401")


async def test_keys_a_callee_presses_in_a_call_do_nothing(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(OUTSIDE, leg)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    for digit in "*1#*2##0*3123":
        await engine.ami.action(
            "PlayDTMF", Channel=attempt, Digit=digit, Duration=100, Receive="true"
        )

    assert await engine.getvar(attempt, "BRIDGEPEER")
    assert len(await engine.channels()) == 2
    assert engine.seen("BridgeLeave", attempt) == []


async def test_the_doctors_login_may_look_but_place_nothing(asterisk_pair: AsteriskPair) -> None:
    host, port = asterisk_pair.node.ami
    secret = asterisk_pair.node.settings.secrets.ami_doctor
    client = AmiClient(host, port, "doctor", secret, on_event=lambda _e: None)
    await client.start()
    try:
        await client.wait_up(5)
        assert (await client.action("CoreStatus"))["Response"] == "Success"
        for name, headers in (
            ("Originate", {"Channel": "PJSIP/rep01", "Application": "Echo"}),
            ("Hangup", {"Channel": "x"}),
            ("Command", {"Command": "core stop now"}),
        ):
            with pytest.raises(ActionFailed, match="ermission"):
                await client.action(name, **headers)
    finally:
        await client.close()


async def test_the_engines_login_cannot_run_commands_or_programs(engine: StubEngine) -> None:
    with pytest.raises(ActionFailed, match="ermission"):
        await engine.ami.action("Command", Command="core show channels")
    with pytest.raises(ActionFailed, match="ermission"):
        await engine.ami.action("UpdateConfig", SrcFilename="manager.conf", DstFilename="x")


def test_nothing_in_the_plan_can_place_a_call_or_run_a_program(asterisk_pair: AsteriskPair) -> None:
    conf = asterisk_pair.node.settings.conf_dir
    plan = (conf / "extensions.conf").read_text()
    steps = re.findall(r"(?:=>|=)\s*[^;\n]*?,(?:n(?:\(\w+\))?|\d+),(\w+)\(", plan)

    assert steps
    assert set(steps) <= {
        *("Set", "ExecIf", "Playtones", "StopPlaytones", "AGI", "GotoIf", "Goto", "Playback"),
        *("Hangup", "Bridge", "BridgeWait", "Answer", "Echo", "Wait", "AMD", "MSet"),
        *("MixMonitor", "StopMixMonitor", "ChanSpy", "BridgeAdd"),
    }
    modules = (conf / "modules.conf").read_text()
    for name in ("app_dial", "app_system", "app_originate", "func_shell"):
        assert f"{name}.so" not in modules
    # A REFER is answered, by no: from phones and from trunks.
    endpoints = (conf / "pjsip.conf").read_text().split("type = endpoint")[1:]
    assert endpoints
    for endpoint in endpoints:
        assert "\nallow_transfer = no\n" in endpoint.partition("\n[")[0]


async def test_nothing_listens_beyond_this_machine(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(OUTSIDE, leg)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")

    ports = asterisk_pair.node.settings.ports
    ours = bound_sockets(asterisk_pair.node)
    assert {port for _, port in ours} >= {ports.sip, ports.ami, ports.http}
    # What is left are the two sockets with which pjproject asks the name server.
    beyond = [port for address, port in ours if address != "127.0.0.1"]
    assert all(port > ports.rtp_last for port in beyond)
    assert len(beyond) <= 2


def bound_sockets(node: AsteriskNode) -> list[tuple[str, int]]:
    """(address, port) on which the node's process takes TCP connections or UDP packets."""
    inodes = set()
    for descriptor in Path(f"/proc/{node.pid()}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(str(descriptor.readlink()).removeprefix("socket:[").rstrip("]"))
    found = []
    for table in ("tcp", "udp", "tcp6", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and (table.startswith("udp") or words[3] == "0A"):
                address, port = words[1].split(":")
                is_home = address == "0100007F" or address.endswith("01000000")
                found.append(("127.0.0.1" if is_home else address, int(port, 16)))
    return found


def test_files_with_secrets_are_for_their_owner_only(asterisk_pair: AsteriskPair) -> None:
    conf = asterisk_pair.node.settings.conf_dir
    assert conf.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in conf.iterdir())
