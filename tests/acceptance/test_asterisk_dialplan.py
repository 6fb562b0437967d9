"""Every branch of the dialplan, on a real Asterisk, with an engine that answers what we tell it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from agi.session import AgiSession
from dialer.asterisk.demo_network import Behaviour, number_for
from tests.kit.asterisk import AsteriskPair
from tests.kit.services import free_port
from tests.kit.stub_engine import StubEngine, close, silent

pytestmark = pytest.mark.acceptance

STAYS = number_for("stays")


@pytest.fixture
async def engine(asterisk_pair: AsteriskPair) -> AsyncIterator[StubEngine]:
    async with StubEngine(asterisk_pair.node, asterisk_pair.trunk) as stub:
        yield stub


async def test_an_answered_callee_is_bridged_to_the_leg_the_engine_names(
    engine: StubEngine,
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(STAYS, leg)

    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    (ask,) = await engine.asked(attempt)
    assert (ask.reason, ask.amd) == ("answered", "")
    assert abs(ask.answered - ask.at) < 1.0
    assert await engine.getvar(attempt, "BRIDGEPEER")
    assert await engine.getvar(attempt, "DIALER_DOING") == "bridge"

    await engine.hang_up(attempt)
    await engine.parked(leg, times=2)
    (row,) = await engine.ledger_rows(attempt)
    assert row["leg"] == leg
    assert float(row["answer"]) <= float(row["bridged"]) < float(row["end"])
    assert row["disposition"] == "ANSWERED"
    assert row["cause"] == "16"
    assert row["stage"] == ""


async def test_the_callee_who_hangs_up_in_the_bridge_lets_the_rep_return_to_his_place(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(number_for("speaks_3s"), leg)

    await engine.ended(attempt)
    await engine.parked(leg, times=2)
    (row,) = await engine.ledger_rows(attempt)
    assert 2.9 < float(row["billsec"]) < 3.5
    assert engine.seen("HangupRequest", attempt)


async def test_message_is_played_to_the_end_and_the_call_ended(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, "message", DIALER_MSG="beep")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "message"
    assert row["leg"] == ""
    assert 0.1 < float(row["billsec"]) < 3


async def test_a_message_that_cannot_be_read_is_replaced_by_the_nodes_own(
    engine: StubEngine,
) -> None:
    attempt = await engine.place(STAYS, "message", DIALER_MSG="no/such/file")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "message"
    assert float(row["billsec"]) > 3


async def test_the_engine_can_end_a_call_at_once(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, "hangup")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == ""
    assert float(row["billsec"]) < 0.5


@pytest.mark.parametrize(
    ("wait", "margin", "limit"), [("0.500", "0.250", 0.75), ("1.000", "0.500", 1.5)]
)
async def test_a_silent_engine_means_the_message_after_wait_and_margin(
    engine: StubEngine, wait: str, margin: str, limit: float
) -> None:
    attempt = await engine.place(
        STAYS, silent, DIALER_WAIT=wait, DIALER_MARGIN=margin, DIALER_MSG="beep"
    )

    (ask,) = await engine.asked(attempt)
    await engine.until(lambda: attempt in engine.hangups, what="the session given up")
    waited = time.time() - ask.at
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert limit - 0.1 < waited < limit + 1.0
    assert row["stage"] == "orphan"
    assert float(row["billsec"]) > limit + 0.1


async def test_a_refused_connection_means_the_message_at_once(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, agi=f"127.0.0.1:{free_port()}", DIALER_MSG="beep")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "orphan"
    assert float(row["billsec"]) < 2
    assert engine.reasons(attempt) == []


async def test_the_second_address_is_asked_when_the_first_refuses(engine: StubEngine) -> None:
    second = f"127.0.0.1:{engine.agi.port}"
    attempt = await engine.place(
        STAYS, "hangup", agi=f"127.0.0.1:{free_port()}", DIALER_AGI2=second
    )

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert engine.reasons(attempt) == ["answered"]
    assert row["stage"] == ""


def _garbage(session: AgiSession) -> None:
    assert session._transport is not None
    session._transport.write(b"\x00\xffGARBAGE\n\n\nSET VARIABLE\n")
    session._transport.close()


def _other_variable(session: AgiSession) -> None:
    session.finish_with("SOMETHING", "leg-x")


@pytest.mark.parametrize("crash", [close, _garbage, _other_variable, "", "nonsense"])
async def test_an_engine_that_dies_or_talks_nonsense_means_the_message(
    engine: StubEngine, crash: object
) -> None:
    attempt = await engine.place(STAYS, crash, DIALER_MSG="beep")  # type: ignore[arg-type]

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "orphan"
    assert float(row["billsec"]) < 3


async def test_a_leg_that_does_not_exist_is_asked_about_again(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, "leg-00000000000000000000000000", "hangup")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert engine.reasons(attempt) == ["answered", "nonexistent"]
    assert (row["leg"], row["bridged"]) == ("", "")


async def test_a_talking_rep_is_never_taken_from_his_customer(engine: StubEngine) -> None:
    leg = await engine.call_rep("rep01")
    first = await engine.place(STAYS, leg)
    await engine.until(lambda: engine.seen("BridgeEnter", first), what="bridged")

    second = await engine.place(STAYS, leg, "hangup")
    await engine.ended(second)

    assert engine.reasons(second) == ["answered", "busy-leg"]
    assert await engine.getvar(first, "BRIDGEPEER")
    (row,) = await engine.ledger_rows(second)
    assert (row["leg"], row["bridged"]) == ("", "")


async def test_asking_again_does_not_give_the_callee_a_longer_wait(engine: StubEngine) -> None:
    missing = "leg-00000000000000000000000000"

    def later(session: AgiSession) -> None:
        asyncio.get_running_loop().call_later(0.6, session.finish_with, "TO", missing)

    attempt = await engine.place(
        STAYS, later, silent, DIALER_WAIT="1.000", DIALER_MARGIN="0.200", DIALER_MSG="beep"
    )
    asks = await engine.asked(attempt, 2)
    await engine.until(lambda: attempt in engine.hangups, what="given up")
    assert 1.0 < time.time() - asks[0].at < 2.2
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "orphan"


async def test_when_the_reps_phone_dies_the_callee_asks_again_and_talks_to_another(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    first, second = await engine.call_rep("rep01"), await engine.call_rep("rep02")
    attempt = await engine.place(STAYS, first, second)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")

    asterisk_pair.public.hang_up_rep("rep01")
    await engine.until(lambda: len(engine.seen("BridgeEnter", attempt)) == 2, what="bridged again")
    assert engine.reasons(attempt) == ["answered", "success"]
    await engine.hang_up(attempt)
    await engine.parked(second, times=2)

    rows = await engine.ledger_rows(attempt)
    assert len(rows) == 1
    (row,) = rows
    assert row["leg"] == second
    entered = float(engine.seen("BridgeEnter", attempt)[0]["Timestamp"])
    assert abs(float(row["bridged"]) - entered) < 0.1


async def test_a_silent_engine_after_a_talk_ends_the_call_without_the_message(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(STAYS, leg, close)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    left_at = time.monotonic()
    asterisk_pair.public.hang_up_rep("rep01")

    await engine.ended(attempt)
    assert time.monotonic() - left_at < 2
    (row,) = await engine.ledger_rows(attempt)
    assert (row["leg"], row["stage"]) == (leg, "orphan")


async def test_a_held_callee_hears_the_message_when_the_hold_is_over(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, "hold:1", silent, DIALER_MSG="beep")

    asks = await engine.asked(attempt, 2)
    assert [ask.reason for ask in asks] == ["answered", "held"]
    assert await engine.getvar(attempt, "DIALER_DOING") == "hold"
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "message"
    assert 1.0 < float(row["billsec"]) < 4


async def test_a_held_callee_is_bridged_when_a_rep_is_free(engine: StubEngine) -> None:
    leg = await engine.call_rep("rep01")
    sessions: list[AgiSession] = []
    attempt = await engine.place(STAYS, "hold", sessions.append, DIALER_WAIT="0.300")
    await engine.asked(attempt, 2)

    sessions[0].finish_with("TO", leg)
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    await engine.hang_up(attempt)


async def test_a_callee_who_hangs_up_while_waiting_is_told_to_the_engine(
    engine: StubEngine,
) -> None:
    attempt = await engine.place(number_for("hangs_up_after_1s"), silent)

    await engine.until(lambda: attempt in engine.hangups, what="HANGUP")
    (row,) = await engine.ledger_rows(attempt)
    assert 0.9 < float(row["billsec"]) < 1.5
    assert row["stage"] == ""


async def test_a_call_at_its_ceiling_is_ended(engine: StubEngine) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(STAYS, leg, DIALER_MAX="1")

    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert 0.9 < float(row["billsec"]) < 2
    assert row["stage"] == ""
    await engine.parked(leg, times=2)


async def test_machine_detection_runs_before_the_first_ask(engine: StubEngine) -> None:
    attempt = await engine.place(STAYS, "hangup", DIALER_AMD="1")

    (ask,) = await engine.asked(attempt)
    assert ask.amd in {"HUMAN", "MACHINE", "NOTSURE"}
    assert ask.at - ask.answered > 0.5
    await engine.ended(attempt)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        pytest.param("stays", "!440/500,0/1000", id="hello, then packets of silence"),
        pytest.param("stays", "!440/500", id="hello, then no packets"),
        pytest.param("stays", "0/1000", id="packets of silence"),
        pytest.param("stays_without_rtp", "", id="no packets at all"),
    ],
)
async def test_detection_and_the_way_to_a_rep_fit_into_two_seconds_from_the_answer(
    engine: StubEngine, asterisk_pair: AsteriskPair, number: Behaviour, says: str
) -> None:
    leg = await engine.call_rep("rep01")
    before = asterisk_pair.public.cli("dialplan show globals").partition("CALLEE_TONE=")[2]
    if says:
        asterisk_pair.public.cli(f"dialplan set global CALLEE_TONE {says}")
    try:
        attempt = await engine.place(
            number_for(number), leg, DIALER_WAIT="2.0", DIALER_AMD="1", DIALER_AMD_MS="1500"
        )
        await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    finally:
        asterisk_pair.public.cli(f"dialplan set global CALLEE_TONE {before.splitlines()[0]}")

    (ask,) = await engine.asked(attempt)
    assert ask.amd in {"HUMAN", "NOTSURE"}
    heard = float(engine.seen("BridgeEnter", attempt)[0]["Timestamp"])
    assert heard - ask.answered < 2.0
    await engine.hang_up(attempt)


async def test_a_detector_that_never_ends_is_ended_by_the_wait(engine: StubEngine) -> None:
    """The dialplan's own time-out runs from the answer, whatever it was told to listen for."""
    attempt = await engine.place(
        number_for("stays_without_rtp"), DIALER_WAIT="1.0", DIALER_MARGIN="0.2",
        DIALER_AMD="1", DIALER_AMD_MS="30000",
    )  # fmt: skip

    await engine.until(lambda: engine.seen("Newstate", attempt), what="up")
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)
    assert row["stage"] == "orphan"
    assert engine.reasons(attempt) == []


async def test_a_held_callee_is_found_by_the_engine_that_comes_after(engine: StubEngine) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(STAYS, "hold:30", close, close, leg)

    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    asks = await engine.asked(attempt, times=4)
    assert [ask.reason for ask in asks] == ["answered", "held", "held", "held"]
    assert all(0.9 < b.at - a.at < 1.5 for a, b in pairwise(asks[1:]))
    await engine.hang_up(attempt)


async def test_a_callee_taken_aside_asks_and_names_the_leg_and_the_bridge(
    engine: StubEngine,
) -> None:
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(STAYS, leg, "hangup")
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    redirect = {"Context": "dialer-callee", "Exten": "aside", "Priority": "1"}
    await engine.ami.action("Redirect", Channel=attempt, **redirect)
    await engine.ended(attempt)

    assert engine.reasons(attempt) == ["answered", "aside"]
    (row,) = await engine.ledger_rows(attempt)
    assert (row["leg"], row["disposition"]) == (leg, "ANSWERED")
    assert float(row["answer"]) <= float(row["bridged"]) < float(row["end"])
