from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.ports.cdr import Cdr, complete_cdr
from dialer.store.columns import to_datetime, to_unix
from dialer.store.export import COLUMNS, export_cdrs, iso_ms

NOW = 1_800_000_000.0
CONTRACT = [
    "attempt_id", "campaign", "lead_id", "number", "caller_id", "trunk", "node", "placed_at",
    "ringing_at", "answered_at", "connected_at", "ended_at", "outcome", "answered_by", "agent",
    "ring_seconds", "wait_seconds", "talk_seconds", "wrapup_seconds", "hangup_cause", "hangup_by",
    "disposition", "recording", "sip_code",
]  # fmt: skip


def cdr(**fields: Any) -> Cdr:
    given: dict[str, Any] = dict.fromkeys(COLUMNS)
    del given["ring_seconds"], given["wait_seconds"]
    given.update(
        attempt_id="A", campaign="c", lead_id="L", number="+1", caller_id="", trunk="t",
        node="n", placed_at=NOW,
    )  # fmt: skip
    return complete_cdr(**(given | fields))


async def text_of(format_: Any, *records: Cdr) -> str:
    async def stream() -> AsyncIterator[Cdr]:
        for record in records:
            yield record

    out = io.StringIO()
    assert await export_cdrs(stream(), out, format_) == len(records)
    return out.getvalue()


def test_the_columns_are_those_other_programs_expect() -> None:
    assert list(COLUMNS) == CONTRACT


async def test_csv_leaves_empty_what_did_not_happen() -> None:
    record = cdr(
        ended_at=NOW + 20.5, outcome="busy", hangup_cause=17, hangup_by="network", sip_code=486
    )

    [row] = csv.DictReader(io.StringIO(await text_of("csv", record)))

    assert row["placed_at"] == "2027-01-15T08:00:00.000Z"
    assert row["ended_at"] == "2027-01-15T08:00:20.500Z"
    assert row["ring_seconds"] == "20.500"
    assert (row["hangup_cause"], row["sip_code"]) == ("17", "486")
    empty = ("ringing_at", "answered_at", "agent", "wait_seconds", "talk_seconds", "recording")
    assert [row[name] for name in empty] == [""] * len(empty)


async def test_json_lines_hold_null_and_numbers() -> None:
    record = cdr(
        ringing_at=NOW + 1, answered_at=NOW + 3.0004, connected_at=NOW + 3.0026,
        ended_at=NOW + 63.0026, outcome="connected", wrapup_seconds=7.25,
    )  # fmt: skip

    row = json.loads(await text_of("jsonl", record))

    assert list(row) == CONTRACT
    assert (row["ring_seconds"], row["wait_seconds"], row["talk_seconds"]) == (2.0, 0.003, 60.0)
    assert (row["wrapup_seconds"], row["disposition"]) == (7.25, None)


def test_the_ring_runs_from_placing_where_nothing_rang() -> None:
    assert cdr(ended_at=NOW + 4).ring_seconds == 4.0
    assert cdr(ringing_at=NOW + 1, ended_at=NOW + 4).ring_seconds == 3.0
    assert cdr().ring_seconds is None


def test_a_callee_who_got_no_rep_waited_for_nobody_and_did_not_talk() -> None:
    abandoned = cdr(answered_at=NOW + 5, ended_at=NOW + 7, talk_seconds=0.0, outcome="abandoned")

    assert (abandoned.ring_seconds, abandoned.wait_seconds) == (5.0, None)
    assert abandoned.talk_seconds is None


def test_measured_talk_wins_over_the_difference_of_times() -> None:
    held = cdr(answered_at=NOW, connected_at=NOW, ended_at=NOW + 60, talk_seconds=41.5)

    assert held.talk_seconds == 41.5


times = st.floats(NOW, NOW + 10_000)


@given(st.tuples(times, times, times, times).map(sorted))
def test_durations_are_the_differences_of_the_exported_times(moments: list[float]) -> None:
    placed, answered, connected, ended = moments
    record = cdr(placed_at=placed, answered_at=answered, connected_at=connected, ended_at=ended)

    def ms(at: float) -> int:
        return round(at * 1000)

    assert record.ring_seconds == (ms(answered) - ms(placed)) / 1000
    assert record.wait_seconds == (ms(connected) - ms(answered)) / 1000
    assert record.talk_seconds == (ms(ended) - ms(connected)) / 1000


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (NOW + 0.9996, "2027-01-15T08:00:01.000Z"),
        (NOW + 0.0004, "2027-01-15T08:00:00.000Z"),
    ],
)
def test_times_are_rounded_to_the_millisecond(at: float, text: str) -> None:
    assert iso_ms(at) == text


@given(st.floats(0, 4_000_000_000))
def test_a_time_survives_postgresql_to_the_microsecond(at: float) -> None:
    back = to_unix(to_datetime(at))

    assert back is not None
    assert abs(back - at) <= 1e-6
    assert to_unix(to_datetime(back)) == back


async def test_no_spreadsheet_runs_a_record_and_numbers_stay_numbers() -> None:
    record = cdr(trunk="=cmd|' /C calc'!A1", caller_id="+4930123456")

    [row] = csv.DictReader(io.StringIO(await text_of("csv", record)))

    assert row["trunk"] == "'=cmd|' /C calc'!A1"
    assert row["caller_id"] == "+4930123456"
    assert json.loads(await text_of("jsonl", record))["trunk"] == "=cmd|' /C calc'!A1"
