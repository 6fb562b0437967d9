"""One engine to an Asterisk, and an Asterisk that is begun again when it has ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.asterisk.free_ports import hold_ports
from dialer.asterisk.node import NodeStatus
from dialer.asterisk.operate import node_status, start_node, stop_node
from dialer.memory.store import InMemoryStore
from dialer.service.node import ManagedNode
from dialer.settings import Settings, load
from dialer.settings.node import node_settings
from dialer.tasks import spawn, stop
from tests.kit.asterisk import AsteriskPair
from tests.kit.eventually import eventually
from tests.kit.served import served

pytestmark = pytest.mark.acceptance


async def test_a_second_service_on_the_same_asterisk_is_refused_and_the_call_goes_on(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=1)
    async with served(pair) as one:
        await one.add_reps(1)
        await one.add_leads([number_for("stays", area_codes()[0])])
        await one.start()
        await one.log_in(1)
        await one.tell("campaigns/demo/start")

        async def talks() -> bool:
            return await one.count("agents", "talking") == 1

        await one.until(talks, 20, "a conversation")
        # Its ports are chosen when the first one's are in use.
        async with served(pair) as two:
            await two.add_reps(1)
            with pytest.raises(AssertionError, match="the service ended"):
                await two.start()
            last = two.log_tail().strip().splitlines()[-1]
            assert "another engine uses this Asterisk (pid " in last
            assert "Traceback" not in two.log_tail()
        assert await talks(), "nobody hung the rep up"

        one.kill()
        await one.start()
        await one.until(talks, 10, "the first is back, for its own Asterisk")


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Those of a managed Asterisk, on ports of its own. Its sockets need a short path."""
    block = hold_ports()
    ports = block.ports()
    try:
        path = tmp_path_factory.mktemp("node") / "dialer.toml"
        path.write_text(
            f'[service]\nstate_dir = "state"\n[asterisk]\nsip_port = {ports.sip}\n'
            f"tls_port = {ports.sip_tls}\nami_port = {ports.ami}\nhttp_port = {ports.http}\n"
            f"rtp_start = {ports.rtp_first}\nrtp_end = {ports.rtp_last}\n",
            encoding="utf-8",
        )
        found = load(path, {})
        assert isinstance(found, Settings), str(found)
        yield found
    finally:
        block.release()


async def test_a_managed_asterisk_that_dies_is_begun_again(
    settings: Settings,
) -> None:
    node = ManagedNode(settings, InMemoryStore())
    described = await node.start()
    keeping = spawn(node.keep_up(), name="keep")

    def status() -> NodeStatus:
        return node_status(described)

    try:
        first = status().pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: status().state == "running" and status().pid != first, 15)
        await eventually(lambda: node.is_ours, 15)
    finally:
        await stop(keeping)
        await node.stop()
    assert status().pid is None


async def test_ending_the_service_leaves_an_asterisk_alone_that_somebody_else_began_since(
    settings: Settings,
) -> None:
    node = ManagedNode(settings, InMemoryStore())
    described = await node.start()
    first = node_status(described).pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: node_status(described).pid is None, 5)
    theirs = start_node(node_settings(settings, endpoints=()))
    try:
        assert theirs.pid != first
        assert not node.is_ours
        assert node_status(described).pid == theirs.pid
    finally:
        stop_node(described)
    assert node_status(described).pid is None
