"""What the public network's numbers do, as the node's events and ledger tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dialer.asterisk.demo_network import Behaviour, number_for
from tests.kit.asterisk import AsteriskPair
from tests.kit.stub_engine import StubEngine, silent

pytestmark = pytest.mark.acceptance


@pytest.fixture
async def engine(asterisk_pair: AsteriskPair) -> AsyncIterator[StubEngine]:
    async with StubEngine(asterisk_pair.node, asterisk_pair.trunk) as stub:
        yield stub


@pytest.mark.parametrize(
    ("behaviour", "cause", "tech_cause", "disposition"),
    [
        ("busy", "17", "486", "BUSY"),
        ("congestion", "34", "503", "CONGESTION"),
        ("unallocated", "1", "404", "NO ANSWER"),
        ("declines", "21", "403", "NO ANSWER"),
        ("rejects", "17", "486", "BUSY"),
    ],
)
async def test_a_call_nobody_answers_has_its_cause_and_one_row(
    engine: StubEngine, behaviour: Behaviour, cause: str, tech_cause: str, disposition: str
) -> None:
    attempt = await engine.place(number_for(behaviour))

    hangup = await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert (hangup["Cause"], hangup["TechCause"]) == (cause, tech_cause)
    assert row["disposition"] == disposition
    assert (row["answer"], row["stage"], row["leg"], row["bridged"]) == ("", "", "", "")
    assert float(row["billsec"]) == 0
    assert engine.reasons(attempt) == []


@pytest.mark.parametrize("behaviour", ["rings_out", "no_reply", "announcement"])
async def test_a_call_that_is_not_answered_in_time_ends_by_the_ring_timeout(
    engine: StubEngine, behaviour: Behaviour
) -> None:
    attempt = await engine.place(number_for(behaviour), ring_timeout_s=1)

    hangup = await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    (response,) = [e for e in engine.seen("OriginateResponse") if e.get("Uniqueid") == attempt]
    assert hangup["Cause"] == "19"
    assert response["Reason"] == "3"
    assert row["disposition"] == "NO ANSWER"
    assert 0.9 < float(row["duration"]) < 2.0


@pytest.mark.parametrize(
    ("behaviour", "states"),
    [
        ("rings_out", {"RINGING"}),
        ("early_media", {"PROGRESS"}),
        ("announcement", {"PROGRESS"}),
        ("no_reply", set()),
    ],
)
async def test_ringing_is_told_by_180_and_by_183(
    engine: StubEngine, behaviour: Behaviour, states: set[str]
) -> None:
    attempt = await engine.place(number_for(behaviour), ring_timeout_s=1)
    await engine.ended(attempt)

    told = {e["DialStatus"] for e in engine.seen("DialState", attempt)}
    assert told & {"RINGING", "PROGRESS"} == states
    rang = [e for e in engine.seen("Newstate", attempt) if e["ChannelStateDesc"] == "Ringing"]
    assert bool(rang) == ("RINGING" in states)


async def test_a_person_who_answers_late_after_early_media_is_answered(
    engine: StubEngine,
) -> None:
    attempt = await engine.place(number_for("early_media"), "hangup")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["disposition"] == "ANSWERED"
    assert float(row["answer"]) - float(row["start"]) > 0.7  # 8 s at tenfold speed


@pytest.mark.parametrize(
    ("behaviour", "least", "most"),
    [("hangs_up_at_once", 0.0, 0.5), ("hangs_up_after_1s", 0.9, 1.6), ("speaks_3s", 2.9, 3.6)],
)
async def test_a_callee_who_hangs_up_ends_his_row_then(
    engine: StubEngine, behaviour: Behaviour, least: float, most: float
) -> None:
    attempt = await engine.place(number_for(behaviour), silent, DIALER_WAIT="5.000")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["disposition"] == "ANSWERED"
    assert least <= float(row["billsec"]) < most
    assert row["cause"] == "16"


@pytest.mark.parametrize("behaviour", ["person_en", "person_zh", "machine_en", "machine_zh"])
async def test_people_and_machines_ring_then_answer(
    engine: StubEngine, behaviour: Behaviour
) -> None:
    attempt = await engine.place(number_for(behaviour), "hangup")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["disposition"] == "ANSWERED"
    # DialState never says ANSWER for an Originate: Newstate and the ask for a route do.
    assert {e["DialStatus"] for e in engine.seen("DialState", attempt)} == {"RINGING"}
    assert [e["ChannelStateDesc"] for e in engine.seen("Newstate", attempt)][-1] == "Up"


async def test_two_hundred_calls_of_all_kinds_leave_exactly_one_row_each(
    engine: StubEngine,
) -> None:
    kinds: list[Behaviour] = ["busy", "unallocated", "stays", "congestion", "hangs_up_at_once"]
    attempts = [
        await engine.place(number_for(kinds[n % 5], 201 + n % 7), "hangup") for n in range(200)
    ]
    for attempt in attempts:
        await engine.ended(attempt)
        rows = await engine.ledger_rows(attempt)
        assert len(rows) == 1


async def test_only_the_events_we_use_pass_the_filter(engine: StubEngine) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(number_for("stays"), leg)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    before = len(engine.events)
    await engine.hang_up(attempt)
    await engine.parked(leg, times=2)

    assert {e.event for e in engine.events} <= {
        *("Newstate", "DialState", "OriginateResponse", "HangupRequest", "SoftHangupRequest"),
        *("Hangup", "BridgeEnter", "BridgeLeave", "ContactStatus", "UserEvent", "FullyBooted"),
    }
    assert all(e.get("Timestamp") for e in engine.events if e.event != "FullyBooted")
    assert len(engine.events) - before <= 8
