"""Ports for several nodes on one machine."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.asterisk.free_ports import hold_ports, is_free, next_free
from dialer.asterisk.node_settings import Ports


def test_blocks_that_are_held_do_not_overlap() -> None:
    blocks = [hold_ports(250), hold_ports(500), hold_ports(250)]
    try:
        ranges = [range(b.first, b.first + b.size) for b in blocks]
        assert all(set(a).isdisjoint(b) for a in ranges for b in ranges if a != b)
        for block in blocks:
            ports = block.ports()
            assert ports.rtp_first > ports.http
            assert ports.rtp_last == block.first + block.size - 1
    finally:
        for block in blocks:
            block.release()


@pytest.fixture
def strict_umask() -> Iterator[None]:
    old = os.umask(0o077)
    yield
    os.umask(old)


@pytest.mark.usefixtures("strict_umask")
def test_another_user_can_hold_a_block_after_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for run in ("made", "found"):
        block = hold_ports(250)
        flags = fcntl.fcntl(block._locks[0].fileno(), fcntl.F_GETFL)
        block.release()
        # Others may read the file, and reading is all that a block needs.
        assert flags & os.O_ACCMODE == os.O_RDONLY, run
        modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "dialer-ports").iterdir()}
        assert modes == {0o644}, run


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_is_not_free(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        assert not is_free(other.getsockname()[1])


def test_the_next_free_ports_are_taken_where_some_are_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        chosen = next_free(Ports(sip=taken, sip_tls=taken, ami=taken, http=taken))
    single = [chosen.sip, chosen.sip_tls, chosen.ami, chosen.http]
    assert taken not in single
    assert len(set(single)) == 4
