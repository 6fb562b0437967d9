"""Calls over the API: found by anything on them, in one's reach, numbers masked by role."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from dialer.ports.calls import CallStep
from dialer.ports.desk import Note
from dialer.ports.gate import Passed
from dialer.ports.reasons import Paced, Reasons
from dialer.ports.steering import KeyChange, SettingsChange
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Recording,
)
from dialer.words import LeadState, RecordingState

SETTINGS = """
[pool.north]
[pool.south]
[[trunk]]
name = "main"
host = "127.0.0.1"
[campaign.spring]
pool = "north"
title = "Spring 春"
region = "DE"
[campaign.spring.dispositions.sale]
title = "Sold"
title_zh = "成交"
group = "sale"
[campaign.autumn]
pool = "south"
region = "DE"
"""


def slug(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def calls(world: Any, people: Any) -> None:
    """One of each of three reps, and one nobody took."""
    world.read_settings(SETTINGS)
    for at, (rep, pool, campaign) in enumerate(
        [("n1", "north", "spring"), ("n2", "north", "spring"), ("s1", "south", "autumn"),
         ("", "north", "spring")]
    ):  # fmt: skip
        if rep:
            await world.store.agents.add(Agent(id=rep, name=f"Rep {rep}", endpoint=rep, pool=pool))
            await people.add("rep", rep, team=pool, agent=rep)
        await put(world, at, campaign, pool, rep or None)


async def put(world: Any, at: int, campaign: str, pool: str, rep: str | None) -> None:
    store = world.store
    found = await store.campaigns.by_name(campaign)
    if found is None:
        found = await store.campaigns.create(campaign, pool=pool, settings={}, now=1, who="x")
    number = f"+49301234567{at}"
    lead = NewLead(numbers=[LeadNumber(number)], name=f"Callee {at}")
    (lead_id,) = (await store.leads.add(found.id, [lead], now=1.0)).lead_ids
    await store.leads.claim_one(lead_id, now=2.0, claim_id="c")
    new = NewAttempt(
        attempt_id=f"A{at}", campaign_id=found.id, lead_id=lead_id, number=number, caller_id="",
        trunk="main", node="n", placed_at=10.0 + at,
    )  # fmt: skip
    await store.attempts.open([new])
    closed = ClosedAttempt(
        attempt_id=f"A{at}", ended_at=60.0, outcome="connected" if rep else "no_answer", agent=rep,
        connected_at=20.0 if rep else None, talk_seconds=40.0 if rep else None,
        hangup_by="callee", lead=LeadNext(LeadState.DONE),
    )  # fmt: skip
    await store.attempts.close([closed])
    if not rep:
        return
    await store.attempts.wrapup(f"A{at}", wrapup_seconds=3.0, disposition="sale")
    kept = Recording(
        id=f"R{at}", attempt_id=f"A{at}", path="", state=RecordingState.READY, created_at=20.0,
        seconds=39.0,
    )  # fmt: skip
    await store.recordings.add(kept)
    await store.call_steps.add(
        CallStep(id=f"S{at}", attempt_id=f"A{at}", at=30.0, what="held", agent=rep)
    )
    note = Note(
        id=f"N{at}", lead_id=lead_id, attempt_id=f"A{at}", at=50.0, who=rep, text=f"note of {rep}"
    )
    await store.notes.add(note)


async def found(client: Any, what: str = "cdr", **body: Any) -> list[str]:
    answer = await client.post(f"/api/v1/{what}/search", json=body)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["calls" if what == "cdr" else "recordings"]
    return [it["id"] for it in rows]


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({}, ["A3", "A1", "A0"]),
        ({"since": 11, "until": 13}, ["A1"]),
        ({"campaigns": ["spring"]}, ["A3", "A1", "A0"]),
        ({"campaigns": ["autumn"]}, []),
        ({"reps": ["n1", "s1"]}, ["A0"]),
        ({"outcomes": ["no_answer"]}, ["A3"]),
        ({"dispositions": ["sale"]}, ["A1", "A0"]),
        ({"hangup_by": ["agent"]}, []),
        ({"causes": [17]}, []),
        ({"sip_codes": [486]}, []),
        ({"talk_from": 30, "talk_to": 50}, ["A1", "A0"]),
        ({"trunks": ["other"]}, []),
        ({"text": "callee 1"}, ["A1"]),
        ({"text": "NOTE OF n1"}, ["A0"]),
        ({"number": "030 12345671"}, ["A1"]),
        ({"number": "+49 30 12345671"}, ["A1"]),
        ({"recorded": False}, ["A3"]),
    ],
)
async def test_calls_are_found_by_anything_on_them(calls, people, said, ids) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        assert await found(client, **said) == ids
        kept = [f"R{it[1:]}" for it in ids if it != "A3"]
        assert await found(client, "recordings", **said) == kept


async def test_a_row_says_names_and_results_and_no_number(calls, people) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        answer = (await client.post("/api/v1/cdr/search", json={"limit": 2})).json()
        rest = await client.post("/api/v1/cdr/search", json={"below": answer["next"]})
        recordings = (await client.post("/api/v1/recordings/search", json={})).json()

    row = answer["calls"][1]
    assert [it["id"] for it in rest.json()["calls"]] == ["A0"]
    assert rest.json()["next"] is None
    for it in (row, recordings["recordings"][0]):
        assert (it["campaign_title"], it["agent_name"], it["lead_name"]) == (
            "Spring 春", "Rep n2", "Callee 1",
        )  # fmt: skip
        assert (it["disposition_title"], it["disposition_title_zh"]) == ("Sold", "成交")
        assert "+49" not in it["number"]


async def test_parts_of_numbers_are_for_who_sees_whole_ones(calls, people) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        answer = await client.post("/api/v1/cdr/search", json={"number": "4567"})
        assert slug(answer) == "422 invalid-number"
    async with people.browser(await people.add("manager", team="north")) as client:
        assert await found(client, number="34567") == ["A3", "A1", "A0"]
        assert await found(client, number="5671") == ["A1"], "four digits are the last"
        assert await found(client, number="4567") == []
        answer = await client.post("/api/v1/cdr/search", json={"number": "45"})
        assert slug(answer) == "422 invalid-number"
        (row,) = (await client.post("/api/v1/cdr/search", json={"text": "callee 1"})).json()[
            "calls"
        ]
        assert row["number"] == "+493012345671"


async def test_teams_are_those_of_the_reps_now(calls, people, world) -> None:
    teams = {it.name: it.id for it in await world.store.teams.list()}
    async with people.browser(await people.add("admin")) as client:
        assert await found(client, teams=[teams["south"]]) == ["A2"]
        assert await found(client, teams=[teams["south"]], reps=["n1"]) == []
        assert await found(client, teams=["none"]) == []


async def test_one_call_says_what_happened_in_it(calls, people) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        answer = await client.get("/api/v1/cdr/A1")
        assert slug(await client.get("/api/v1/cdr/A2")) == "404 no-such-call"

    call = answer.json()
    assert call["call"]["id"] == "A1"
    assert (call["call"]["recording"], call["call"]["recording_seconds"]) == ("R1", 39.0)
    assert call["steps"] == [
        {"at": 30.0, "what": "held", "agent": "n2", "agent_name": "Rep n2", "label": ""}
    ]
    assert call["notes"] == [{"at": 50.0, "who": "Rep n2", "text": "note of n2"}]
    (result,) = call["results"]
    assert (result["who"], result["title"], result["title_zh"], result["before"]) == (
        "Rep n2", "Sold", "成交", None,
    )  # fmt: skip
    assert (call["allowed"], call["why"]["paced"], call["heard"]) == (None, None, [])


async def test_a_story_says_why_it_was_dialed_and_what_allowed_it(calls, people, world) -> None:
    (campaign,) = [it for it in [await world.store.campaigns.by_name("spring")] if it]
    lead = NewLead(numbers=[LeadNumber("+49301234999")], list_name="spring list")
    (lead_id,) = (await world.store.leads.add(campaign.id, [lead], now=1.0)).lead_ids
    await world.store.leads.claim_one(lead_id, now=2.0, claim_id="c")
    passed = Passed(19.9, ("Europe/Berlin",), 900.0, False, 1, 3, 2, 4, 5.0, 60.0)
    paced = Paced("predictive", 2, 3, 4, 5, 0, "risk")
    new = NewAttempt(
        attempt_id="A9", campaign_id=campaign.id, lead_id=lead_id, number="+49301234999",
        caller_id="", trunk="main", node="n", placed_at=20.0,
        reasons=Reasons("spring list", 2, 1, 50, 15.0, None, paced, passed),
    )  # fmt: skip
    await world.store.attempts.open([new])
    async with people.browser(await people.add("supervisor", team="north")) as client:
        story = (await client.get("/api/v1/cdr/A9")).json()

    assert (story["why"]["list_name"], story["why"]["lead_attempt"]) == ("spring list", 2)
    assert story["why"]["paced"]["ready"] == 3
    assert story["allowed"]["zones"] == ["Europe/Berlin"]
    assert (story["allowed"]["today"], story["allowed"]["max_per_day"]) == (1, 3)
    assert story["corrections"] == [], "it has no rep yet"


async def test_who_may_steer_the_rep_may_say_another_result(calls, people) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        story = (await client.get("/api/v1/cdr/A1")).json()
    async with people.browser(await people.add("qa", team="north")) as client:
        others = (await client.get("/api/v1/cdr/A1")).json()

    assert {"value": "sale", "title": "Sold", "title_zh": "成交"} in story["corrections"]
    assert others["corrections"] == []


async def test_what_there_is_to_look_for_is_what_is_in_reach(calls, people) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        choices = (await client.get("/api/v1/cdr/choices")).json()
        same = (await client.get("/api/v1/recordings/choices")).json()

    assert choices == same
    assert choices["campaigns"] == [{"value": "spring", "title": "Spring 春", "title_zh": ""}]
    assert [it["value"] for it in choices["reps"]] == ["n1", "n2"]
    assert [it["title"] for it in choices["teams"]] == ["north"]
    assert [it["value"] for it in choices["trunks"]] == ["main"]
    assert {"value": "sale", "title": "Sold", "title_zh": "成交"} in choices["dispositions"]


async def test_calls_are_found_by_the_script_they_were_talked_by(calls, people, world) -> None:
    for version, (at, key) in enumerate(
        [(5.0, "script.en"), (19.0, "goal"), (19.5, "script.zh-CN"), (21.0, "script.en")], start=1
    ):
        change = SettingsChange(
            subject="campaign/spring", version=version, settings={}, changed_at=at,
            changed_by="boss", origin="console", changes=(KeyChange(key, None, "x"),),
        )  # fmt: skip
        await world.store.settings_versions.add(change)
    async with people.browser(await people.add("supervisor", team="north")) as client:
        offered = (await client.get("/api/v1/cdr/choices")).json()["scripts"]
        by_version = {
            it: await found(client, scripts=[it])
            for it in ("1@spring", "3@spring", "4@spring", "2@spring", "3@autumn")
        }
        story = (await client.get("/api/v1/cdr/A1")).json()

    assert [it["value"] for it in offered] == ["4@spring", "3@spring", "1@spring"]
    assert by_version == {
        "1@spring": [], "3@spring": ["A1", "A0"], "4@spring": [], "2@spring": [], "3@autumn": [],
    }  # fmt: skip
    assert (story["script"]["version"], story["script"]["changed_by"]) == (3, "boss")


# --- as a file ------------------------------------------------------------------------------------

COLUMNS = [
    {"id": "placed_at", "title": "拨出时间"},
    {"id": "number", "title": "号码"},
    {"id": "agent_name", "title": "坐席"},
    {"id": "outcome", "title": "接通情况"},
    {"id": "disposition", "title": "通话结果"},
    {"id": "notes", "title": "备注"},
]
ASKED = {
    "format": "csv",
    "columns": COLUMNS,
    "words": {"outcome": {"connected": "已接通"}},
    "zone": "Asia/Shanghai",
    "language": "zh-CN",
    "wish": {"outcomes": ["connected"]},
}


async def file_of(client: Any, asked: dict[str, Any]) -> Any:
    answer = await client.post("/api/v1/cdr/exports", json=asked)
    assert answer.status_code == 202, answer.text
    key = answer.json()["id"]

    for _ in range(3000):
        if (await client.get(f"/api/v1/exports/{key}")).json()["state"] != "running":
            break
        await asyncio.sleep(0.02)
    return await client.get(f"/api/v1/exports/{key}/file")


async def test_what_is_filtered_goes_out_as_the_reader_sees_it(calls, people, world) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        answer = await file_of(client, ASKED)

    assert answer.headers["content-disposition"] == 'attachment; filename="calls.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["拨出时间", "号码", "坐席", "接通情况", "通话结果", "备注"]
    assert [row[2:] for row in rows[1:]] == [
        ["Rep n2", "已接通", "成交", "note of n2"],
        ["Rep n1", "已接通", "成交", "note of n1"],
    ]
    assert rows[1][0] == "1970-01-01 08:00:11"
    assert "+49" not in answer.text
    (entry,) = await world.store.audit.list(subject="calls")
    assert entry.what == "cdr.export"
    assert entry.after["whole_numbers"] is False
    assert entry.after["wish"] == {"outcomes": ["connected"]}


async def test_a_workbook_of_who_sees_whole_numbers_has_them(calls, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        answer = await file_of(client, {**ASKED, "format": "xlsx"})

    page = load_workbook(io.BytesIO(answer.content)).active
    assert [row[1] for row in page.iter_rows(min_row=2, values_only=True)] == [
        "+493012345671", "+493012345670",
    ]  # fmt: skip


async def test_a_file_is_for_who_asked_and_goes_when_given_up(calls, people) -> None:
    sue, bob = await people.add("supervisor", team="north"), await people.add("manager")
    async with people.browser(sue) as client:
        key = (await client.post("/api/v1/cdr/exports", json=ASKED)).json()["id"]
    async with people.browser(bob) as client:
        for what in ("", "/file"):
            answer = await client.get(f"/api/v1/exports/{key}{what}")
            assert slug(answer) == "404 no-such-export"
        assert slug(await client.delete(f"/api/v1/exports/{key}")) == "404 no-such-export"
    async with people.browser(sue) as client:
        assert (await client.delete(f"/api/v1/exports/{key}")).status_code == 204
        assert slug(await client.get(f"/api/v1/exports/{key}")) == "404 no-such-export"


async def test_a_wish_that_cannot_be_reads_nothing(calls, people, world) -> None:
    async with people.browser(await people.add("supervisor", team="north")) as client:
        asked = {**ASKED, "columns": [{"id": "password", "title": "x"}]}
        answer = await client.post("/api/v1/cdr/exports", json=asked)

    assert slug(answer) == "422 no-such-column"
    assert await world.store.audit.list(subject="calls") == []
