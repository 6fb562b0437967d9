"""What is before a rep: the card, notes, callbacks, own calls and the day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from dialer.features.desk.days import midnight
from dialer.ids import new_id
from dialer.ports.control import DeskView
from dialer.ports.desk import Callback, Mishap, Note, WorkTime
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    DncEntry,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
)
from dialer.words import LeadState

NUMBER = "+8613800138000"
SETTINGS = """
[pool.north]
pause_reasons = ["tea", "lunch"]
[campaign.spring]
pool = "north"
title = "Spring offer"
company = "Example Energy"
disposition_required = true
callback_max_days = 10
[campaign.spring.script]
en = "# Hello\\nGood day, {{name}} in {{City}}, I am **{{agent}}**; {{product}}."
zh = "# 你好\\n{{name}}，您好"
[campaign.spring.dispositions.sold]
title = "Bought"
title_zh = "成交"
group = "sale"
[campaign.spring.dispositions.later]
title = "Later"
group = "callback"
key = 7
"""


@pytest.fixture
async def anna(world, people) -> Any:
    """A rep in the pool `north`, her account, and the lead she talks to."""
    world.read_settings(SETTINGS)
    await world.store.agents.add(Agent(id="anna", name="Anna", endpoint="anna", pool="north"))
    world.control.add_agent("anna", pool="north", state="talking")
    return await people.add("rep", "anna", team="north", agent="anna")


async def lead_of(world, **fields: Any) -> str:
    campaign = await world.store.campaigns.by_name("spring")
    if campaign is None:
        campaign = await world.store.campaigns.create(
            "spring", pool="north", settings={}, now=1.0, who="test"
        )
    given: dict[str, Any] = {"numbers": [LeadNumber(NUMBER)], "name": "Li <b>Wei</b>", **fields}
    added = await world.store.leads.add(campaign.id, [NewLead(**given)], now=1.0)
    return added.lead_ids[0]


async def called(
    world,
    lead_id: str,
    attempt: str,
    *,
    closed: bool = True,
    placed_at: float = 10.0,
    **fields: Any,
) -> None:
    """An attempt on the lead; `fields` are those of its record."""
    lead = await world.store.leads.get(lead_id)
    await world.store.leads.claim_one(lead_id, now=2.0, claim_id="c", also_over=True)
    await world.store.attempts.open(
        [
            NewAttempt(
                attempt_id=attempt, campaign_id=lead.campaign_id, lead_id=lead_id, number=NUMBER,
                caller_id="+12125550199", trunk="main", node="one", placed_at=placed_at,
            )
        ]
    )  # fmt: skip
    if closed:
        given: dict[str, Any] = {"outcome": "no_answer", "ended_at": 30.0, **fields}
        record = ClosedAttempt(attempt_id=attempt, lead=LeadNext(LeadState.RETRY, 40.0), **given)
        await world.store.attempts.close([record])


def before(world, lead: str, attempt: str, stage: str = "talking") -> None:
    world.control.desks["anna"] = DeskView(attempt, lead, "spring", "auto", stage, NUMBER)


async def test_a_card_says_everything_about_the_lead_before_the_first_word(
    world, people, anna
) -> None:
    lead = await lead_of(world, custom={"City": "北京", "Consent": "YES"}, timezone="Asia/Shanghai")
    await called(world, lead, "A1", agent="anna", outcome="connected", talk_seconds=12.0)
    await world.store.attempts.wrapup("A1", wrapup_seconds=3.0, disposition="later")
    note = Note(id=new_id(), lead_id=lead, attempt_id="A1", at=31.0, who="anna", text="nice")
    await world.store.notes.add(note)
    await called(world, lead, "A2", closed=False)
    before(world, lead, "A2")

    async with people.browser(anna) as client:
        card = (await client.get("/api/v1/agents/anna/call")).json()

    assert (card["attempt"], card["stage"], card["mode"]) == ("A2", "talking", "auto")
    assert card["campaign"] == {
        "name": "spring", "title": "Spring offer", "company": "Example Energy",
    }  # fmt: skip
    assert card["lead"]["name"] == "Li <b>Wei</b>"
    assert card["lead"]["local_time"] == {
        "zone": "Asia/Shanghai", "utc_offset_minutes": 480, "is_certain": True,
    }  # fmt: skip
    assert card["lead"]["fields"] == {"City": "北京", "Consent": "YES"}
    assert card["lead"]["editable"] == ["City"]
    assert card["number"] == "***000", "masked: reps do not see whole numbers"
    assert card["caller_id"] == "+12125550199"
    assert (card["attempt_number"], card["max_attempts"]) == (2, 6)
    assert card["badges"] == {"consent": "yes", "dnc": False}
    past = card["history"]
    assert [(it["attempt"], it["outcome"], it["title_zh"]) for it in past] == [
        ("A1", "connected", "Later")
    ]
    assert (past[0]["agent_name"], past[0]["talk_seconds"], past[0]["note"]) == (
        "Anna",
        12.0,
        "nice",
    )
    assert [it["text"] for it in card["notes"]] == ["nice"]
    assert card["disposition_required"] is True
    said = card["dispositions"]
    assert [(it["code"], it["group"], it["key"], it["asks_time"]) for it in said] == [
        ("sold", "sale", 1, False), ("later", "callback", 7, True), ("dnc", "dnc", 2, False),
    ]  # fmt: skip


async def test_a_script_is_text_filled_with_fields_and_shows_what_is_missing(
    world, people, anna
) -> None:
    lead = await lead_of(world, custom={"City": "*Berlin*"}, language="en")
    before(world, lead, "A1", "preview")

    async with people.browser(anna) as client:
        script = (await client.get("/api/v1/agents/anna/call")).json()["script"]

    (step,) = script["steps"]
    assert [run["text"] for run in step["title"]] == ["Hello"]
    line = step["blocks"][0]["items"][0]
    assert "".join(run["text"] for run in line) == (
        "Good day, Li <b>Wei</b> in *Berlin*, I am Anna; ."
    )
    assert [run["field"] for run in line if run["field"]] == ["name", "City", "agent", "product"]
    assert [run["strong"] for run in line if run["field"] == "agent"] == [True]
    assert [run["missing"] for run in line if run["field"] == "product"] == [True]


async def test_the_lead_hears_its_own_language_if_there_is_a_script_in_it(
    world, people, anna
) -> None:
    before(world, await lead_of(world, language="zh-CN"), "A1")

    async with people.browser(anna) as client:
        script = (await client.get("/api/v1/agents/anna/call")).json()["script"]

    assert script["language"] == "zh"


async def test_a_number_on_the_do_not_call_list_carries_a_badge(world, people, anna) -> None:
    before(world, await lead_of(world), "A1")
    await world.store.dnc.add([DncEntry(number=NUMBER, added_at=1.0)])

    async with people.browser(anna) as client:
        badges = (await client.get("/api/v1/agents/anna/call")).json()["badges"]

    assert badges == {"consent": "unknown", "dnc": True}


async def test_who_may_see_whole_numbers_sees_them_on_the_card(world, people, anna) -> None:
    before(world, await lead_of(world), "A1")
    boss = await people.add("manager", team="north")

    async with people.browser(boss) as client:
        assert (await client.get("/api/v1/agents/anna/call")).json()["number"] == NUMBER


async def test_a_rep_without_a_call_has_no_card(world, people, anna) -> None:
    async with people.browser(anna) as client:
        answer = await client.get("/api/v1/agents/anna/call")

    assert answer.status_code == 404
    assert answer.json()["type"].endswith(":no-such-call")


async def test_a_note_stays_with_the_lead_and_the_call(world, people, anna) -> None:
    lead = await lead_of(world)
    before(world, lead, "A1")
    async with people.browser(anna) as client:
        body = {"lead": lead, "attempt": "A1", "text": "calls back in May"}
        made = await client.post("/api/v1/agents/anna/notes", json=body)
        empty = await client.post("/api/v1/agents/anna/notes", json={**body, "text": ""})

    assert made.status_code == 201, made.text
    (note,) = await world.store.notes.of_lead(lead)
    assert (note.who, note.text, note.attempt_id) == ("anna", "calls back in May", "A1")
    assert empty.status_code == 422


async def test_a_note_goes_to_no_lead_of_another_rep(world, people, anna) -> None:
    lead = await lead_of(world, owner="bela")
    async with people.browser(anna) as client:
        body = {"lead": lead, "text": "mine"}
        answer = await client.post("/api/v1/agents/anna/notes", json=body)

    assert answer.status_code == 404
    assert list(await world.store.notes.of_lead(lead)) == []


async def test_finish_keeps_the_note_and_says_who_calls_back(world, people, anna) -> None:
    lead = await lead_of(world)
    before(world, lead, "A1", "wrapup")
    world.control.add_agent("anna", pool="north", state="wrapup")
    async with people.browser(anna) as client:
        body = {
            "disposition": "later", "call_back_at": when(world, 3600), "call_back_owner": "me",
            "note": "after lunch",
        }  # fmt: skip
        answer = await client.post("/api/v1/agents/anna/finish", json=body)

    assert answer.status_code == 200, answer.text
    assert [note.text for note in await world.store.notes.of_lead(lead)] == ["after lunch"]
    (_, told) = world.control.told[-1]
    assert told[1] == "later"
    assert told[-1] == "me"


@pytest.mark.parametrize(
    ("seconds", "slug"), [(-3600, "call-back-is-over"), (11 * 86_400, "call-back-too-far")]
)
async def test_a_callback_lies_ahead_and_not_too_far(
    world, people, anna, seconds: float, slug: str
) -> None:
    before(world, await lead_of(world), "A1", "wrapup")
    async with people.browser(anna) as client:
        body = {"disposition": "later", "call_back_at": when(world, seconds)}
        answer = await client.post("/api/v1/agents/anna/finish", json=body)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(slug)
    assert world.control.told == []


async def test_a_finish_sent_twice_is_one_finish_and_one_note(world, people, anna) -> None:
    lead = await lead_of(world)
    before(world, lead, "A1", "wrapup")
    world.control.add_agent("anna", pool="north", state="wrapup")
    body = {"disposition": "sold", "note": "the big one", "note_key": "note-key-1"}
    async with people.browser(anna) as client:
        for _ in range(2):
            answer = await client.post(
                "/api/v1/agents/anna/finish?attempt=A1",
                json=body,
                headers={"Idempotency-Key": "once"},
            )
            assert answer.status_code == 200, answer.text
        left = {"lead": lead, "attempt": "A1", "text": "the big one", "key": "note-key-1"}
        await client.post("/api/v1/agents/anna/notes", json=left)

    assert [name for name, _ in world.control.told] == ["agent_finish"]
    assert [note.text for note in await world.store.notes.of_lead(lead)] == ["the big one"]


async def test_a_finish_that_comes_when_the_next_call_is_up_does_not_touch_it(
    world, people, anna
) -> None:
    lead = await lead_of(world)
    await called(world, lead, "A1", agent="anna", outcome="connected", talk_seconds=9.0)
    await world.store.attempts.wrapup("A1", wrapup_seconds=3.0, disposition="sold")
    before(world, await lead_of(world, numbers=[LeadNumber("+8613800138001")]), "A2", "wrapup")
    world.control.add_agent("anna", pool="north", state="wrapup")
    at = "/api/v1/agents/anna/finish?attempt=A1"
    async with people.browser(anna) as client:
        again = await client.post(at, json={"disposition": "sold", "note": "late"})
        other = await client.post(at, json={"disposition": "later"})
        strange = await client.post(at.replace("A1", "A9"), json={"disposition": "sold"})

    assert again.status_code == 200, "it has been said"
    assert [it.json()["type"].rpartition(":")[2] for it in (other, strange)] == ["other-call"] * 2
    assert world.control.told == []
    assert [note.text for note in await world.store.notes.of_lead(lead)] == ["late"]


@pytest.mark.parametrize("order", ["hangup", "hint", "hold", "park", "preview/dial"])
async def test_an_order_for_a_call_that_is_over_does_nothing(
    world, people, anna, order: str
) -> None:
    before(world, await lead_of(world), "A2")
    async with people.browser(anna) as client:
        late = await client.post(f"/api/v1/agents/anna/{order}?attempt=A1")

    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (409, "other-call")
    assert world.control.told == []
    assert world.calls.told == []


def when(world, seconds: float) -> str:
    return datetime.fromtimestamp(world.clock.now() + seconds, UTC).isoformat()


async def test_a_rep_sees_the_own_callbacks_the_earliest_first(world, people, anna) -> None:
    lead, now = await lead_of(world), world.clock.now()
    campaign = await world.store.campaigns.by_name("spring")
    for name, due, owner, made_by in (
        ("late", now - 60, "anna", "anna"), ("other", now, "bela", "bela"),
        ("any", now + 60, None, "anna"),
    ):  # fmt: skip
        await world.store.callbacks.plan(
            Callback(
                id=name, campaign_id=campaign.id, lead_id=f"{lead}{name}", attempt_id=None,
                made_by=made_by, owner=owner, due_at=due, created_at=now, try_at=due,
            )
        )  # fmt: skip
    async with people.browser(anna) as client:
        found = (await client.get("/api/v1/agents/anna/callbacks")).json()["callbacks"]

    assert [(it["id"], it["owner"], it["is_overdue"]) for it in found] == [
        ("late", "me", True), ("any", "anyone", False),
    ]  # fmt: skip


async def test_missed_and_lost_calls_say_why(world, people, anna) -> None:
    lead = await lead_of(world)
    await called(world, lead, "A1", agent="bela", outcome="connected")
    await called(world, lead, "A2", agent="anna", outcome="connected", talk_seconds=5.0)
    missed = Mishap(
        id=new_id(), at=29.0, agent_id="anna", attempt_id="A1", slug="callee-gone",
        figures={"seconds": 0.4},
    )  # fmt: skip
    await world.store.desk.add_mishap(missed)

    async with people.browser(anna) as client:
        calls = (await client.get("/api/v1/agents/anna/calls")).json()["calls"]

    assert [(it["attempt"], it["is_mine"], it["number"]) for it in calls] == [
        ("A2", True, "***000"), ("A1", False, "***000"),
    ]  # fmt: skip
    assert calls[0]["why"] == []
    assert calls[1]["why"] == [{"slug": "callee-gone", "at": 29.0, "figures": {"seconds": 0.4}}]


async def test_the_day_is_counted_from_midnight_with_the_present_state(world, people, anna) -> None:
    now = world.clock.now()
    since = midnight(now)
    passed = now - since
    times = [
        ("talking", "", since - 100, since + passed * 0.1), ("wrapup", "", 0.0, 0.0),
        ("paused", "lunch", since + passed * 0.1, since + passed * 0.3),
    ]  # fmt: skip
    await world.store.desk.add_times(
        [
            WorkTime(agent_id="anna", pool="north", state=s, reason=r, began_at=a, ended_at=b)
            for s, r, a, b in times
        ]
    )
    lead = await lead_of(world)
    told = {"agent": "anna", "outcome": "connected", "connected_at": now, "ended_at": now}
    await called(world, lead, "A1", placed_at=now, **told)
    await world.store.attempts.wrapup("A1", wrapup_seconds=1.0, disposition="sold")

    async with people.browser(anna) as client:
        day = (await client.get("/api/v1/agents/anna/today")).json()

    assert day["talk_seconds"] >= passed * 0.1, "with the present call"
    assert day["pause_seconds"] == pytest.approx(passed * 0.2)
    assert day["pauses"] == {"lunch": pytest.approx(passed * 0.2)}
    assert (day["calls"], day["sales"], day["dispositions"]) == (1, 1, {"sale": 1})


async def test_a_pause_that_changes_its_reason_is_not_counted_twice(world, people, anna) -> None:
    now = world.clock.now()
    world.control.add_agent("anna", pool="north", state="paused")
    view = world.control.agents["anna"]
    world.control.agents["anna"] = replace(view, since=now - 100.0, reason="lunch")
    stretch = WorkTime(
        agent_id="anna", pool="north", state="paused", reason="login", began_at=now - 100.0,
        ended_at=now - 40.0,
    )  # fmt: skip
    await world.store.desk.add_times([stretch])

    async with people.browser(anna) as client:
        day = (await client.get("/api/v1/agents/anna/today")).json()

    assert day["login_seconds"] == pytest.approx(100.0, abs=5.0)
    assert day["pauses"]["lunch"] == pytest.approx(40.0, abs=5.0)


async def test_the_desk_names_pause_reasons_and_campaigns(world, people, anna) -> None:
    async with people.browser(anna) as client:
        desk = (await client.get("/api/v1/agents/anna/desk")).json()

    assert desk["pause_reasons"] == ["tea", "lunch"]
    assert [(it["name"], it["mode"], it["state"]) for it in desk["campaigns"]] == [
        ("spring", "auto", "stopped")
    ]


@pytest.mark.parametrize("what", ["call", "desk", "callbacks", "calls", "today", "notes"])
async def test_nobody_looks_at_the_desk_of_another_teams_rep(
    world, people, anna, what: str
) -> None:
    before(world, await lead_of(world), "A1")
    boss = await people.add("manager", "boss", team="south")
    async with people.browser(boss) as client:
        method = "POST" if what == "notes" else "GET"
        body = {"lead": "x", "text": "y"} if what == "notes" else None
        answer = await client.request(method, f"/api/v1/agents/anna/{what}", json=body)

    assert answer.status_code == 404
    assert answer.json()["type"].endswith(":no-such-rep")


# --- leads that are shown, calls by hand ----------------------------------------------------------


async def test_a_lead_that_is_shown_is_dialed_or_passed_over(world, people, anna) -> None:
    async with people.browser(anna) as client:
        world.control.add_agent("anna", pool="north", state="preview")
        skipped = await client.post(
            "/api/v1/agents/anna/preview/skip", json={"reason": "called yesterday"}
        )
        late = await client.post("/api/v1/agents/anna/preview/dial")
        world.control.add_agent("anna", pool="north", state="preview")
        dialed = await client.post("/api/v1/agents/anna/preview/dial")

    assert (skipped.status_code, late.status_code, dialed.status_code) == (200, 409, 200)
    assert world.control.told[0] == ("agent_preview_skip", ("anna", "called yesterday"))


async def test_a_rep_dials_a_lead_of_the_own_or_a_number_of_the_lists(world, people, anna) -> None:
    lead = await lead_of(world)
    await called(world, lead, "A1", agent="anna", outcome="connected")
    async with people.browser(anna) as client:
        url = "/api/v1/agents/anna/dial"
        for body in ({"lead": lead}, {"number": NUMBER}):
            world.control.add_agent("anna", pool="north", state="paused")
            done = await client.post(url, json={"campaign": "spring", **body})
            assert done.status_code == 200, done.text
        for body, slug in (
            ({"number": "+12125550100"}, "not-on-a-list"), ({"number": "12"}, "invalid-number"),
            ({"lead": "none"}, "no-such-lead"), ({}, "invalid-request"),
            ({"lead": lead, "number": NUMBER}, "invalid-request"),
        ):  # fmt: skip
            refused = await client.post(url, json={"campaign": "spring", **body})
            assert refused.json()["type"].endswith(slug), refused.text

    assert world.control.told == [
        ("agent_dial", ("anna", "spring", lead, None)),
        ("agent_dial", ("anna", "spring", None, NUMBER)),
    ]


async def test_nobody_dials_another_teams_lead(world, people, anna) -> None:
    lead = await lead_of(world, owner="zoe")
    async with people.browser(anna) as client:
        body = {"campaign": "spring", "lead": lead}
        refused = await client.post("/api/v1/agents/anna/dial", json=body)
        other = await client.post("/api/v1/agents/zoe/dial", json=body)

    assert (refused.status_code, other.status_code) == (404, 404)
    assert world.control.told == []


async def test_nobody_dials_anothers_lead_by_its_number_either(world, people, anna) -> None:
    await lead_of(world, owner="zoe")
    async with people.browser(anna) as client:
        body = {"campaign": "spring", "number": NUMBER}
        refused = await client.post("/api/v1/agents/anna/dial", json=body)

    assert refused.json()["type"].endswith("others-lead"), refused.text
    assert world.control.told == []


async def test_numbers_that_cost_more_than_a_call_are_not_dialed(world, people, anna) -> None:
    pool = 'pool = "north"\n'
    world.read_settings(SETTINGS.replace(pool, f"{pool}dial_numbers = true\n"))
    await lead_of(world)
    async with people.browser(anna) as client:
        for number in ("+19002345678", "+979123456789"):
            body = {"campaign": "spring", "number": number}
            refused = await client.post("/api/v1/agents/anna/dial", json=body)
            assert refused.json()["type"].endswith("costly-number"), refused.text
    assert world.control.told == []
