"""What the settings say reaches the parts that are put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.asterisk.node_settings import Trunk
from dialer.ports.clock import SystemClock
from dialer.service.assembly import opened_switch
from dialer.settings import Problems, Settings, load
from tests.kit.eventually import eventually
from tests.kit.fake_asterisk import FakeAsterisk
from tests.kit.switch_world import SwitchNotes, call

TRUNKS = (Trunk("carrier", "127.0.0.1"),)


def read(folder: Path, text: str) -> Settings | Problems:
    (folder / "dialer.toml").write_text(f'[service]\nstate_dir = "state"\n{text}')
    return load(folder / "dialer.toml", {})


async def originated(folder: Path, more: str) -> dict[str, str]:
    """The dialplan variables of a call placed by a switch made of these settings."""
    node = FakeAsterisk()
    await node.start()
    text = f'[asterisk]\nami_port = {node.port}\nami_secret = "secret"\nagi_port = 0\n{more}'
    settings = read(folder, text)
    assert isinstance(settings, Settings), settings
    switch = opened_switch(settings, TRUNKS, SystemClock())
    try:
        await switch.start(SwitchNotes())
        await eventually(lambda: switch.is_up, what="the link is up")
        switch.place([call()])
        await eventually(lambda: node.received_of("Originate"), what="the call went out")
    finally:
        await switch.close()
        await node.close()
    return node.received_of("Originate")[0].variables("Variable")


async def test_the_sites_limits_reach_every_originate(tmp_path: Path) -> None:
    found = await originated(
        tmp_path, 'max_call_s = 1800\nmargin_s = 0.25\nagi_second = "10.1.2.3:4573"\n'
    )

    assert found["DIALER_MAX"] == "1800.000"
    assert found["DIALER_MARGIN"] == "0.250"
    assert found["DIALER_AGI2"] == "10.1.2.3:4573"


async def test_what_is_not_set_is_the_dialplans_usual(tmp_path: Path) -> None:
    found = await originated(tmp_path, "")

    assert (found["DIALER_MAX"], found["DIALER_MARGIN"]) == ("14400.000", "0.500")
    assert "DIALER_AGI2" not in found


@pytest.mark.parametrize("address", ["10.1.2.3", "10.1.2.3:", ":4573", "h:1,X=1", "h:0", "a b:1"])
def test_an_address_without_host_and_port_is_refused(tmp_path: Path, address: str) -> None:
    found = read(tmp_path, f'[asterisk]\nagi_second = "{address}"\n')

    assert isinstance(found, Problems)
    assert 'agi_second: must be host:port, such as "10.1.2.3:4573"' in str(found.all[0])
