"""`dialer serve` with an Asterisk of its own: started, steered, reloaded, killed, ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from dialer.asterisk.free_ports import hold_ports
from dialer.asterisk.node_settings import Ports
from dialer.settings.secrets import SecretsFile

pytestmark = pytest.mark.acceptance

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONFIG = """\
[service]
state_dir = "state"
port = 0
drain_s = 1.0
watch_s = {watch_s}
[asterisk]
sip_port = {ports.sip}
tls_port = {ports.sip_tls}
ami_port = {ports.ami}
http_port = {ports.http}
rtp_start = {ports.rtp_first}
rtp_end = {ports.rtp_last}
agi_port = 0
[[trunk]]
name = "carrier"
host = "127.0.0.1"
port = 9
qualify_s = 0
[campaign.spring]
weight = {weight}
{more}
"""


@dataclass
class Place:
    """A folder with settings, and the service that runs on it."""

    folder: Path
    ports: Ports
    process: subprocess.Popen[bytes] | None = None
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def write(self, *, weight: str = "1", watch_s: float = 0, more: str = "") -> None:
        text = CONFIG.format(ports=self.ports, weight=weight, watch_s=watch_s, more=more)
        (self.folder / "new.toml").write_text(text)
        (self.folder / "new.toml").replace(self.folder / "dialer.toml")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*DIALER, *arguments, "--config", str(self.folder / "dialer.toml")],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def serve(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*DIALER, "serve", "--config", str(self.folder / "dialer.toml")], stderr=log
            )
        self.started.append(self.process)
        self.until(self.is_ready, "the service is ready")

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/readyz").is_success
        except (httpx.HTTPError, OSError, ValueError):
            return False

    def get(self, path: str) -> Any:
        token = SecretsFile(self.folder / "state").get("api.token")
        answer = httpx.get(self.url + path, headers={"Authorization": f"Bearer {token}"})
        return answer.raise_for_status().json()

    @property
    def url(self) -> str:
        found = json.loads((self.folder / "state/service.json").read_text())
        assert self.process is not None
        if found["pid"] != self.process.pid:
            raise ValueError("that was the service before")
        return str(found["url"])

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def asterisk_pid(self) -> int | None:
        return json.loads(self.command("asterisk", "status", "--json").stdout)["pid"]

    def until(self, condition: Callable[[], object], what: str, within_s: float = 30) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}\n{self.log()}"
            time.sleep(0.02)

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def clean(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.command("asterisk", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


DIALER = (sys.executable, "-m", "dialer.cli.main")


@pytest.fixture
def place() -> Iterator[Place]:
    block = hold_ports(250)
    # Not pytest's folder: a UNIX socket's path must be short.
    here = Place(Path(tempfile.mkdtemp(prefix="serve-")), block.ports())
    here.write()
    try:
        yield here
    finally:
        here.clean()
        block.release()


def test_a_service_brings_its_asterisk_up_and_takes_it_down(place: Place) -> None:
    place.serve()
    assert place.asterisk_pid() is not None

    added = place.command("rep", "add", "anna", "--phone", "sip", "--json")
    assert json.loads(added.stdout)["notice"] is None, added.stdout + added.stderr
    doctor = json.loads(place.command("doctor", "--json").stdout)
    states = {check["name"]: check["state"] for check in doctor["checks"]}
    assert "fail" not in states.values(), doctor
    assert states["AGI from Asterisk"] == states["second login (pyst2)"] == "ok"
    assert "dialer_ami_connected" in httpx.get(f"{place.url}/metrics").text

    second = place.command("serve")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("dialer: a service runs on ")
    assert second.stderr.count("\n") == 1

    assert place.end() == 0
    assert place.asterisk_pid() is None
    assert not (place.folder / "state/service.json").exists()


def test_a_new_phone_is_known_to_asterisk_without_a_restart(place: Place) -> None:
    place.serve()
    pid = place.asterisk_pid()

    place.command("rep", "add", "anna", "--phone", "static", "--contact", "sip:anna@127.0.0.9:9")
    place.command("rep", "login", "anna")

    place.until(lambda: place.get("/api/v1/agents/anna")["state"] == "paused", "anna is logged in")
    assert place.asterisk_pid() == pid
    conf = (place.folder / "state/asterisk/conf/pjsip.conf").read_text()
    assert "sip:anna@127.0.0.9:9" in conf
    # Called, and not there: the reload was heard, or Asterisk would know no such phone.
    messages = (place.folder / "state/asterisk/log/messages").read_text()
    assert "endpoint 'anna' was not found" not in messages


def test_settings_are_taken_whole_or_not_at_all_while_it_runs(place: Place) -> None:
    place.serve()
    version = place.get("/api/v1/campaigns/spring")["settings_version"]

    place.write(weight='"heavy"')
    assert place.process is not None
    place.process.send_signal(signal.SIGHUP)
    place.until(lambda: "settings not taken" in place.log(), "the bad file is refused")
    assert "weight: must be a number, not 'heavy'" in place.log()
    assert place.get("/api/v1/campaigns/spring")["settings_version"] == version
    refused = place.command("reload")
    assert refused.returncode == 1

    place.write(weight="3", more="[campaign.june]\n")
    assert "campaign.spring.weight: 1.0 -> 3.0" in place.command("reload").stdout
    assert place.get("/api/v1/campaigns/spring")["settings_version"] == version + 1
    assert place.get("/api/v1/campaigns/june")["state"] == "stopped"
    assert place.command("campaign", "start", "june").stdout == "campaign june running\n"


def test_a_saved_file_is_noticed(place: Place) -> None:
    place.write(watch_s=0.05)
    place.serve()

    place.write(watch_s=0.05, weight="5")

    place.until(lambda: "settings read" in place.log(), "the change is noticed")
    assert "campaign.spring.weight: 1.0 -> 5.0" in place.log()


def test_asterisk_outlives_a_service_that_is_killed(place: Place) -> None:
    place.serve()
    pid = place.asterisk_pid()
    assert pid is not None

    place.end(signal.SIGKILL)
    os.kill(pid, 0)
    place.serve()
    assert place.asterisk_pid() == pid

    assert place.end() == 0
    assert place.asterisk_pid() is None


def test_an_asterisk_that_was_there_before_stays(place: Place) -> None:
    place.command("asterisk", "start")
    pid = place.asterisk_pid()
    place.serve()

    assert place.end(signal.SIGINT) == 0
    assert place.asterisk_pid() == pid


def test_a_port_that_is_taken_ends_the_start_in_one_line(place: Place) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        text = (place.folder / "dialer.toml").read_text()
        port = taken.getsockname()[1]
        (place.folder / "dialer.toml").write_text(text.replace("port = 0", f"port = {port}", 1))

        done = place.command("serve")

    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"dialer: cannot listen on 127.0.0.1:{port}")
    assert "Traceback" not in done.stderr
    assert place.asterisk_pid() is None


def test_a_supervisor_steers_the_running_service_over_its_api(place: Place) -> None:
    """Settings with undo, a simulated effect, a schedule, and what operators look at."""
    place.write(more="recording = false  # for now\n[alert.ami]\nabove = 1\n")
    place.serve()
    token = SecretsFile(place.folder / "state").get("api.token")
    with httpx.Client(
        base_url=f"{place.url}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    ) as client:
        url = "/campaigns/spring/settings"
        version = client.get(url).json()["version"]
        changed = client.put(url, json={"changes": {"weight": 2}, "version": version})
        assert changed.status_code == 200, changed.text
        text = (place.folder / "dialer.toml").read_text()
        assert "weight = 2\nrecording = false  # for now" in text
        assert client.post(f"{url}/undo", json={"version": version + 1}).status_code == 200
        assert "weight" not in (place.folder / "dialer.toml").read_text()

        begun = client.post(
            "/pools/default/settings/simulate",
            json={"changes": {"ratio": 2, "method": "ratio"}, "reps": 2, "minutes": 5},
        )
        assert begun.status_code == 202, begun.text
        at = f"/simulations/{begun.json()['id']}"
        place.until(lambda: client.get(at).json()["state"] != "running", "the simulation", 60)
        effect = client.get(at).json()
        assert (effect["state"], effect["error"]) == ("done", ""), effect
        assert effect["then"]["utilisation"]["mean"] > 0

        schedule = {"timezone": "UTC", "weekdays": {day: ["0:00-24:00"] for day in DAYS}}
        client.put("/campaigns/spring/schedule", json={"schedule": schedule})
        place.until(
            lambda: client.get("/campaigns/spring").json()["state"] == "running", "it starts"
        )
        (node,) = client.get("/system/nodes").json()["nodes"]
        assert node["up"]
        assert node["version"].split(".")[0].isdigit(), node
        assert "fail" not in {it["state"] for it in client.get("/system/doctor").json()["checks"]}

        def is_told() -> bool:
            """Asterisk is back in a second, maybe unseen: each time it ends, it waits longer."""
            place.command("asterisk", "stop")
            return bool(client.get("/alerts").json()["recent"])

        place.until(is_told, "the lost link is told", 60)
