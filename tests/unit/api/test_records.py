"""A feature's records over HTTP: what the kit makes of one declaration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from dialer.api import app as application
from dialer.kit import shapes
from dialer.kit.faults import Fault
from dialer.kit.records.routes import record_router
from tests.kit.record_of_tests import PEARS, Pear

PATH = "/api/v1/pears"


async def _check(_context: Any, pear: Pear) -> Sequence[Fault]:
    return [Fault("name", "frozen", detail="no pear is called so")] if pear.name == "x" else ()


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pears are in nobody else's document."""
    for name in ("_RECORDS", "_BODIES"):
        monkeypatch.setattr(shapes, name, [*getattr(shapes, name)])
    router = record_router(PEARS, "pears", reads="leads.read", edits="messages.send", check=_check)
    others = application._routers

    def routers() -> Iterator[tuple[str, APIRouter]]:
        yield application.PREFIX, router
        yield from others()

    monkeypatch.setattr(application, "_routers", routers)


@pytest.fixture
async def boss(people) -> AsyncIterator[httpx.AsyncClient]:
    """A supervisor of the team that works in pool north."""
    async with people.browser(await people.add("supervisor", "boss", team="north")) as client:
        yield client


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(it["field"], it["slug"]) for it in answer.json()["faults"]]


async def test_a_record_is_added_read_changed_put_away_and_brought_back(client, world) -> None:
    made = (await client.post(PATH, json={"name": "  Comice "})).json()
    where = f"{PATH}/{made['id']}"
    changed = await client.patch(where, json={"version": 1, "weight": 200, "marks": ["dry"]})
    away = await client.post(f"{where}/archive", json={"version": 2})
    listed = (await client.get(PATH)).json()
    put_away = (await client.get(PATH, params={"archived": "true"})).json()
    back = await client.post(f"{where}/restore", json={"version": 3})

    assert (made["name"], made["version"], made["weight"], made["taste"]) == (
        "Comice", 1, 100, "sweet",
    )  # fmt: skip
    assert (changed.json()["weight"], changed.json()["version"]) == (200, 2)
    assert away.json()["archived_at"] is not None
    assert (listed, [it["id"] for it in put_away["records"]]) == (
        {"records": [], "next": None}, [made["id"]],
    )  # fmt: skip
    assert (back.json()["archived_at"], back.json()["version"]) == (None, 4)
    assert (await client.get(where)).json() == back.json()
    noted = [(it.what, it.before, it.after) for it in reversed(await world.store.audit.list())]
    assert [it[0] for it in noted] == ["pear.add", "pear.change", "pear.archive", "pear.restore"]
    assert noted[1][1:] == ({"weight": 100, "marks": []}, {"weight": 200, "marks": ["dry"]})


async def test_a_change_that_changes_nothing_is_no_version_and_no_entry(client, world) -> None:
    made = (await client.post(PATH, json={"name": "Comice"})).json()
    same = await client.patch(f"{PATH}/{made['id']}", json={"version": 1, "name": "Comice"})

    assert same.json() == made
    assert len(await world.store.audit.list()) == 1


async def test_who_changes_what_somebody_else_changed_is_told_by_whom(client, boss) -> None:
    made = (await boss.post(PATH, json={"name": "Comice"})).json()
    where = f"{PATH}/{made['id']}"
    await boss.patch(where, json={"version": 1, "weight": 200})
    late = await client.patch(where, json={"version": 1, "name": "Anjou"})

    told = late.json()
    assert (late.status_code, told["type"].rpartition(":")[2]) == (409, "stale")
    assert (told["facts"]["who"], told["facts"]["version"]) == ("boss", 2)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, [("name", "required")]),
        ({"name": " "}, [("name", "required")]),
        ({"name": None}, [("name", "required")]),
        ({"name": 7}, [("name", "text")]),
        ({"name": "n" * 21}, [("name", "too-long")]),
        ({"name": "n", "weight": 0}, [("weight", "at-least")]),
        ({"name": "n", "weight": 901, "price": "2"}, [("weight", "at-most"), ("price", "number")]),
        ({"name": "n", "weight": 1.5}, [("weight", "number")]),
        ({"name": "n", "is_ripe": "yes"}, [("is_ripe", "yes-or-no")]),
        ({"name": "n", "taste": "salt"}, [("taste", "choice")]),
        ({"name": "n", "picked_at": -1}, [("picked_at", "at-least")]),
        ({"name": "n", "marks": "dry"}, [("marks", "impossible")]),
        ({"name": "n", "id": "mine", "colour": 1}, [("id", "unknown"), ("colour", "unknown")]),
        ({"name": "x"}, [("name", "frozen")]),
    ],
)
async def test_every_fault_is_told_at_its_field(client, said: Any, wrong: Any) -> None:
    answer = await client.post(PATH, json=said)

    assert (answer.status_code, faults(answer)) == (422, wrong)
    assert len(answer.json()["errors"]) == len(wrong)


async def test_a_fault_says_the_number_it_speaks_of(client) -> None:
    answer = (await client.post(PATH, json={"name": "n" * 21})).json()

    assert answer["faults"] == [{"field": "name", "slug": "too-long", "facts": {"n": 20}}]
    assert answer["errors"] == ["body.name: this has 20 characters at most"]


async def test_a_name_that_another_has_is_a_fault_of_that_field(client) -> None:
    await client.post(PATH, json={"name": "Comice"})
    again = await client.post(PATH, json={"name": "Comice"})

    assert (again.status_code, faults(again)) == (409, [("name", "taken")])


@pytest.mark.parametrize("body", ["{", "[]", "NaN", '{"name": "\\u0000"}', '{"version": true}'])
async def test_a_body_that_is_none_is_a_fault_of_the_request(client, body: str) -> None:
    where = f"{PATH}/x" if "version" in body else PATH
    method = client.patch if "version" in body else client.post
    answer = await method(where, content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["type"]) == (
        422, "urn:dialer:problem:invalid-request",
    )  # fmt: skip


async def test_nobody_sees_or_makes_what_is_out_of_reach(client, boss) -> None:
    south = (await client.post(PATH, json={"name": "South", "pool": "south"})).json()
    north = (await client.post(PATH, json={"name": "North", "pool": "north"})).json()

    listed = [it["name"] for it in (await boss.get(PATH)).json()["records"]]
    read = await boss.get(f"{PATH}/{south['id']}")
    changed = await boss.patch(f"{PATH}/{south['id']}", json={"version": 1, "weight": 5})
    made = await boss.post(PATH, json={"name": "New", "pool": "south"})
    away = await boss.patch(f"{PATH}/{north['id']}", json={"version": 1, "pool": "south"})
    exported = (await boss.get(f"{PATH}/export", params={"format": "jsonl"})).text

    assert listed == ["North"]
    assert (read.status_code, changed.status_code) == (404, 404)
    assert (faults(made), faults(away)) == ([("pool", "not-in-reach")],) * 2
    assert exported.count("\n") == 1


async def test_a_list_is_paged_sorted_filtered_and_searched(client) -> None:
    for name, weight in (("b", 1), ("a", 2), ("c", 2)):
        await client.post(PATH, json={"name": name, "weight": weight})
    asked: dict[str, str] = {"sort": "name", "limit": "2"}
    first = (await client.get(PATH, params=asked)).json()
    second = (await client.get(PATH, params={**asked, "after": first["next"]})).json()
    heavy = (await client.get(PATH, params={"weight": "2"})).json()

    assert [it["name"] for it in first["records"]] == ["a", "b"]
    assert ([it["name"] for it in second["records"]], second["next"]) == (["c"], None)
    assert [it["name"] for it in heavy["records"]] == ["c", "a"]
    assert (await client.get(PATH, params={"text": "B"})).json()["records"][0]["name"] == "b"


@pytest.mark.parametrize(
    "asked",
    [
        {"colour": "red"}, {"sort": "price"}, {"limit": "0"}, {"limit": "x"}, {"after": "?"},
        {"after": "WzFd"}, {"weight": "many"}, {"taste": "salt"},
    ],
)  # fmt: skip
async def test_a_question_that_makes_no_sense_is_said_to_make_none(client, asked) -> None:
    assert (await client.get(PATH, params=asked)).status_code == 422


async def test_an_export_runs_no_formula_and_is_noted(client, world) -> None:
    await client.post(PATH, json={"name": "=1+1", "is_ripe": True, "marks": ["早"]})
    answer = await client.get(f"{PATH}/export")

    head, row = answer.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("id,version,created_at")
    assert all(part in row for part in ("'=1+1", "早", ",yes,"))
    assert (await world.store.audit.list())[0].what == "pear.export"


async def test_the_document_has_the_shapes_of_the_record(client) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    schemas, path = document["components"]["schemas"], document["paths"][PATH]

    assert schemas["NewPear"]["required"] == ["name"]
    assert schemas["PearChange"]["required"] == ["version"]
    assert {"id", "version", "price"} <= set(schemas["Pear"]["required"])
    assert {"pool", "taste", "after"} <= {it["name"] for it in path["get"]["parameters"]}
    assert path["post"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NewPear"
    }
