"""The ports the service and its Asterisk listen on."""

from __future__ import annotations

import errno
import socket
from typing import Literal

from dialer.doctor.check import Check, fail, ok
from dialer.settings import Settings

Kind = Literal["tcp", "udp"]


def ports(settings: Settings, *, service_runs: bool, asterisk_runs: bool) -> list[Check]:
    """Those that are ours to take and not taken yet must be free."""
    found = []
    if not service_runs:
        service, asterisk = settings.service, settings.asterisk
        found.append(_port("service.port", service.host, service.port, "tcp"))
        found.append(_port("asterisk.agi_port", asterisk.agi_bind, asterisk.agi_port, "tcp"))
    if not asterisk_runs and settings.asterisk.run == "managed":
        found += _asterisk_ports(settings)
    return found or [ok("ports", "in use by the service and its Asterisk")]


def _asterisk_ports(settings: Settings) -> list[Check]:
    asterisk = settings.asterisk
    wanted: list[tuple[str, str, int, Kind]] = [
        ("asterisk.sip_port", asterisk.sip_bind, asterisk.sip_port, "udp"),
        ("asterisk.sip_port", asterisk.sip_bind, asterisk.sip_port, "tcp"),
        ("asterisk.ami_port", asterisk.ami_bind, asterisk.ami_port, "tcp"),
        ("asterisk.http_port", asterisk.http_bind, asterisk.http_port, "tcp"),
    ]
    return [_port(*each) for each in wanted] + [_media(settings)]


def _media(settings: Settings) -> Check:
    """Media ports are many; a few taken ones do no harm, most of them would."""
    asterisk = settings.asterisk
    step = max(1, (asterisk.rtp_end - asterisk.rtp_start) // 20)
    tried = range(asterisk.rtp_start, asterisk.rtp_end + 1, step)
    taken = [port for port in tried if _fault(asterisk.sip_bind, port, "udp")]
    what = f"{asterisk.rtp_start} to {asterisk.rtp_end}"
    if len(taken) * 2 > len(tried):
        return fail("asterisk.rtp_start", f"{what}: most are taken", "choose another range")
    return ok("asterisk.rtp_start", f"{what} free")


def _port(key: str, host: str, port: int, kind: Kind) -> Check:
    name = f"{key} ({kind})"
    fault = _fault(host, port, kind)
    if not fault:
        return ok(name, f"{host}:{port} free" if port else "any free port")
    return fail(name, f"{host}:{port}: {fault}", f"end what listens there, or change {key}")


def _fault(host: str, port: int, kind: Kind) -> str:
    """Why the port cannot be had; "" when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind_of = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    try:
        with socket.socket(family, kind_of) as sock:
            if kind == "tcp":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return "taken by another program"
        return (error.strerror or str(error)).lower()
    return ""
