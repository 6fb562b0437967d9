"""Everything the demo needs around the service: a folder, ports, a public network, a config."""

from __future__ import annotations

import csv
import json
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from dialer.asterisk.demo_network import (
    DemoSettings,
    PublicNetwork,
    demo_leads,
    make_voices,
    rep_names,
)
from dialer.asterisk.free_ports import hold_ports
from dialer.asterisk.install import install_asterisk
from dialer.asterisk.node_settings import Ports, Secrets
from dialer.asterisk.sounds import SoundError
from dialer.demo.lists import CAMPAIGN_TOML, rows
from dialer.demo.people import SEAT
from dialer.kit.passwords import one_time
from dialer.settings.phones import PhoneEntry, phone_password, save_phones
from dialer.settings.secrets import SecretsFile

CAMPAIGN = "demo"
POOL = "default"
#: A call takes two ports on each of its legs: enough for a hundred calls at a time.
PORTS = 1000


@dataclass(frozen=True)
class DemoOptions:
    """What may be chosen: how many, how long, and how fast the public lives."""

    reps: int = 12
    leads: int = 2000
    seconds: float | None = None
    seed: int = 1
    method: str = "predictive"
    port: int = 8080
    folder: Path = Path("var/demo")
    #: So many made-up calls of a year before; 0: none.
    year: int = 0


@dataclass
class Stage:
    """A prepared demo. `config` is what `dialer serve` is started with."""

    options: DemoOptions
    config: Path
    leads: Path
    state_dir: Path
    network: PublicNetwork
    names: list[str]
    url: str
    #: Of every account of the demo; made at the first start, kept with the other secrets.
    password: str


def build_stage(options: DemoOptions, stack: ExitStack) -> Stage:
    """Write every file and start the public network; `stack` ends it and gives the ports back."""
    install = install_asterisk()
    folder = options.folder.resolve()
    state_dir = folder / "state"
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    node_block, public_block = hold_ports(PORTS), hold_ports(PORTS)
    stack.callback(node_block.release)
    stack.callback(public_block.release)
    node_ports, public_ports = node_block.ports(), public_block.ports()
    names = rep_names(options.reps)
    phones = {name: PhoneEntry("sip", rtp_timeout_s=3) for name in names}
    save_phones(state_dir, {**phones, SEAT: PhoneEntry("webrtc")})
    passwords = SecretsFile(state_dir)
    demo = DemoSettings(
        run_dir=folder / "public",
        ports=public_ports,
        secrets=Secrets(
            passwords.get_or_make("public.dialer"), passwords.get_or_make("public.doctor")
        ),
        node_port=node_ports.sip,
        reps=tuple((name, phone_password(passwords, name)) for name in names),
        line_password=secrets.token_urlsafe(12),
        sounds=_voices(),
    )
    network = PublicNetwork(demo, install)
    network.start()
    stack.callback(network.kill)
    return Stage(
        options=options,
        config=_write_config(folder, state_dir, node_ports, public_ports, options),
        leads=_write_leads(folder, options),
        state_dir=state_dir,
        network=network,
        names=names,
        url=f"http://127.0.0.1:{options.port}",
        password=_password(passwords),
    )


def _password(kept: SecretsFile) -> str:
    """One that can be typed."""
    if kept.get("demo.password") is None:
        kept.put("demo.password", one_time())
    return kept.get("demo.password") or ""


def _voices() -> Path | None:
    try:
        return make_voices()
    except SoundError:  # no espeak-ng to be had: people speak in tones
        return None


def _write_config(
    folder: Path, state_dir: Path, node: Ports, public: Ports, options: DemoOptions
) -> Path:
    values = {"state_dir": str(state_dir), "port": options.port, "method": options.method}
    path = folder / "dialer.toml"
    text = _CONFIG.format(node=node, public=public, **_quoted(values)) + CAMPAIGN_TOML
    path.write_text(text, "utf-8")
    return path


def _quoted(values: dict[str, object]) -> dict[str, str]:
    """JSON's strings and numbers are TOML's."""
    return {name: json.dumps(value) for name, value in values.items()}


_CONFIG = """\
# Written by `dialer demo`, anew at every start.
[service]
state_dir = {state_dir}
port = {port}
drain_s = 5.0

[asterisk]
sip_port = {node.sip}
tls_port = {node.sip_tls}
ami_port = {node.ami}
http_port = {node.http}
rtp_start = {node.rtp_first}
rtp_end = {node.rtp_last}
agi_port = 0

[[trunk]]
name = "carrier"
host = "127.0.0.1"
port = {public.sip}
caller_ids = ["+12125550199"]
qualify_s = 10
max_lines = 60

[pool.default]
method = {method}

[campaign.demo]
pool = "default"
trunks = ["carrier"]
ring_timeout = 25.0
wrapup_limit = 20.0
calling = {{start = "00:00", end = "24:00"}}
"""


def _write_leads(folder: Path, options: DemoOptions) -> Path:
    path = folder / "leads.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        leads = demo_leads(options.leads, options.seed)
        csv.writer(file).writerows(rows(leads, options.seed))
    return path
