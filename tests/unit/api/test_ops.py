"""What operators see and turn: no secret in it, and every change of the log noted."""

from __future__ import annotations

import asyncio
import io
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from dialer.doctor import Check
from dialer.engine.plans import TrunkPlan
from dialer.engine.trunks import TrunkBook
from dialer.features.operations import ops as ops_module
from dialer.features.operations.ops import Ops
from dialer.features.operations.trunk_figures import TrunkFigures
from dialer.log import LogOutlet

TEXT = """\
[[trunk]]
name = "main"
host = "sip.example.com"
username = "us"
secret = "very-secret-word"
max_lines = 4
[webhook.crm]
url = "https://crm.example.com/hooks/very-secret-word"
secret = "very-secret-word"
[pool.north]
"""


def slug(answer) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
def outlet() -> LogOutlet:
    outlet = LogOutlet(stream=io.StringIO())
    outlet.set_levels("info", {})
    return outlet


@pytest.fixture
def served(world, outlet: LogOutlet) -> Any:
    world.read_settings(TEXT)
    trunks = TrunkBook([TrunkPlan("main", 4)])
    trunks.hold("A1", "main")
    agi = SimpleNamespace(requests=3, hangups=0, timeouts=0, garbage=0, over_limit=0)
    switch = SimpleNamespace(
        node="node1", is_up=False, booted_at=None, ahead_s=None,
        agi=SimpleNamespace(counters=agi),
        ami=SimpleNamespace(counters=SimpleNamespace(reconnects=1, events=9)),
    )  # fmt: skip
    engine = SimpleNamespace(trunks=trunks, runners={})
    world.ops = Ops(
        settings=lambda: world.settings, engine=engine, switch=switch, outlet=outlet,  # type: ignore[arg-type]
        clock=world.clock,
        trunks=TrunkFigures(CollectorRegistry(), world.clock.now, trunks, "node1"),
    )  # fmt: skip
    return world.ops


async def test_a_node_that_is_down_says_what_to_do(served, people) -> None:
    async with people.browser(await people.add("ops")) as client:
        (node,) = (await client.get("/api/v1/system/nodes")).json()["nodes"]
        (trunk,) = (await client.get("/api/v1/system/trunks")).json()["trunks"]
        versions = (await client.get("/api/v1/system/versions")).json()

    assert not node["up"]
    assert "start Asterisk" in node["words"]
    assert (trunk["in_use"], trunk["use"]) == (1, 0.25)
    assert versions["asterisk"] == {"node1": ""}
    assert versions["database"]


async def test_settings_are_shown_without_a_secret(served, people) -> None:
    async with people.browser(await people.add("ops")) as client:
        answer = await client.get("/api/v1/system/settings")

    assert "very-secret-word" not in answer.text
    assert answer.json()["settings"]["trunk"][0]["host"] == "sip.example.com"
    assert answer.json()["settings"]["webhook"]["crm"]["url"] == "https://crm.example.com/…"


async def test_the_level_of_a_part_changes_at_once_and_is_noted(
    served, people, outlet, world
) -> None:
    async with people.browser(await people.add("ops")) as client:
        body = {"logger": "dialer.asterisk", "level": "debug"}
        put = await client.put("/api/v1/system/log-level", json=body)
        wrong = await client.put("/api/v1/system/log-level", json={"level": "loud"})
        general = await client.put("/api/v1/system/log-level", json={"level": "warning"})

    assert put.json()["levels"]["dialer.asterisk"] == "debug"
    assert (outlet.least("dialer.asterisk.link"), outlet.least("dialer.engine")) == (10, 30)
    assert wrong.status_code == 422
    assert general.json()["level"] == "warning"
    subjects = [entry.subject for entry in await world.store.audit.list()]
    assert subjects[:2] == ["*", "dialer.asterisk"]


async def test_checks_are_made_one_run_at_a_time(served, people, monkeypatch) -> None:
    began, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def examine(settings, *, service_runs: bool) -> list[Check]:
        assert service_runs
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result(30)
        return [Check("disk", "warn", "nearly full", "make room")]

    monkeypatch.setattr(ops_module, "examine", examine)
    async with people.browser(await people.add("ops")) as client, asyncio.TaskGroup() as both:
        first = both.create_task(client.get("/api/v1/system/doctor"))
        await began.wait()
        assert slug(await client.get("/api/v1/system/doctor")) == "409 busy"
        go.set()

    assert first.result().json() == {
        "checks": [{"name": "disk", "state": "warn", "what": "nearly full", "remedy": "make room"}]
    }
