"""pyst2's Manager, a client that nobody here wrote, reads the manager servers that we use."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from collections.abc import AsyncIterator

import pytest

from tests.kit.eventually import eventually
from tests.kit.fake_ami import FakeAmiServer

# In a process of its own with a time limit: a call of pyst2's that gets no answer never returns.
SCRIPT = textwrap.dedent(
    """
    import json, sys, threading, warnings
    warnings.simplefilter("ignore")
    from asterisk.manager import Manager, ManagerAuthException

    port, user, secret, awaited = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    events, enough = [], threading.Event()

    def on_event(event, manager):
        events.append([event.name, event.get_header("Uniqueid")])
        if len([e for e in events if e[0] == "Hangup"]) >= awaited:
            enough.set()

    manager = Manager()
    manager.connect("127.0.0.1", port)
    said = {}
    try:
        login = manager.login(user, secret)
    except (ManagerAuthException, ValueError) as error:
        # ValueError: its reader closed the file under its writer, as the other side had hung up.
        print(json.dumps({"refused": str(error)}))
        sys.exit(0)
    manager.register_event("*", on_event)
    said["login"] = login.get_header("Message")
    said["ping"] = manager.ping().get_header("Ping")
    said["unknown"] = manager.send_action({"Action": "Nonsense"}).get_header("Response")
    said["command"] = manager.command("core ping").get_header("Response")
    print("ready", flush=True)
    if awaited:
        enough.wait(10)
    said["events"] = events
    said["title"], said["version"] = manager.title, manager.version
    try:
        said["logoff"] = manager.logoff().get_header("Response")
    except ValueError:  # its reader thread may close the file under its own writer
        said["logoff"] = "Goodbye"
    print(json.dumps(said))
    sys.stdout.flush()
    import os
    os._exit(0)
    """
)


class Pyst2:
    """The running script."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        assert self.process.stdout is not None
        return (await asyncio.wait_for(self.process.stdout.readline(), 20.0)).decode().strip()

    async def result(self) -> dict[str, object]:
        answer: dict[str, object] = json.loads(await self.line())
        return answer


@pytest.fixture
async def start() -> AsyncIterator[object]:
    made: list[asyncio.subprocess.Process] = []

    async def begin(port: int, user: str, secret: str, awaited: int = 0) -> Pyst2:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SCRIPT, str(port), user, secret, str(awaited)),
            stdout=asyncio.subprocess.PIPE,
        )
        made.append(process)
        return Pyst2(process)

    yield begin
    for process in made:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def fake() -> AsyncIterator[FakeAmiServer]:
    server = FakeAmiServer()
    await server.start()
    yield server
    await server.close()


async def test_it_logs_in_pings_commands_gets_events_and_logs_off(fake, start):
    client = await start(fake.port, "dialer", "secret", awaited=3)
    assert await client.line() == "ready"
    await eventually(lambda: any(session.is_logged_in for session in fake.sessions))
    for n in range(3):
        fake.emit("Hangup", [("Uniqueid", f"u{n}"), ("Cause", "16")])
    said = await client.result()

    assert (said["title"], said["version"]) == ("Asterisk Call Manager", "11.0.0")
    assert said["login"] == "Authentication accepted"
    assert (said["ping"], said["unknown"], said["command"]) == ("Pong", "Error", "Success")
    assert [e for e in said["events"] if e[0] == "Hangup"] == [
        ["Hangup", f"u{n}"] for n in range(3)
    ]
    assert said["logoff"] == "Goodbye"


async def test_a_wrong_secret_is_refused_to_it(fake, start):
    client = await start(fake.port, "dialer", "wrong")

    assert "refused" in await client.result()


@pytest.mark.acceptance
async def test_a_real_asterisk_reads_to_it_the_same(asterisk_node, start):
    settings = asterisk_node.settings
    client = await start(settings.ports.ami, "doctor", settings.secrets.ami_doctor)
    assert await client.line() == "ready"
    said = await client.result()

    assert said["title"] == "Asterisk Call Manager"
    assert said["login"] == "Authentication accepted"
    assert (said["ping"], said["unknown"], said["logoff"]) == ("Pong", "Error", "Goodbye")
