"""A campaign's schedule over the API."""

from __future__ import annotations

import pytest

from dialer.features.settings import reloading

URL = "/api/v1/campaigns/spring/schedule"
WORKDAYS = {"timezone": "Europe/Berlin", "weekdays": {"mon": ["9:00-12:00", "13:00-17:00"]}}


def slug(answer) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def open_world(world, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reloading, "message_or_default", lambda _settings, name: (name, ""))
    world.read_settings(
        "[pool.north]\n[pool.south]\n[campaign.spring]\npool='north'\n"
        "[campaign.autumn]\npool='south'\n"
    )
    await world.with_changes()
    return world


async def test_a_supervisor_sets_it_and_the_campaign_says_what_comes_next(
    open_world, people
) -> None:
    await open_world.store.campaigns.create("spring", pool="north", settings={}, now=1, who="x")
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        put = await client.put(URL, json={"schedule": WORKDAYS, "because": "hours", "version": 1})
        campaigns = (await client.get("/api/v1/campaigns")).json()["campaigns"]
        got = (await client.get(URL)).json()

    assert put.status_code == 200, put.text
    assert got == put.json()
    assert got["version"] == 2
    assert got["schedule"] == {"on": True, "dates": {}, **WORKDAYS}
    assert got["scheduled"]["what"] in {"start", "pause"}
    assert campaigns[0]["scheduled"] == got["scheduled"]
    text = (open_world.folder / "dialer.toml").read_text()
    assert 'schedule.weekdays = {mon = ["9:00-12:00", "13:00-17:00"]}' in text
    assert "schedule.on" not in text
    (entry,) = await open_world.store.audit.list(subject="campaign/spring")
    assert entry.what == "settings.change"


async def test_it_is_taken_away_with_all_its_windows(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        await client.put(URL, json={"schedule": WORKDAYS})
        gone = await client.put(URL, json={"schedule": {}})

    assert gone.json()["scheduled"] is None
    assert "schedule" not in (open_world.folder / "dialer.toml").read_text()


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"weekdays": {"mon": ["9-12"]}}, "422 invalid-settings"),
        ({"weekdays": {"monday": []}}, "422 invalid-request"),
        ({"dates": {"soon": []}}, "422 invalid-settings"),
        ({"timezone": "Mars/Olympus"}, "422 invalid-settings"),
    ],
)
async def test_what_cannot_be_is_said(open_world, people, schedule, expected: str) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.put(URL, json={"schedule": schedule})) == expected


async def test_another_teams_schedule_is_none(open_world, people) -> None:
    other = URL.replace("spring", "autumn")
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.get(other)) == "404 no-such-campaign"
        assert slug(await client.put(other, json={"schedule": {}})) == "404 no-such-campaign"
