"""Reports over the API: what is asked is handed on, kept to what its asker may see."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from dialer.features.figures.keeping import FactsError
from dialer.features.figures.messages import Built, Job
from dialer.features.figures.reports import Reports
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    LeadState,
    NewAttempt,
    NewLead,
)
from dialer.zonedata import zone_named
from figures.answer import Answer, answer
from figures.behind import Behind, Place, Rows
from figures.catalogue import FIGURES
from figures.facts import Value
from figures.of_calls import DIALS, EFFECTIVE_MS, HUMANS
from figures.question import Question, Within

ASK = {
    "figures": ["dials", "connect_rate"],
    "by": ["campaign"],
    "first": "2026-11-01",
    "last": "2026-11-30",
    "zone": "Asia/Shanghai",
}
SUMS = {DIALS: 8, HUMANS: 2}


class PlainReports(Reports):
    """Remembers what it was asked, and says always the same."""

    def __init__(self) -> None:
        super().__init__(Job("", "", 0, 0), lambda: 0)
        self.asked: list[Question] = []
        self.fault: FactsError | None = None
        self.rows: list[dict[str, Value]] = []

    async def behind(self, asked: Behind) -> Rows:
        self.asked.append(asked.question)
        self.drilled = asked
        fact = asked.measure.fact
        rows = [tuple(row.get(name) for name in fact.columns) for row in self.rows]
        return Rows(fact.name, rows, len(rows), 7, Place(1000, "A1"))

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.fault is not None:
            raise self.fault
        return answer(question, {(): SUMS, ("spring",): SUMS, ("=autumn",): SUMS})

    async def rebuild(self) -> Built:
        return Built(3, 1)


@pytest.fixture
def reports(world: Any) -> PlainReports:
    world.reports = PlainReports()
    return world.reports  # type: ignore[no-any-return]


def slug(answered: Any) -> str:
    return f"{answered.status_code} {answered.json()['type'].rpartition(':')[2]}"


async def test_every_figure_is_explained_in_both_languages(people: Any, reports: Any) -> None:
    async with people.browser(await people.add("rep", agent="R1")) as client:
        found = (await client.get("/api/v1/figures")).json()

    assert [it["id"] for it in found["figures"]] == list(FIGURES)
    for it in (*found["figures"], *found["dimensions"]):
        assert it["en"]
        assert it["zh"]
    assert all(it["meaning_en"] and it["meaning_zh"] for it in found["figures"])


async def test_a_meaning_says_the_length_that_the_site_has_set(people: Any, reports: Any) -> None:
    reports.terms = lambda: {EFFECTIVE_MS: 45_500}
    async with people.browser(await people.add("rep", agent="R1")) as client:
        found = (await client.get("/api/v1/figures")).json()["figures"]

    (calls,) = [it for it in found if it["id"] == "effective_calls"]
    assert calls["meaning_en"] == "Contacts that lasted 45.5 seconds or more"
    assert calls["meaning_zh"] == "通话时长不少于 45.5 秒的有效接通"


async def test_files_are_written_anew_by_whoever_may_and_it_is_noted(
    people: Any, reports: PlainReports
) -> None:
    async with people.browser(await people.add("ops")) as client:
        done = await client.post("/api/v1/figures/rebuild")
    async with people.browser(await people.add("admin", name="boss")) as client:
        noted = (await client.get("/api/v1/audit")).json()["entries"]
    async with people.browser(await people.add("rep", agent="R1")) as client:
        refused = await client.post("/api/v1/figures/rebuild")

    assert (done.status_code, done.json()) == (200, {"written": 3, "removed": 1})
    assert "figures.rebuild" in [it["what"] for it in noted]
    assert refused.status_code == 403


async def test_a_report_has_groups_their_sum_and_what_it_is_compared_with(
    people: Any, reports: PlainReports
) -> None:
    async with people.browser(await people.add("admin")) as client:
        found = (
            await client.post("/api/v1/figures/report", json={**ASK, "compare": "before"})
        ).json()

    whole, _, spring = found["lines"]
    assert (whole["keys"], spring["keys"]) == ([], ["spring"])
    assert spring["cells"][1] == {"value": 0.25, "numerator": 2, "denominator": 8}
    assert spring["then"] == spring["cells"]
    assert found["period"] == {"first": "2026-11-01", "last": "2026-11-30"}
    assert found["compared_period"] == {"first": "2026-10-01", "last": "2026-10-31"}
    assert [it.begin for it in reports.asked] == [date(2026, 11, 1), date(2026, 10, 1)]
    assert reports.asked[0].within is None


async def test_a_rep_is_answered_of_own_calls_alone(people: Any, reports: PlainReports) -> None:
    account = await people.add("rep", agent="R1", team="north")
    async with people.browser(account) as client:
        answered = await client.post("/api/v1/figures/report", json=ASK)

    assert answered.status_code == 200, answered.text
    (question,) = reports.asked
    assert question.within is not None
    assert question.within.campaigns == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"figures": ["sails"]}, "422 unknown-figure"),
        ({"by": ["wether"]}, "422 unknown-dimension"),
        ({"figures": ["occupancy"], "by": ["campaign"]}, "422 not-by-this"),
        ({"where": {"hour": ["nine"]}}, "422 not-a-value"),
        ({"last": "2026-10-01"}, "422 period-empty"),
        ({"zone": "Asia/Atlantis"}, "422 unknown-zone"),
        ({"by": ["day", "day"]}, "422 dimensions-number"),
    ],
)
async def test_a_question_without_an_answer_says_why(
    people: Any, reports: PlainReports, wrong: dict[str, Any], says: str
) -> None:
    async with people.browser(await people.add("manager")) as client:
        answered = await client.post("/api/v1/figures/report", json={**ASK, **wrong})

    assert slug(answered) == says
    assert reports.asked == []


async def test_reports_that_cannot_be_made_now_say_so(people: Any, reports: PlainReports) -> None:
    reports.fault = FactsError("figures-away", "no answer")
    async with people.browser(await people.add("manager")) as client:
        answered = await client.post("/api/v1/figures/report", json=ASK)

    assert slug(answered) == "503 figures-away"
    assert answered.headers["retry-after"] == "30"


async def drilled(client: Any, **more: Any) -> Any:
    body = {**ASK, "figure": "dials", "keys": ["spring"], **more}
    return await client.post("/api/v1/figures/rows", json=body)


@pytest.fixture
async def calls(world: Any, reports: PlainReports) -> None:
    """One of each of two reps; the process says both, whoever asks."""
    found = await world.store.campaigns.create("spring", pool="p", settings={}, now=1, who="x")
    for i, rep in enumerate(("R1", "R2")):
        await world.store.agents.add(Agent(id=rep, name=f"Rep {rep}", endpoint=rep, pool="p"))
        lead = NewLead(numbers=[LeadNumber(f"+4930123456{i}")], name="Ann")
        (lead_id,) = (await world.store.leads.add(found.id, [lead], now=1.0)).lead_ids
        await world.store.leads.claim_one(lead_id, now=2.0, claim_id="c")
        new = NewAttempt(
            attempt_id=f"A{i}", campaign_id=found.id, lead_id=lead_id, caller_id="", node="n",
            number=f"+4930123456{i}", trunk="main", placed_at=10.0,
        )  # fmt: skip
        await world.store.attempts.open([new])
        closed = ClosedAttempt(
            attempt_id=f"A{i}", ended_at=60.0, outcome="connected", agent=rep,
            lead=LeadNext(LeadState.DONE),
        )  # fmt: skip
        await world.store.attempts.close([closed])
    reports.rows = [{"attempt": "A1"}, {"attempt": "A0"}]


@pytest.mark.usefixtures("calls")
async def test_behind_a_number_are_its_calls_and_where_to_go_on(
    people: Any, reports: PlainReports
) -> None:
    async with people.browser(await people.add("admin")) as client:
        found = (await drilled(client, below="2000.A9", limit=2)).json()

    assert [it["id"] for it in found["calls"]] == ["A1", "A0"]
    assert (found["count"], found["numerator"], found["next"]) == (2, 7, "1000.A1")
    assert (reports.drilled.figure, reports.drilled.keys) == ("dials", ("spring",))
    assert (reports.drilled.below, reports.drilled.limit) == (Place(2000, "A9"), 2)


@pytest.mark.usefixtures("calls")
async def test_a_rep_sees_own_calls_behind_a_number_and_no_whole_number(
    people: Any, reports: PlainReports
) -> None:
    """Even if the process had said more than it was asked for."""
    async with people.browser(await people.add("rep", agent="R1")) as client:
        found = (await drilled(client)).json()

    (call,) = found["calls"]
    assert call["id"] == "A0"
    assert "+49301234560" not in str(found)
    (question,) = reports.asked
    assert question.within == Within(("R1",), ())


async def test_behind_a_time_are_stretches_of_it(people: Any, reports: PlainReports) -> None:
    reports.rows = [
        {"agent": "R1", "pool": "p", "state": "paused", "reason": "lunch", "team": "north",
         "began_ms": 1000, "ended_ms": 3500, "lasted_ms": 2500}
    ]  # fmt: skip
    async with people.browser(await people.add("manager")) as client:
        found = (await drilled(client, figures=["paused"], figure="paused", by=[], keys=[])).json()

    assert found["calls"] == []
    (stretch,) = found["times"]
    assert (stretch["began_at"], stretch["ended_at"], stretch["reason"]) == (1.0, 3.5, "lunch")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"figure": "sales_calls"}, "422 unknown-figure"),
        ({"keys": ["spring", "more"]}, "422 keys-number"),
        ({"keys": [7]}, "422 not-a-value"),
        ({"below": "yesterday"}, "422 invalid-request"),
        ({"by": ["wether"]}, "422 unknown-dimension"),
    ],
)
async def test_what_has_no_rows_says_why(
    people: Any, reports: PlainReports, wrong: dict[str, Any], says: str
) -> None:
    async with people.browser(await people.add("manager")) as client:
        answered = await drilled(client, **wrong)

    assert slug(answered) == says
    assert reports.asked == []


FILE = {**ASK, "format": "csv", "language": "zh-CN", "words": {"campaign": {"spring": "春季"}}}


async def file_of(client: Any, **more: Any) -> Any:
    asked = await client.post("/api/v1/figures/report/exports", json={**FILE, **more})
    assert asked.status_code == 202, asked.text
    export = asked.json()["id"]
    for _ in range(3000):
        if (await client.get(f"/api/v1/exports/{export}")).json()["state"] != "running":
            break
        await asyncio.sleep(0.02)
    return await client.get(f"/api/v1/exports/{export}/file")


async def test_a_report_is_a_file_in_its_readers_words_that_says_what_it_is_of(
    people: Any, reports: PlainReports, world: Any
) -> None:
    async with people.browser(await people.add("manager")) as client:
        answered = await file_of(client, where={"mode": ["auto", None]})

    rows = list(csv.reader(io.StringIO(answered.text.lstrip("\ufeff"))))
    assert rows == [
        ["# 日期", "2026-11-01 至 2026-11-30"],
        ["# 时区", "Asia/Shanghai"],
        ["# 筛选", "拨打方式 = auto, 未知"],
        ["# 拨打量", "已发起的呼叫，不论结果"],
        ["# 接通率", "人工应答 ÷ 拨打量"],
        ["外呼任务", "拨打量", "接通率"],
        ["'=autumn", "8", "0.25"],
        ["春季", "8", "0.25"],
    ]
    (entry,) = await world.store.audit.list(subject="report")
    assert (entry.what, entry.after["format"]) == ("figures.export", "csv")
    assert "words" not in entry.after


async def test_a_workbook_has_numbers_parts_and_what_they_are_compared_with(
    people: Any, reports: PlainReports
) -> None:
    async with people.browser(await people.add("rep", agent="R1")) as client:
        answered = await file_of(
            client, format="xlsx", language="en", compare="last_year", parts=True, title="November"
        )

    book = load_workbook(io.BytesIO(answered.content))
    assert book.sheetnames == ["About", "November"]
    assert [cell.value for cell in book["November"][1]][4:] == [
        "Connect rate", "Connect rate (compared)", "Connect rate (numerator)",
        "Connect rate (denominator)",
    ]  # fmt: skip
    assert [cell.value for cell in book["November"][2]] == [
        "'=autumn", 8, 8, 8, 0.25, 0.25, 2, 8,
    ]  # fmt: skip
    assert reports.asked[0].within is not None


async def test_a_report_without_an_answer_becomes_no_file(people: Any, reports: Any) -> None:
    async with people.browser(await people.add("manager")) as client:
        answered = await client.post(
            "/api/v1/figures/report/exports", json={**FILE, "figures": ["sails"]}
        )

    assert slug(answered) == "422 unknown-figure"


class DailyReports(PlainReports):
    """Every Monday to Saturday has ten calls and two people, for ever."""

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        days = (question.begin + timedelta(days=n) for n in range(200))
        open_days = [it for it in days if it < question.end and it.weekday() < 6]
        return answer(question, {(it.isoformat(),): SUMS for it in open_days})


async def test_a_forecast_goes_by_what_is_over_and_by_like_days(people: Any, world: Any) -> None:
    world.reports = DailyReports()
    today = datetime.fromtimestamp(world.clock.now(), zone_named("Asia/Shanghai")).date()
    wish = {**ASK, "by": ["day"], "first": f"{today}", "last": f"{today + timedelta(days=3)}"}
    async with people.browser(await people.add("manager", team="north")) as client:
        found = (await client.post("/api/v1/figures/forecast", json=wish)).json()
        refused = await client.post("/api/v1/figures/forecast", json=ASK)

    (question,) = world.reports.asked
    assert (question.end, (question.end - question.begin).days) == (today, 84)
    steps = {date.fromisoformat(it["key"]): it["bands"] for it in found["steps"]}
    assert list(steps) == [today + timedelta(days=n) for n in range(14)]
    for day, bands in steps.items():
        works = day.weekday() < 6
        assert bands == ([[8, 8, 8], [0.25, 0.25, 0.25]] if works else [[0, 0, 0], None])
    assert slug(refused) == "422 forecast-by"


@pytest.mark.parametrize(("by", "count"), [("week", 8), ("month", 6)])
async def test_a_week_or_month_that_is_not_over_is_foretold(
    people: Any, world: Any, by: str, count: int
) -> None:
    world.reports = DailyReports()
    wish = {**ASK, "by": [by], "first": "2026-01-01", "last": "2026-11-18"}
    async with people.browser(await people.add("manager", team="north")) as client:
        found = (await client.post("/api/v1/figures/forecast", json=wish)).json()

    (question,) = world.reports.asked
    assert question.end == (date(2026, 11, 16) if by == "week" else date(2026, 11, 1))
    keys = [it["key"] for it in found["steps"]]
    assert len(keys) == count
    assert keys[0] == ("2026-W47" if by == "week" else "2026-11")
