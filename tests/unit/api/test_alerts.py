"""Alerts over the API: whose they are, who acknowledged."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.features.alerts.alerting import Alerting
from dialer.ports.steering import AlertRow

TEXT = """\
[pool.north]
[pool.south]
"""


def slug(answer) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def rows(world) -> Any:
    world.read_settings(TEXT)
    for key, pool in (("L1", "north"), ("L2", "south"), ("L3", "")):
        await world.store.alerts.put(
            AlertRow(
                id=key, name="paused", subject=f"pool/{pool}", pool=pool, severity="info",
                words="w", value=1.0, began_at=1.0,
            )
        )  # fmt: skip
    world.alerting = Alerting(
        world.store, world.clock, lambda: world.settings, lambda now: [],
        show=lambda firing, recent: None,
    )  # fmt: skip


async def test_alerts_are_those_of_ones_pools_and_of_the_system(rows, people) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        found = (await client.get("/api/v1/alerts")).json()
        assert [it["id"] for it in found["firing"]] == ["L1", "L3"]
        assert [it["id"] for it in found["recent"]] == ["L3", "L1"]
        assert slug(await client.post("/api/v1/alerts/L2/ack")) == "404 no-such-alert"
        assert slug(await client.post("/api/v1/alerts/none/ack")) == "404 no-such-alert"


async def test_the_first_who_looks_after_it_is_kept_and_noted(rows, people, world) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        first = (await client.post("/api/v1/alerts/L1/ack")).json()
    async with people.browser(await people.add("manager", team="north")) as client:
        second = (await client.post("/api/v1/alerts/L1/ack")).json()

    assert (first["acked_by"], second["acked_by"]) == ("supervisor", "supervisor")
    assert [it.who for it in await world.store.audit.list(subject="L1")] == ["supervisor"]
