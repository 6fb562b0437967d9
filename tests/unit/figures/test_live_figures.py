"""The floor, the campaign's page, /metrics and a report tell one figure of one window alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.engine.tallies import CampaignTally, Tallies, day_figures
from dialer.engine.windows import day_of
from dialer.features.campaigns.service import describe
from dialer.floor.commands import CloseAttempt, Place
from dialer.memory.store import InMemoryStore
from dialer.metrics import Metrics
from dialer.ports.control import DayFigures
from dialer.ports.desk import WorkTime
from dialer.ports.store import ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.settings import Settings
from dialer.words import LeadState
from figures.answer import Tally
from figures.catalogue import TERMS
from figures.facts import CALLS, TIMES, Row, Value, cut, milliseconds
from figures.windows import OF_TODAY, Windowed

NOW = 1_800_000_000.0
MIDNIGHT = day_of(NOW)[0]
CONSOLE = Path(__file__).resolve().parents[3] / "console/src/features"

_seconds = st.integers(1, 600_000).map(lambda ms: ms / 1000)


@st.composite
def records(draw: st.DrawFn) -> CloseAttempt:
    """A call that ended today, placed today or just before."""
    placed_at = MIDNIGHT + draw(st.integers(-60, 3600))
    by = draw(st.sampled_from(["human", "human", "machine", None]))
    told: dict[str, Any] = {"outcome": {"machine": "machine", None: "no_answer"}.get(by)}
    if by == "human":
        told["outcome"] = draw(st.sampled_from(["connected", "abandoned"]))
    if told["outcome"] == "connected":
        told |= {"connected_at": placed_at + 9, "agent": draw(st.sampled_from(["anna", "ben"]))}
        told["talk_seconds"] = draw(_seconds)
    if by is not None:
        told["answered_at"] = placed_at + 8
    return CloseAttempt(
        f"A{draw(st.uuids())}", "L", draw(st.sampled_from(["gold", "tin"])), placed_at=placed_at,
        ended_at=max(placed_at, MIDNIGHT) + 900, answered_by=by, **told,
    )  # fmt: skip


@st.composite
def stretches(draw: st.DrawFn) -> WorkTime:
    began = MIDNIGHT + draw(st.integers(-900, 7200))
    return WorkTime(
        agent_id=draw(st.sampled_from(["anna", "ben"])), pool="p", reason="",
        state=draw(st.sampled_from(["ready", "talking", "paused"])),
        began_at=began, ended_at=max(began, MIDNIGHT) + draw(_seconds),
    )  # fmt: skip


def row_of(record: CloseAttempt) -> Row:
    row: dict[str, Value] = dict.fromkeys(CALLS.columns)
    for name in ("placed", "answered", "connected", "ended"):
        at = getattr(record, f"{name}_at")
        row[f"{name}_ms"] = None if at is None else milliseconds(at)
    talk = record.talk_seconds
    row |= {"outcome": record.outcome, "answered_by": record.answered_by, "lead": record.lead}
    return row | {"talk_ms": None if talk is None else milliseconds(talk)}


def reported(calls: Sequence[CloseAttempt], times: Sequence[WorkTime] = ()) -> dict[str, Any]:
    """What a report of today says."""
    tally = Tally([it.figure for it in OF_TODAY.values()], TERMS)
    since = milliseconds(MIDNIGHT)
    for call in calls:
        if milliseconds(call.placed_at) >= since:
            tally.add(CALLS.name, row_of(call))
    for time in times:
        for began, ended in cut(milliseconds(time.began_at), milliseconds(time.ended_at)):
            if began >= since:
                tally.add(TIMES.name, {"state": time.state, "lasted_ms": ended - began})
    return {name: tally.cell(it.figure).value for name, it in OF_TODAY.items()}


def of(day: DayFigures) -> dict[str, Any]:
    """By the registry's names."""
    return {
        "dials": day.ended, "human_answers": day.answered, "contacts": day.connected,
        "abandons": day.abandoned, "connect_rate": day.connect_rate,
        "contact_rate": day.contact_rate, "abandon_rate": day.abandon_rate,
        "talk": day.talk_seconds, "avg_talk": day.avg_talk_seconds,
        "avg_wait": day.mean_wait_seconds,
    }  # fmt: skip


@settings(max_examples=40)
@given(st.lists(records(), max_size=30), st.lists(stretches(), max_size=10))
def test_the_floor_tells_what_a_report_of_today_says(
    calls: list[CloseAttempt], times: list[WorkTime]
) -> None:
    floor = Tallies(MIDNIGHT)
    for call in calls:
        floor.closed(call, "")
    for time in times:
        floor.worked(time)

    assert of(day_figures(floor.sums())) == reported(calls, times)
    for name, tally in floor.campaigns.items():
        own = reported([call for call in calls if call.campaign == name])
        told = of(day_figures(tally.sums()))
        assert {**told, "avg_wait": None} == {**own, "avg_wait": None}


async def a_store_of(calls: Sequence[CloseAttempt]) -> InMemoryStore:
    store = InMemoryStore()
    campaign = await store.campaigns.create("gold", pool="p", settings={}, now=NOW, who="x")
    people = [NewLead(numbers=[LeadNumber(f"+493012345{i}")]) for i in range(len(calls))]
    await store.leads.add(campaign.id, people, now=NOW)
    leads = await store.leads.claim(campaign.id, len(calls), now=NOW, claim_id="c")
    fields = set(ClosedAttempt.__struct_fields__)
    for call, lead in zip(calls, leads, strict=True):
        opened = NewAttempt(
            attempt_id=call.attempt, lead_id=lead.id, campaign_id=campaign.id, caller_id="",
            number=lead.numbers[0].number, trunk="", node="", placed_at=call.placed_at,
        )  # fmt: skip
        await store.attempts.open([opened])
        told = {k: v for k, v in msgspec.structs.asdict(call).items() if k in fields}
        told |= {"attempt_id": call.attempt, "lead": LeadNext(LeadState.DONE)}
        await store.attempts.close([ClosedAttempt(**told)])
    return store


async def test_the_campaigns_page_tells_what_a_report_of_today_says() -> None:
    calls = [
        CloseAttempt(f"A{i}", "L", "gold", outcome, placed_at=MIDNIGHT + at, ended_at=NOW, **more)
        for i, (outcome, at, more) in enumerate([
            ("connected", 5, {"answered_by": "human", "connected_at": NOW, "talk_seconds": 9.1}),
            ("connected", -5, {"answered_by": "human", "connected_at": NOW, "talk_seconds": 5.0}),
            ("abandoned", 6, {"answered_by": "human"}),
            ("machine", 7, {"answered_by": "machine"}),
            ("busy", 8, {}),
        ])
    ]  # fmt: skip
    found = await describe(await a_store_of(calls), Settings(), "gold", now=NOW)

    today = {**found["today"]}
    assert today.pop("outcomes") == {"connected": 1, "abandoned": 1, "machine": 1, "busy": 1}
    told = of(msgspec.convert(today, DayFigures))
    assert told == {**reported(calls), "avg_wait": None}
    assert told["connect_rate"] == 0.5


def test_nothing_has_ended_and_no_rate_has_a_value() -> None:
    day = day_figures(CampaignTally().sums())
    assert (day.ended, day.connect_rate, day.abandon_rate, day.avg_talk_seconds) == (
        0, None, None, None,
    )  # fmt: skip


@settings(max_examples=40)
@given(st.lists(records(), min_size=1, max_size=30))
def test_the_connect_rate_of_metrics_is_the_registrys_of_what_ended(
    calls: list[CloseAttempt],
) -> None:
    metrics = Metrics(lambda: NOW)
    for call in calls:
        metrics.observe(Place(call.attempt, call.lead, call.campaign))
    for call in calls:
        metrics.observe(call)

    rates = metrics.connect_rates()
    for name in {call.campaign for call in calls}:
        tally = Tally([OF_TODAY["connect_rate"].figure], TERMS)
        for call in calls:
            if call.campaign == name:
                tally.add(CALLS.name, row_of(call))
        assert rates[name] == tally.cell(OF_TODAY["connect_rate"].figure).value


def _text(feature: str, language: str) -> dict[str, str]:
    path = CONSOLE / feature / f"texts/{language}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8"))["figure"]
    return found


@pytest.mark.parametrize(
    ("feature", "key", "windowed"),
    [
        ("live", "connectRate", OF_TODAY["connect_rate"]),
        ("live", "wait", OF_TODAY["avg_wait"]),
        ("live", "talk", OF_TODAY["avg_talk"]),
        ("live", "connected", OF_TODAY["contacts"]),
        ("campaigns", "ended", OF_TODAY["dials"]),
        ("campaigns", "answered", OF_TODAY["human_answers"]),
        ("campaigns", "connectRate", OF_TODAY["connect_rate"]),
        ("campaigns", "abandonRate", OF_TODAY["abandon_rate"]),
        ("wallboard", "connect_rate", OF_TODAY["connect_rate"]),
        ("wallboard", "connected", OF_TODAY["contacts"]),
    ],
)
def test_screens_call_a_figure_and_its_window_by_the_registrys_name(
    feature: str, key: str, windowed: Windowed
) -> None:
    assert _text(feature, "en")[key] == windowed.name.en
    assert _text(feature, "zh-CN")[key] == windowed.name.zh
