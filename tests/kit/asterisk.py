"""A real Asterisk with the public network beside it, on free ports, for tests and benches."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dialer.asterisk.demo_network import (
    DemoSettings,
    PublicNetwork,
    demo_trunk,
    rep_names,
    rep_phones,
)
from dialer.asterisk.free_ports import PortBlock, hold_ports
from dialer.asterisk.node import AsteriskNode
from dialer.asterisk.node_settings import AsteriskSettings, Secrets
from dialer.asterisk.operate import with_messages
from dialer.asterisk.tree import AsteriskInstall


@dataclass
class AsteriskPair:
    """`node` is the dialer's, `public` the rest of the world; both run."""

    node: AsteriskNode
    public: PublicNetwork
    folder: Path
    trunk: str = "carrier"

    @property
    def recordings(self) -> Path:
        """A folder that Asterisk may write recordings to."""
        path = self.folder / "recordings"
        path.mkdir(exist_ok=True)
        return path

    def ledger(self) -> list[str]:
        """The lines of the node's own ledger."""
        path = self.node.settings.ledger
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def wait_registered(self, timeout_s: float = 5.0) -> None:
        """Return when every rep's phone has registered at the node. Raises TimeoutError."""
        wanted = {name for name, _ in self.public.demo.reps}
        until(lambda: wanted <= _registered(self.node), timeout_s, "every rep's phone registered")


def _registered(node: AsteriskNode) -> set[str]:
    lines = [line.split() for line in node.cli("pjsip show contacts").splitlines()]
    return {words[1].split("/")[0] for words in lines if words[:1] == ["Contact:"]}


def until(condition: Callable[[], object], timeout_s: float = 5.0, what: str = "") -> None:
    """Return when `condition()` is true; TimeoutError with `what` after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout_s:g} s: {what or condition}")
        time.sleep(0.01)


@contextmanager
def asterisk_pair(
    install: AsteriskInstall,
    *,
    reps: int = 4,
    ports_each: int = 250,
    folder: Path | None = None,
    sounds: Path | None = None,
    change_node: Callable[[AsteriskSettings], AsteriskSettings] | None = None,
    change_demo: Callable[[DemoSettings], DemoSettings] | None = None,
) -> Iterator[AsteriskPair]:
    """Start a node and a public network, and end both, whatever happens in between.

    `ports_each`: ports of each node; a call takes two for each leg. `folder` None: a new one in the
    temporary folder, deleted at the end. `change_*` may alter the settings before the start.
    """
    base = folder or Path(tempfile.mkdtemp(prefix="dialer-"))
    blocks = [hold_ports(ports_each), hold_ports(ports_each)]
    node, public = _build(install, base, blocks, reps, sounds, change_node, change_demo)
    try:
        _start_together(node, public)
        pair = AsteriskPair(node, public, base)
        pair.wait_registered()
        yield pair
    finally:
        node.kill()
        public.kill()
        for block in blocks:
            block.release()
        if folder is None:
            shutil.rmtree(base, ignore_errors=True)


def _start_together(*nodes: AsteriskNode) -> None:
    for node in nodes:
        node.begin()
    for node in nodes:
        node.wait_booted()


def _build(
    install: AsteriskInstall,
    base: Path,
    blocks: list[PortBlock],
    reps: int,
    sounds: Path | None,
    change_node: Callable[[AsteriskSettings], AsteriskSettings] | None,
    change_demo: Callable[[DemoSettings], DemoSettings] | None,
) -> tuple[AsteriskNode, PublicNetwork]:
    node_ports, public_ports = blocks[0].ports(), blocks[1].ports()
    accounts = tuple((name, secrets.token_urlsafe(12)) for name in rep_names(reps))
    settings = AsteriskSettings(
        node="node1",
        run_dir=base / "node",
        secrets=_secrets(),
        ports=node_ports,
        trunks=(demo_trunk(public_ports),),
        phones=rep_phones(accounts),
    )
    demo = DemoSettings(
        base / "public",
        public_ports,
        _secrets(),
        node_ports.sip,
        accounts,
        speed=10.0,
        ring_median_s=2.0,
        sounds=sounds,
    )
    settings = with_messages(change_node(settings) if change_node else settings)
    demo = change_demo(demo) if change_demo else demo
    return AsteriskNode(settings, install), PublicNetwork(demo, install)


def _secrets() -> Secrets:
    return Secrets(secrets.token_urlsafe(18), secrets.token_urlsafe(18))


__all__ = ["AsteriskPair", "asterisk_pair", "replace", "until"]
