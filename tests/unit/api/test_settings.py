"""Settings over the API: seen key by key, changed, taken back, and who may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dialer.features.settings import reloading
from dialer.ports.journal import SettingsChanged

TEXT = """\
[pool.north]
ratio = 1.5
[pool.south]
[campaign.spring]
pool = "north"
[campaign.autumn]
pool = "south"
"""
URL = "/api/v1/pools/north/settings"


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def open_world(world, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reloading, "message_or_default", lambda _settings, name: (name, ""))
    world.read_settings(TEXT)
    await world.with_changes()
    return world


def keys(sheet: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {key["key"]: key for key in sheet["keys"]}


async def put(client: httpx.AsyncClient, version: int, url: str = URL, **changes: Any):
    body = {"changes": changes, "because": "quiet hour", "version": version}
    return await client.put(url, json=body)


async def test_each_key_has_its_value_source_range_and_words(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        await put(client, 1, max_lines=40)
        sheet = (await client.get(URL)).json()

    assert (sheet["version"], sheet["changed_by"], sheet["because"]) == (
        2, "manager", "quiet hour",
    )  # fmt: skip
    found = keys(sheet)
    assert {k: found[k]["source"] for k in ("ratio", "max_lines", "method")} == {
        "ratio": "file", "max_lines": "console", "method": "default",
    }  # fmt: skip
    assert (found["max_lines"]["value"], found["max_lines"]["least"]) == (40, 0.0)
    assert found["ratio"]["doc"]["zh"].startswith("按固定通数外呼时")
    assert sheet["writable"]
    assert sheet["may_undo"]


async def test_a_change_is_in_force_noted_told_and_can_be_taken_back(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        changed = await put(client, 1, ratio=2.5)
        in_force = open_world.settings.pools["north"].ratio
        undone = await client.post(f"{URL}/undo", json={"version": 2})
        again = await client.post(f"{URL}/undo", json={"version": 3})
        versions = (await client.get(f"{URL}/versions")).json()["versions"]

    assert changed.json() == {
        "version": 2, "changes": [{"key": "ratio", "before": 1.5, "after": 2.5}], "waiting": [],
    }  # fmt: skip
    assert in_force == 2.5
    assert undone.json()["version"] == 3
    assert open_world.settings.pools["north"].ratio == 1.5
    assert slug(again) == "409 nothing-to-undo"
    assert [(v["version"], v["origin"], v["undoes"]) for v in versions] == [
        (3, "console", 2), (2, "console", None), (1, "file", None),
    ]  # fmt: skip
    (last, first) = await open_world.store.audit.list(subject="pool/north")
    assert (first.who, first.what, first.before) == ("manager", "settings.change", {"ratio": 1.5})
    assert first.after == {"changes": {"ratio": 2.5}, "because": "quiet hour", "version": 2}
    assert last.after["because"] == "undo of version 2"
    told = [
        it.event for it in await open_world.store.journal.entries() if it.subject == "pool/north"
    ]
    assert told == [SettingsChanged(version=n) for n in (1, 2, 3)]


async def test_two_changes_are_taken_back_one_by_one(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        await put(client, 1, ratio=2)
        await put(client, 2, max_lines=5)
        for version in (3, 4):
            assert (await client.post(f"{URL}/undo", json={"version": version})).status_code == 200

    pool = open_world.settings.pools["north"]
    assert (pool.ratio, pool.max_lines) == (1.5, None)


async def test_what_changed_again_by_hand_is_not_taken_back(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        await put(client, 1, ratio=2)
        path = open_world.folder / "dialer.toml"
        path.write_text(path.read_text().replace("ratio = 2", "ratio = 3"))
        await open_world.reloader.reload()
        assert slug(await client.post(f"{URL}/undo", json={"version": 3})) == "409 changed-since"


@pytest.mark.parametrize(
    ("version", "changes", "expected"),
    [
        (0, {"ratio": 2}, "409 stale"),
        (1, {"ratio": -1}, "422 invalid-settings"),
        (1, {"speed": 9}, "422 invalid-settings"),
        (1, {"ratio": {"a": 1}}, "422 invalid-settings"),
    ],
)
async def test_what_cannot_be_changes_nothing(
    open_world, people, version: int, changes: dict[str, Any], expected: str
) -> None:
    before = (open_world.folder / "dialer.toml").read_text()
    async with people.browser(await people.add("manager", team="north")) as client:
        answer = await put(client, version, **changes)

    assert slug(answer) == expected
    assert (open_world.folder / "dialer.toml").read_text() == before
    assert await open_world.store.audit.list(subject="pool/north") == []


async def test_a_supervisor_sets_the_pace_and_nothing_else(open_world, people) -> None:
    boss = await people.add("supervisor", team="north", squad="one")
    url = "/api/v1/campaigns/spring/settings"
    async with people.browser(boss) as client:
        assert (await put(client, 1, ratio=2)).status_code == 200
        assert (await put(client, 1, url, ring_timeout=20)).status_code == 200
        refused = await put(client, 2, url, max_abandon_rate=0.5)
        sheet = keys((await client.get(url)).json())

    assert slug(refused) == "403 not-allowed"
    assert (sheet["ring_timeout"]["editable"], sheet["max_abandon_rate"]["editable"]) == (
        True, False,
    )  # fmt: skip
    assert open_world.settings.campaign["spring"].max_abandon_rate == 0.03


async def test_settings_of_another_team_are_none(open_world, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        for url in ("/api/v1/pools/south", "/api/v1/pools/none", "/api/v1/campaigns/autumn"):
            kind = "pool" if "pools" in url else "campaign"
            at = f"{url}/settings"
            for answer in (
                await client.get(at),
                await put(client, 1, at, title="x"),
                await client.post(f"{at}/undo", json={"version": 1}),
                await client.get(f"{at}/versions"),
            ):
                assert slug(answer) == f"404 no-such-{kind}", at
        moved = await put(client, 1, "/api/v1/campaigns/spring/settings", pool="south")
        assert slug(moved) == "404 no-such-pool"


async def test_who_may_only_look_is_told_so(open_world, people) -> None:
    async with people.browser(await people.add("auditor")) as client:
        sheet = (await client.get(URL)).json()

        assert (sheet["writable"], sheet["why_not"]) == (False, "you may look and not change")
        assert slug(await put(client, 1, ratio=2)) == "403 not-allowed"


async def test_without_an_engine_nothing_is_changed(world, people) -> None:
    world.read_settings(TEXT)
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await put(client, 0, ratio=2)) == "409 no-engine"
