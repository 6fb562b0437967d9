"""Runs the demo from set-up to summary, and ends all it started."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TextIO

import httpx
from rich.console import Console
from rich.live import Live

from dialer.asterisk.free_ports import NoPortsError
from dialer.asterisk.install import InstallError
from dialer.asterisk.node import NodeError
from dialer.demo.people import SEAT, Logins, fill
from dialer.demo.reps import DemoReps
from dialer.demo.screen import floor_screen
from dialer.demo.stage import CAMPAIGN, POOL, DemoOptions, Stage, build_stage
from dialer.demo.summary import show, summary
from dialer.demo.year.before import year_before
from dialer.demo.year.fill import HasCallsError
from dialer.settings.secrets import SecretsFile
from dialer.store.sql_store import open_store
from dialer.tasks import spawn, stop

READY_WITHIN_S = 60.0
REFRESH_S = 0.5
#: Without a terminal a line this often says that the demo lives.
TELL_EVERY_S = 5.0


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


def run(options: DemoOptions, *, json_path: Path | None = None, language: str = "en") -> None:
    """Blocks until the time is over or Ctrl-C. Raises DemoError."""
    console = Console(stderr=json_path is not None and str(json_path) == "-")
    with ExitStack() as stack:
        console.print("setting up: Asterisk, the public network, leads …")
        stage = _stage(options, stack)
        logins = asyncio.run(_fill_store(stage))
        if options.year:
            asyncio.run(_fill_year(stage, console))
        _dialer(stage, "leads", "import", str(stage.leads), "--campaign", CAMPAIGN, "--json")
        service = _start_service(stage, stack)
        try:
            figures = asyncio.run(_play(stage, service, console, language, logins))
        except KeyboardInterrupt:
            raise DemoError("stopped before it began") from None
    _export(stage)
    show(console, figures)
    if json_path is not None:
        _write_json(json_path, figures)


def _stage(options: DemoOptions, stack: ExitStack) -> Stage:
    try:
        return build_stage(options, stack)
    except (InstallError, NoPortsError, NodeError) as error:
        raise DemoError(str(error)) from None


async def _fill_store(stage: Stage) -> Logins:
    store = await open_store(f"sqlite:///{stage.state_dir / 'dialer.db'}")
    try:
        return await fill(store, stage.names, POOL, stage.password)
    finally:
        await store.close()


async def _fill_year(stage: Stage, console: Console) -> None:
    console.print(f"a year of {stage.options.year} made-up calls …")
    try:
        filled = await year_before(f"sqlite:///{stage.state_dir / 'dialer.db'}", stage.options)
    except HasCallsError:
        raise DemoError(
            f"{stage.state_dir} has calls already, and a made-up year would be mixed with them: "
            "name a new --folder, or leave --year out"
        ) from None
    console.print(f"  {filled.calls} calls, {filled.talks} talks, {filled.sales} sales")


def _dialer(stage: Stage, *arguments: str, output: TextIO | None = None) -> None:
    """One run of the command line. Raises DemoError with its complaint."""
    done = subprocess.run(
        [*_PROGRAM, *arguments, "--config", str(stage.config)],
        check=False,
        stdout=output or subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        complaint = done.stderr.strip().splitlines()[-1:] or ["no word why"]
        raise DemoError(f"'dialer {' '.join(arguments[:2])}' failed: {complaint[0]}")


_PROGRAM = (sys.executable, "-m", "dialer.cli.main")


def _start_service(stage: Stage, stack: ExitStack) -> subprocess.Popen[bytes]:
    log = stack.enter_context((stage.state_dir / "service.log").open("ab"))
    # A session of its own: Ctrl-C reaches the demo alone, which then ends the service in order.
    service = subprocess.Popen(
        [*_PROGRAM, "serve", "--config", str(stage.config)],
        stdout=log,
        stderr=log,
        start_new_session=True,
        env=os.environ,
    )
    stack.callback(_end_service, stage, service)
    return service


def _end_service(stage: Stage, service: subprocess.Popen[bytes]) -> None:
    service.send_signal(signal.SIGTERM)
    try:
        service.wait(30)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()
    with suppress(DemoError):
        _dialer(stage, "asterisk", "stop")


async def _play(
    stage: Stage,
    service: subprocess.Popen[bytes],
    console: Console,
    language: str,
    logins: Logins,
) -> dict[str, Any]:
    token = await _ready(stage, service)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers, timeout=10) as client:
        stage.network.register_reps()
        robots = DemoReps(client, stage.names, POOL, stage.options.seed)
        await robots.log_in()
        (await client.post(f"/api/v1/campaigns/{CAMPAIGN}/start")).raise_for_status()
        where = _where(stage, logins)
        console.print("\n".join(where), soft_wrap=True, highlight=False)
        work = spawn(robots.work(), name="demo reps")
        began = time.monotonic()
        try:
            await _watch(client, console, language, where, _until(stage, began))
            floor = await _floor(client)
            await client.post(f"/api/v1/campaigns/{CAMPAIGN}/stop")
            return summary(stage, floor, time.monotonic() - began)
        finally:
            await stop(work)


def _where(stage: Stage, logins: Logins) -> list[str]:
    """What a person needs to see it with own eyes."""
    others = ", ".join(name for name in logins.names if name != SEAT)
    return [
        f"the console:  {stage.url}/",
        f"  log in as {others}; password {logins.password}",
        f"  as {SEAT!r} (same password) you sit in a rep's seat and take calls in the browser",
        f"programs:     {stage.url}/api/v1/openapi.json, /metrics, /healthz",
    ]


def _until(stage: Stage, began: float) -> Callable[[], bool]:
    """Says whether to go on: not after the time is over, and not after Ctrl-C."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    limit = stage.options.seconds

    def go_on() -> bool:
        over = limit is not None and time.monotonic() - began >= limit
        return not (stopped.is_set() or over)

    return go_on


async def _ready(stage: Stage, service: subprocess.Popen[bytes]) -> str:
    """The API's token, once the service can work."""
    deadline = time.monotonic() + READY_WITHIN_S
    async with httpx.AsyncClient(base_url=stage.url, timeout=2) as client:
        while time.monotonic() < deadline:
            if service.poll() is not None:
                raise DemoError(f"the service ended; see {stage.state_dir / 'service.log'}")
            with suppress(httpx.HTTPError):
                if (await client.get("/readyz")).is_success:
                    return SecretsFile(stage.state_dir).get("api.token") or ""
            await asyncio.sleep(0.1)
    raise DemoError(f"not ready in {READY_WITHIN_S:g} s; see {stage.state_dir / 'service.log'}")


async def _floor(client: httpx.AsyncClient) -> dict[str, Any]:
    reply = await client.get(f"/api/v1/floors/{POOL}")
    reply.raise_for_status()
    floor: dict[str, Any] = reply.json()
    return floor


async def _watch(
    client: httpx.AsyncClient,
    console: Console,
    language: str,
    where: list[str],
    go_on: Callable[[], bool],
) -> None:
    if not console.is_terminal:
        await _tell(client, console, go_on)
        return
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while go_on():
            with suppress(httpx.HTTPError):
                live.update(floor_screen(await _floor(client), language, where), refresh=True)
            await asyncio.sleep(REFRESH_S)


async def _tell(client: httpx.AsyncClient, console: Console, go_on: Callable[[], bool]) -> None:
    """Without a terminal: one line every few seconds."""
    next_at = 0.0
    while go_on():
        if time.monotonic() >= next_at:
            next_at = time.monotonic() + TELL_EVERY_S
            with suppress(httpx.HTTPError):
                console.print(_line(await _floor(client)), soft_wrap=True)
        await asyncio.sleep(REFRESH_S)


def _line(floor: dict[str, Any]) -> str:
    states = [agent["state"] for agent in floor["agents"]]
    campaign = floor["campaigns"][0]
    return (
        f"{states.count('talking')} of {len(states)} reps talk, {len(floor['calls'])} calls; "
        f"{campaign['placed']} placed, {campaign['connected']} connected, "
        f"{campaign['abandoned']} abandoned; {(floor['pacing'].get('why') or {}).get('en', '')}"
    )


def _export(stage: Stage) -> None:
    with (stage.state_dir / "cdr.csv").open("w", encoding="utf-8") as file:
        _dialer(stage, "cdr", "export", "--campaign", CAMPAIGN, "--format", "csv", output=file)


def _write_json(path: Path, figures: dict[str, Any]) -> None:
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    if str(path) == "-":
        print(text)
    else:
        path.write_text(text + "\n", encoding="utf-8")
