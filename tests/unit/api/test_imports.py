"""A file on its way in: looked at, imported, stopped, undone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dialer.ports.scope import EVERYTHING
from dialer.ports.store import LeadNext
from dialer.words import LeadState

SETTINGS = """
[pool.north]
[campaign.spring]
pool = "north"
region = "CN"
"""
LIST = "客户,电话,城市,备注\n张三,13800138000,上海,旧\n李四,13900139000,北京,\n王五,12,广州,\n"


def slug(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def manager(world, people) -> Any:
    world.read_settings(SETTINGS)
    return await people.add("manager", team="north")


async def uploaded(client: httpx.AsyncClient, text: str = LIST, **query: str) -> dict[str, Any]:
    params = {"campaign": "spring", "file": "六月.csv", **query}
    answer = await client.post("/api/v1/imports", params=params, content=text.encode())
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def started(client: httpx.AsyncClient, draft: dict[str, Any], **more: Any) -> str:
    fields = more.pop("fields", [it["guess"] for it in draft["columns"]])
    body = {"region": draft["region"], "fields": fields, "list": "六月", **more}
    answer = await client.post(f"/api/v1/imports/{draft['id']}/start", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def ended(client: httpx.AsyncClient, import_id: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            found: dict[str, Any] = (await client.get(f"/api/v1/imports/{import_id}")).json()
            if found["state"] != "running":
                return found
            await asyncio.sleep(0)


async def test_a_file_is_looked_at_before_it_goes_in(world, people, manager) -> None:
    async with people.browser(manager) as client:
        draft = await uploaded(client)
        body = {"region": "CN", "fields": ["name", "number", "custom", "skip"]}
        looked = await client.post(f"/api/v1/imports/{draft['id']}/rows", json=body)
        again = await client.post(f"/api/v1/imports/{draft['id']}/columns", json={"region": "US"})

    assert [it["guess"] for it in draft["columns"]] == ["name", "number", "custom", "custom"]
    assert draft["region"] == "CN"
    first, _, bad = looked.json()["rows"]
    assert (first["name"], first["fields"]) == ("张三", {"城市": "上海"})
    assert first["numbers"][0]["number"] == "+8613800138000"
    assert not bad["taken"]
    assert bad["reason_zh"] == "号码太短（12）"
    assert again.json()["region"] == "US"
    assert await world.store.lead_lists.all(EVERYTHING) == []


async def test_it_goes_in_as_was_said_and_its_bad_rows_are_handed_out(
    world, people, manager
) -> None:
    async with people.browser(manager) as client:
        draft = await uploaded(client)
        done = await ended(
            client, await started(client, draft, fields=["name", "number", "custom", "skip"])
        )
        rejected = await client.get(
            f"/api/v1/imports/{done['id']}/rejected", params={"language": "zh"}
        )
        faults = await client.get(f"/api/v1/imports/{done['id']}/faults")

    assert (done["state"], done["imported"], done["rejected"]) == ("done", 2, 1)
    assert (done["list"], done["campaign"], done["has_rejected"]) == ("六月", "spring", True)
    assert "号码太短（12）" in rejected.text
    assert faults.json()["rows"][0]["row"] == 4
    assert "备注" not in (await _lead(world, "张三")).custom
    # What was handed out and put right goes in again, in any language.
    mended = rejected.text.replace(",12,", ",13700137000,").removeprefix("\ufeff")
    async with people.browser(manager) as client:
        draft = await uploaded(client, mended)
        assert (await ended(client, await started(client, draft)))["imported"] == 1


async def test_a_list_without_a_known_column_of_numbers_is_named_by_hand(
    world, people, manager
) -> None:
    text = "Wer,Wohin\n张三,13800138000\n"
    async with people.browser(manager) as client:
        draft = await uploaded(client, text)
        without = await client.post(
            f"/api/v1/imports/{draft['id']}/rows", json={"fields": ["name", "custom"]}
        )
        done = await ended(client, await started(client, draft, fields=["name", "number"]))

    assert not draft["has_numbers"]
    assert slug(without) == "422 invalid-list"
    assert done["imported"] == 1


async def test_an_import_is_undone_but_for_whom_somebody_called(world, people, manager) -> None:
    async with people.browser(manager) as client:
        draft = await uploaded(client)
        done = await ended(client, await started(client, draft))
        called = await _lead(world, "张三")
        world.store.leads._t.count(called.id, called.numbers[0].number, 1)
        await world.store.leads.set_next(called.id, LeadNext(LeadState.DONE))
        undone = await client.post(f"/api/v1/imports/{done['id']}/undo")
        twice = await client.post(f"/api/v1/imports/{done['id']}/undo")
        listed = (await client.get("/api/v1/imports")).json()["imports"]

    assert (undone.json()["state"], undone.json()["taken_out"], undone.json()["kept"]) == (
        "undone",
        1,
        1,
    )
    assert slug(twice) == "409 undone-already"
    assert [it["id"] for it in listed] == [done["id"]]


async def test_an_import_stops_when_told_and_keeps_what_is_in(
    world, people, manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.leads.importer.BIG_BATCH", 1)
    add, gate = world.store.leads.add, asyncio.Event()

    async def slowly(*args: Any, **more: Any) -> Any:
        done = await add(*args, **more)
        await gate.wait()
        return done

    world.store.leads.add = slowly
    async with people.browser(manager) as client:
        draft = await uploaded(client)
        import_id = await started(client, draft)
        told = await client.post(f"/api/v1/imports/{import_id}/cancel")
        gate.set()
        done = await ended(client, import_id)

    assert told.status_code == 200
    assert (done["state"], done["imported"]) == ("cancelled", 1)


async def test_what_is_no_list_is_said_in_both_languages_and_without_a_path(
    people, manager
) -> None:
    async with people.browser(manager) as client:
        params = {"campaign": "spring", "file": "a.csv"}
        answer = await client.post("/api/v1/imports", params=params, content=b"%PDF-1.4 x")

    assert slug(answer) == "422 invalid-list"
    assert answer.json()["facts"]["fault_zh"] == "这是 PDF 文件，请提供 .xlsx 或 CSV"
    assert "/" not in answer.json()["detail"]


async def test_a_draft_is_its_owners_and_gone_with_newer_ones(world, people, manager) -> None:
    other = await people.add("manager", "other", team="north")
    async with people.browser(manager) as client:
        first = await uploaded(client)
        async with people.browser(other) as stranger:
            theirs = await stranger.post(f"/api/v1/imports/{first['id']}/columns", json={})
        for _ in range(5):
            await uploaded(client)
        gone = await client.post(f"/api/v1/imports/{first['id']}/columns", json={})

    assert (slug(theirs), slug(gone)) == ("404 no-such-upload", "404 no-such-upload")
    assert len(list((world.settings.state_dir / "uploads").iterdir())) == 5


async def _lead(world, name: str) -> Any:
    return next(it for it in world.store.leads._t.leads.values() if it.name == name)
