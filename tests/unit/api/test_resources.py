"""Each resource: what it shows, and what it tells the engine."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import httpx
import msgspec
import pytest

from dialer.features.agents.schemas import Agent as AgentShape
from dialer.features.campaigns.schemas import CampaignStatus
from dialer.features.dnc.schemas import DncImportAnswer
from dialer.features.floors.schemas import FloorList
from dialer.features.leads.schemas import ImportAnswer
from dialer.ports.control import CallView, EndedView, FloorView, Refusal
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Agent, ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.store.export import COLUMNS
from dialer.words import LeadState

NUMBER = "+493012345678"


async def test_a_floor_shows_its_people_and_hides_their_numbers(
    client: httpx.AsyncClient, world
) -> None:
    world.control.add_campaign("spring")
    world.control.add_agent("anna", state="ready")
    world.control.add_call(CallView("A", "spring", "L", NUMBER, "ringing", 1.0, 1.0, None))
    world.control.add_ended(EndedView("B", "spring", NUMBER, "busy", None, 2.0, None))

    full = await client.get("/api/v1/floors/default")
    short = await client.get("/api/v1/floors")

    floor = msgspec.json.decode(full.content, type=FloorView)
    assert floor.calls[0].number == floor.last_ended[0].number == "***678"
    assert floor.agents[0].state == "ready"
    assert FloorList.model_validate(short.json()).floors[0].calls == {"ringing": 1}


async def test_a_campaign_is_made_as_a_file_and_told_to_the_service(
    client: httpx.AsyncClient, world
) -> None:
    given = {"title": "Frühling", "calling": {"end": "20:00"}, "weight": 2}

    answer = await client.post("/api/v1/campaigns", json={"name": "spring", "settings": given})

    assert answer.status_code == 201, answer.text
    assert CampaignStatus.model_validate(answer.json()).state == "stopped"
    assert 'title = "Frühling"' in (world.folder / "campaigns/spring.toml").read_text()
    assert world.reloads == 1
    made = await world.store.campaigns.by_name("spring")
    assert made.settings["calling"]["end"] == "20:00"


@pytest.mark.parametrize(
    ("name", "settings", "status", "said"),
    [
        ("a b", {}, 422, "must be 1 to 64 letters"),
        ("../x", {}, 422, "must be 1 to 64 letters"),
        ("x", {"ring_timout": 5}, 422, "did you mean 'ring_timeout'?"),
        ("x", {"pool": "none"}, 422, "there is no pool 'none'"),
        ("x", {"weight": "5"}, 422, "weight: must be a number"),
    ],
)
async def test_a_campaign_with_bad_settings_leaves_nothing_behind(
    client: httpx.AsyncClient, world, name: str, settings: dict, status: int, said: str
) -> None:
    answer = await client.post("/api/v1/campaigns", json={"name": name, "settings": settings})

    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert list(world.folder.glob("campaigns/*")) == []
    assert await world.store.campaigns.list(EVERYTHING) == []


async def test_a_campaign_the_service_refuses_leaves_nothing_behind(
    client: httpx.AsyncClient, world
) -> None:
    world.outcome = Refusal("no", "not now")

    answer = await client.post("/api/v1/campaigns", json={"name": "spring"})

    assert answer.status_code == 409
    assert list(world.folder.glob("campaigns/*")) == []


async def test_a_campaign_cannot_be_made_twice(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/campaigns", json={"name": "spring"})

    answer = await client.post("/api/v1/campaigns", json={"name": "spring"})

    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("order", "state"), [("start", "running"), ("pause", "paused"), ("stop", "stopped")]
)
async def test_a_campaign_is_steered(
    client: httpx.AsyncClient, world, order: str, state: str
) -> None:
    world.read_settings("[campaign.spring]\n")
    world.control.add_campaign("spring")

    answer = await client.post(f"/api/v1/campaigns/spring/{order}")

    assert answer.status_code == 200, answer.text
    assert world.control.campaigns["spring"].state == state
    assert CampaignStatus.model_validate(answer.json()).live is not None


async def test_a_campaign_that_is_only_described_is_listed(
    client: httpx.AsyncClient, world
) -> None:
    world.read_settings("[campaign.spring]\ntitle = 'Spring'\n")

    found = (await client.get("/api/v1/campaigns")).json()["campaigns"]

    assert [(it["name"], it["title"], it["state"]) for it in found] == [
        ("spring", "Spring", "not made")
    ]
    assert (await client.get("/api/v1/campaigns/spring")).json()["state"] == "not made"


async def test_a_rep_is_added_with_a_phone_account(client: httpx.AsyncClient, world) -> None:
    answer = await client.post("/api/v1/agents", json={"code": "anna", "name": "Anna Novak"})

    assert answer.status_code == 201, answer.text
    account = answer.json()["account"]
    assert account["username"] == "anna"
    assert len(account["password"]) > 20
    assert (await world.store.agents.get("anna")).name == "Anna Novak"
    assert (await client.post("/api/v1/agents", json={"code": "anna"})).status_code == 409


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": "a b"}, "1 to 40 letters"),
        ({"code": "a", "pool": "defualt"}, "did you mean 'default'?"),
        ({"code": "a", "phone": "static"}, "needs a contact"),
        ({"code": "a", "contact": "sip:x@y"}, "needs a contact"),
        ({"code": "a", "phone": "static", "contact": "x\r\n"}, "like sip:NAME@HOST"),
        ({"code": "a", "phone": "static", "contact": "sip:a@203.0.113.7"}, "no place for a phone"),
        ({"code": "a", "phone": "static", "contact": "sip:a@10.0.0.9:99"}, "a trunk's host"),
        ({"code": "a", "phone": "static", "contact": "sip:+19005550192@10.0.0.7"}, "number"),
    ],
)
async def test_a_rep_with_bad_data_is_refused(
    client: httpx.AsyncClient, world, body: dict, said: str
) -> None:
    world.read_settings('[[trunk]]\nname = "carrier"\nhost = "10.0.0.9"\n')

    answer = await client.post("/api/v1/agents", json=body)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert await world.store.agents.list(EVERYTHING) == []


async def test_a_rep_works_a_day(client: httpx.AsyncClient, world) -> None:
    await world.store.agents.add(Agent(id="a1", name="Anna", endpoint="anna", pool="default"))
    world.control.add_agent("a1")

    async def tell(order: str, body: dict | None = None) -> str:
        answer = await client.post(f"/api/v1/agents/Anna/{order}", json=body)
        return AgentShape.model_validate(answer.json()).state

    assert await tell("login") == "paused"
    assert await tell("ready") == "ready"
    world.control._move_agent("x", "a1", "talking")
    assert await tell("hint") == "talking"
    assert await tell("hangup") == "wrapup"
    assert await tell("finish", {"disposition": "sale", "then_pause": True}) == "paused"
    assert await tell("pause", {"reason": "lunch"}) == "paused"
    assert await tell("logout") == "out"
    told = [(method, said) for method, said in world.control.told if method != "x"]
    assert told[3:6] == [
        ("agent_hangup", ("a1",)),
        ("agent_finish", ("a1", "sale", True)),
        ("agent_pause", ("a1", "lunch")),
    ]


async def test_what_the_engine_refuses_is_a_conflict(client: httpx.AsyncClient, world) -> None:
    await world.store.agents.add(Agent(id="a1", name="Anna", endpoint="anna", pool="default"))
    world.control.add_agent("a1")

    answer = await client.post("/api/v1/agents/a1/ready")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:dialer:problem:wrong-state"


async def test_reps_are_listed_with_their_states(client: httpx.AsyncClient, world) -> None:
    await world.store.agents.add(Agent(id="a1", name="Anna", endpoint="anna", pool="default"))
    await world.store.agents.add(Agent(id="b1", name="Bo", endpoint="bo", pool="other"))
    world.control.add_agent("a1", state="ready")

    found = (await client.get("/api/v1/agents")).json()["agents"]
    of_pool = (await client.get("/api/v1/agents?pool=other")).json()["agents"]

    assert [(it["code"], it["state"]) for it in found] == [("a1", "ready"), ("b1", "out")]
    assert [it["code"] for it in of_pool] == ["b1"]


async def test_a_lead_list_is_streamed_in(client: httpx.AsyncClient, world) -> None:
    world.read_settings("[campaign.spring]\nregion = 'DE'\n")

    async def body():
        yield b"Tel;Wer\n030 123"
        yield "45678;Jürgen\nnonsense;x\n".encode()

    answer = await client.post(
        "/api/v1/campaigns/spring/leads?map=number=Tel&map=name=Wer&list=June.csv", content=body()
    )

    report = ImportAnswer.model_validate(answer.json())
    assert (report.rows, report.imported, report.rejected) == (2, 1, 1)
    assert "nonsense" in Path(report.report_path).read_text(encoding="utf-8-sig")  # noqa: ASYNC240
    campaign = await world.store.campaigns.by_name("spring")
    lead = await world.store.leads.find(campaign.id, NUMBER)
    assert (lead.name, lead.list_name) == ("Jürgen", "June.csv")
    assert list((world.folder / "state/uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("query", "content", "said"),
    [
        ("", b"", "the file is empty"),
        ("", b"a,b\n1,2\n", "no column of phone numbers"),
        ("map=number", b"a\n1\n", "write FIELD=COLUMN"),
        ("region=QQ", b"phone\n1\n", "no region 'QQ'"),
    ],
)
async def test_a_file_that_is_no_list_is_refused(
    client: httpx.AsyncClient, world, query: str, content: bytes, said: str
) -> None:
    world.read_settings("[campaign.spring]\n")

    answer = await client.post(f"/api/v1/campaigns/spring/leads?{query}", content=content)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert str(world.folder) not in answer.text


async def test_a_list_for_no_campaign_is_refused(client: httpx.AsyncClient, world) -> None:
    answer = await client.post("/api/v1/campaigns/none/leads", content=b"x")

    assert answer.status_code == 404
    assert "dialer campaign create none" in answer.json()["detail"]


async def test_the_do_not_call_list_is_kept(client: httpx.AsyncClient, world) -> None:
    added = await client.post(
        "/api/v1/dnc", json={"numbers": ["030 12345678"], "region": "DE", "reason": "asked"}
    )
    checked = await client.post("/api/v1/dnc/check", json={"numbers": [NUMBER]})
    removed = await client.post("/api/v1/dnc/remove", json={"numbers": [NUMBER]})
    again = await client.post("/api/v1/dnc/check", json={"numbers": [NUMBER]})

    assert added.json()["added"] == 1
    assert checked.json()["numbers"][0]["listed"] is True
    assert checked.json()["numbers"][0]["reason"] == "asked"
    assert removed.json()["removed"] == 1
    assert again.json()["numbers"][0]["listed"] is False


async def test_one_bad_number_keeps_the_others_off_the_list(
    client: httpx.AsyncClient, world
) -> None:
    answer = await client.post("/api/v1/dnc", json={"numbers": [NUMBER, "x", "030 1"]})

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 2
    assert await world.store.dnc.count() == 0


async def test_a_file_of_numbers_goes_on_the_list(client: httpx.AsyncClient, world) -> None:
    text = "phone\n+49 30 12345678\nnonsense\n+493012345670\n"

    answer = await client.post("/api/v1/dnc/import", content=text.encode())

    report = DncImportAnswer.model_validate(answer.json())
    assert (report.rows, report.imported, report.rejected) == (3, 2, 1)
    assert (report.complete, "row 3: not a phone number" in report.problem) == (False, True)
    assert await world.store.dnc.count() == 2
    assert report.has_rejected
    where = f"/api/v1/dnc/import/{report.change}/rejected"
    rejected = await client.get(where, params={"language": "zh"})
    assert "不是电话号码（nonsense）" in rejected.text
    assert (await client.get("/api/v1/dnc/import/none/rejected")).status_code == 404


async def an_attempt(world) -> None:
    store = world.store
    campaign = await store.campaigns.create(
        "spring", pool="default", settings={}, now=1.0, who="test"
    )
    lead = NewLead(numbers=[LeadNumber(NUMBER)], name="J")
    added = await store.leads.add(campaign.id, [lead], now=1.0)
    await store.leads.claim(campaign.id, 1, now=2.0, claim_id="c")
    await store.attempts.open(
        [
            NewAttempt(
                attempt_id="A1", campaign_id=campaign.id, lead_id=added.lead_ids[0],
                number=NUMBER, caller_id="+493000", trunk="main", node="node1", placed_at=10.0,
            )
        ]
    )  # fmt: skip
    await store.attempts.close(
        [
            ClosedAttempt(
                attempt_id="A1", ended_at=20.5, outcome="no_answer",
                lead=LeadNext(LeadState.RETRY, 99.0), ringing_at=12.0, hangup_cause=19,
                hangup_by="dialer",
            )
        ]
    )  # fmt: skip


async def test_records_are_exported_masked_unless_asked_for(
    client: httpx.AsyncClient, world
) -> None:
    await an_attempt(world)

    text = (await client.get("/api/v1/campaigns/spring/cdr")).text
    full = (await client.get("/api/v1/campaigns/spring/cdr?format=jsonl&numbers=full")).text

    (row,) = csv.DictReader(io.StringIO(text))
    assert tuple(row) == COLUMNS
    assert row["number"] == "***678"
    assert row["ring_seconds"] == "8.500"
    assert json.loads(full)["number"] == NUMBER


async def test_a_campaigns_status_counts_its_leads_and_calls(
    client: httpx.AsyncClient, world
) -> None:
    await an_attempt(world)

    found = CampaignStatus.model_validate((await client.get("/api/v1/campaigns/spring")).json())

    assert found.leads["retry"] == 1
    assert found.live is None


async def test_an_upload_folder_is_private(client: httpx.AsyncClient, world) -> None:
    world.read_settings("[campaign.spring]\n")
    await client.post("/api/v1/campaigns/spring/leads", content=b"x")

    folder: Path = world.folder / "state/uploads"
    assert folder.stat().st_mode & 0o077 == 0  # noqa: ASYNC240


@pytest.mark.parametrize("endpoint", ["Carrier", "transport-udp", "x-auth", "ANNA"])
async def test_a_phone_is_not_named_as_something_else_is(
    client: httpx.AsyncClient, world, endpoint: str
) -> None:
    """The next Asterisk would not start with it."""
    world.read_settings('[[trunk]]\nname = "carrier"\nhost = "192.0.2.1"\n')
    await client.post("/api/v1/agents", json={"code": "anna"})

    answer = await client.post("/api/v1/agents", json={"code": "bob", "endpoint": endpoint})

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (
        422, "invalid-endpoint",
    )  # fmt: skip


async def test_a_change_of_the_do_not_call_list_is_one_entry_and_one_undo(
    client: httpx.AsyncClient, world
) -> None:
    world.read_settings("dnc_reason_from = 2\n")
    two = {"numbers": [NUMBER, "+493012345679"]}
    await client.post("/api/v1/dnc", json={**two, "reason": "letters"})

    refused = await client.post("/api/v1/dnc/remove", json=two)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:dialer:problem:reason-needed"
    removed = (await client.post("/api/v1/dnc/remove", json={**two, "reason": "test"})).json()
    assert removed["removed"] == 2
    shown = (await client.get("/api/v1/dnc/changes")).json()["changes"]
    assert [(it["what"], it["count"]) for it in shown] == [("remove", 2), ("add", 2)]

    undone = await client.post(f"/api/v1/dnc/changes/{removed['change']}/undo")
    assert undone.json() == {"back": 2, "kept": 0}
    assert await world.store.dnc.count() == 2
    again = await client.post(f"/api/v1/dnc/changes/{removed['change']}/undo")
    assert again.status_code == 404
    noted = [row.what for row in await world.store.audit.list()]
    assert noted == ["dnc.undo", "dnc.remove", "dnc.add"]
