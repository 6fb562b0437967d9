"""Ports that nobody uses, so that several nodes and several test runs live on one machine.

A block of ports is held by a lock on a file for as long as its owner lives. Blocks lie below the
range from which the kernel picks ports for outgoing connections, so that it never takes one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dialer.asterisk.node_settings import Ports

FIRST, LAST, BLOCK = 12_000, 32_000, 250
_SIGNALLING = 10


class NoPortsError(RuntimeError):
    """Every block is taken; the message says what to do."""


@dataclass
class PortBlock:
    """`size` ports from `first`, held until `release`, or until this process ends."""

    first: int
    size: int
    _locks: list[IO[str]] = field(default_factory=list, repr=False)

    def ports(self) -> Ports:
        """The block as the ports of a node: ten for signalling, the rest for RTP."""
        return Ports(
            sip=self.first,
            sip_tls=self.first + 1,
            ami=self.first + 2,
            http=self.first + 3,
            rtp_first=self.first + _SIGNALLING,
            rtp_last=self.first + self.size - 1,
        )

    def release(self) -> None:
        """Give the block back."""
        for lock in self._locks:
            lock.close()
        self._locks.clear()


def hold_ports(size: int = BLOCK) -> PortBlock:
    """A free block of at least `size` ports. Raises NoPortsError."""
    count = -(-size // BLOCK)
    blocks = range(FIRST, LAST - count * BLOCK + 1, BLOCK)
    # Start elsewhere in each process: two that start together seldom meet.
    start = os.getpid() * 7 % len(blocks)
    for first in [*blocks[start:], *blocks[:start]]:
        locks = _lock_all([first + n * BLOCK for n in range(count)])
        if not locks:
            continue
        if all(is_free(first + n) for n in range(_SIGNALLING)):
            return PortBlock(first, count * BLOCK, locks)
        for lock in locks:
            lock.close()
    raise NoPortsError(
        f"no {size} free ports between {FIRST} and {LAST}: end other test runs first"
    )


def _lock_all(firsts: list[int]) -> list[IO[str]]:
    folder = Path(tempfile.gettempdir()) / "dialer-ports"
    folder.mkdir(exist_ok=True, mode=0o777)
    with contextlib.suppress(OSError):
        folder.chmod(0o1777)  # shared by all users of the machine
    locks: list[IO[str]] = []
    for first in firsts:
        try:
            handle = _lock_file(folder / f"{first}.lock")
        except OSError:  # a file that its user keeps from others: that user's block
            break
        locks.append(handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            break
    else:
        return locks
    for lock in locks:
        lock.close()
    return []


def _lock_file(path: Path) -> IO[str]:
    """`path` for locking, made when missing: only read, as it may be another user's. OSError."""
    try:
        # Not made in the same step: kernels refuse O_CREAT on another's file in such a folder.
        return path.open(encoding="ascii")
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o644)  # whatever the umask: the file outlives its user's run
        return os.fdopen(descriptor, encoding="ascii")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether `port` can be bound now, for TCP and for UDP."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:  # as Asterisk does: a port in TIME_WAIT is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def next_free(ports: Ports, taken: frozenset[int] = frozenset()) -> Ports:
    """`ports`, each signalling port moved up to the next free one where it is in use."""
    chosen: dict[str, int] = {}
    used = set(taken)
    for name in ("sip", "sip_tls", "ami", "http"):
        port = getattr(ports, name)
        while port in used or not is_free(port):
            port += 1
            if port > 65535:
                raise NoPortsError(f"no free port above {getattr(ports, name)} for {name}")
        used.add(port)
        chosen[name] = port
    return Ports(**chosen, rtp_first=ports.rtp_first, rtp_last=ports.rtp_last)
