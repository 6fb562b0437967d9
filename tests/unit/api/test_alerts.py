"""Alerts and webhooks over the API: whose they are, who acknowledged, what is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.features.alerts.alerting import Alerting
from dialer.ports.steering import AlertRow, Delivery

TEXT = """\
[pool.north]
[pool.south]
[webhook.crm]
url = "https://crm.example.com/hooks/very-secret-word"
secret = "very-secret-word"
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


async def test_deliveries_are_shown_without_bodies_and_secrets(rows, people, world) -> None:
    await world.store.deliveries.add(
        [
            Delivery(
                id="D1", hook="crm", event="alert.began", body='{"very-secret-word": 1}',
                created_at=1.0, state="dead", tries=20, error="answered 500",
            )
        ]
    )  # fmt: skip
    async with people.browser(await people.add("ops")) as client:
        answer = await client.get("/api/v1/webhooks?state=dead")
        none = await client.get("/api/v1/webhooks?state=done")

    assert "very-secret-word" not in answer.text
    assert answer.json()["webhooks"] == [
        {"name": "crm", "host": "crm.example.com", "events": ["alert.began", "alert.ended"],
         "on": True}
    ]  # fmt: skip
    assert answer.json()["deliveries"][0]["error"] == "answered 500"
    assert none.json()["deliveries"] == []
