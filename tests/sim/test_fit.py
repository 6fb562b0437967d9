"""Scenarios from recorded calls: what is fitted is what was there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dialer.floor.commands import CloseAttempt, NoteWrapup
from dialer.ports.cdr import complete_cdr
from dialer.sim.fit import empirical, fit_paces, fit_scenario, spans_of
from dialer.sim.read import checked, read_scenario
from dialer.sim.records import Record, RecordsError, read_records, record_of
from dialer.sim.scenario import Scenario
from dialer.sim.shift import Shift, run_shift
from dialer.sim.write import as_toml
from dialer.store.export import COLUMNS, csv_fields, json_line

START = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()


def calls(count: int, give_up_after_s: float | None = None, seed: int = 1) -> list[Record]:
    """Calls of which 30 % would be answered after 4 to 24 s; the others ring out after 25 s. Half
    of those that ring longer than `give_up_after_s` are given up then.
    """
    chance, found = Random(seed), []
    for number in range(count):
        placed = START + number * 3.0
        answers = chance.random() < 0.3
        age = chance.uniform(4.0, 24.0) if answers else 25.0
        outcome = "connected" if answers else "no_answer"
        if give_up_after_s is not None and age > give_up_after_s and chance.random() < 0.5:
            age, outcome, answers = give_up_after_s, "cancelled", False
        answered = placed + age if answers else None
        found.append(
            Record(
                campaign="c",
                placed_at=placed,
                ringing_at=placed + 1.0,
                answered_at=answered,
                connected_at=answered,
                ended_at=placed + age + (60.0 if answers else 0.0),
                outcome=outcome,
                answered_by="human" if answers else None,
                agent=f"r{number % 5}" if answers else None,
                talk_seconds=60.0 if answers else None,
                wrapup_seconds=10.0 if answers else None,
                hangup_by="callee" if answers else "dialer",
            )
        )
    return found


def rate_of(records: Sequence[Record]) -> float:
    data = fit_scenario(records, "UTC")
    rate = data["callees"]["c"]["answer_rate"]
    return sum(rate.values()) / len(rate) if isinstance(rate, dict) else rate


def test_the_answer_rate_is_found_although_calls_are_given_up() -> None:
    plain = sum(r.answered_at is not None for r in calls(6000, 15.0)) / 6000

    assert plain < 0.26  # counted plainly it would be far too low
    assert rate_of(calls(6000)) == pytest.approx(0.30, abs=0.015)
    assert rate_of(calls(6000, 15.0)) == pytest.approx(0.30, abs=0.02)


def test_the_ring_law_is_found_although_long_rings_are_given_up() -> None:
    data = fit_scenario(calls(6000, 12.0), "UTC")
    ring = data["callees"]["c"]["ring"]["values"]

    assert sum(ring) / len(ring) == pytest.approx(13.0, abs=0.4)  # from ringing, 1 s later


def test_a_law_of_slices_keeps_the_mean_and_the_long_tail() -> None:
    chance = Random(3)
    values = [chance.lognormvariate(4.0, 1.0) for _ in range(5000)]
    law = empirical(values)

    assert law is not None
    kept = law["values"]
    assert len(kept) == 100
    assert sum(kept) / 100 == pytest.approx(sum(values) / 5000, rel=0.001)
    assert kept[-1] > 5 * kept[50]


def test_weights_count_in_a_law() -> None:
    law = empirical([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 5.0])

    assert law is not None
    assert sum(law["values"]) / len(law["values"]) == pytest.approx(26 / 8, abs=0.01)


def test_too_few_values_are_no_law() -> None:
    assert empirical([1.0, 2.0]) is None


def test_reps_who_differ_are_told_from_reps_who_had_bad_luck() -> None:
    chance = Random(4)

    def records(factors: Sequence[float]) -> list[Record]:
        return [
            Record("c", 0.0, 1.0, "connected", agent=f"r{rep}", talk_seconds=talk)
            for rep, factor in enumerate(factors)
            for talk in (factor * chance.lognormvariate(4.0, 0.7) for _ in range(60))
        ]

    alike = fit_paces(records([1.0] * 12))
    differ = fit_paces(records([0.6, 1.6] * 6))
    assert alike.spread < 0.12
    assert differ.spread == pytest.approx(0.5, abs=0.15)
    assert differ.of("r1") / differ.of("r0") == pytest.approx(1.6 / 0.6, rel=0.2)
    assert differ.of(None) == 1.0


def test_a_long_gap_between_calls_is_a_break() -> None:
    def call(at: float) -> Record:
        return Record(
            "c", at, at + 50, "connected", answered_at=at, connected_at=at, agent="r1",
            talk_seconds=50.0, wrapup_seconds=10.0,
        )  # fmt: skip

    spans = spans_of([call(START), call(START + 120), call(START + 2000)])
    assert [(s.since - START, s.until - START, s.away) for s in spans] == [
        (0, 180, False),
        (180, 2000, True),
        (2000, 2060, False),
    ]


def test_a_fitted_scenario_is_a_scenario_and_survives_its_file(tmp_path: Path) -> None:
    data = fit_scenario(calls(800, 15.0), "Europe/Berlin", title='from "spring", März')
    path = tmp_path / "fitted.toml"
    path.write_text(as_toml(data, ("one line",)), encoding="utf-8")
    read, direct = read_scenario(path), checked(data)

    assert isinstance(read, Scenario), str(read)
    assert read == direct
    assert read.scenario.start.startswith("2026-03-02T10:00:")
    assert read.reps_in_all == 5


# --- where records come from ----------------------------------------------------------------------


def export(path: Path, form: str, count: int = 40) -> list[Record]:
    """Write an export as the product does."""
    rows = []
    for number, record in enumerate(calls(count)):
        fields = {name: getattr(record, name) for name in Record.__struct_fields__}
        fields |= {"attempt_id": f"a{number}", "lead_id": f"l{number}", "number": "+12125550100"}
        fields |= {"caller_id": "", "trunk": "t", "node": "n", "disposition": None}
        rows.append(complete_cdr(recording=None, **fields))
    with path.open("w", encoding="utf-8", newline="") as out:
        if form == "csv":
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows(csv_fields(row) for row in rows)
        else:
            out.writelines(json_line(row) + "\n" for row in rows)
    return calls(count)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_read_back_as_it_was(tmp_path: Path, form: str) -> None:
    written = export(tmp_path / "cdrs", form)
    found = read_records(tmp_path / "cdrs")

    assert len(found) == len(written)
    for ours, theirs in zip(found, written, strict=True):
        assert ours.outcome == theirs.outcome
        assert ours.placed_at == pytest.approx(theirs.placed_at, abs=0.001)
        assert ours.talk_seconds == theirs.talk_seconds
        assert (ours.answered_at is None) == (theirs.answered_at is None)


def row(**changes: Any) -> dict[str, Any]:
    plain = {
        "campaign": "c", "placed_at": "2026-03-02T09:00:00.000Z", "answered_at": None,
        "connected_at": None, "ended_at": "2026-03-02T09:00:25.000Z", "outcome": "no_answer",
    }  # fmt: skip
    return {**plain, **changes}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no campaign"),
        ("a,b\n1,2\n", "cdrs:1: has no campaign, placed_at"),
        ("{broken\n", "cdrs:1: is not JSON"),
        (json.dumps(row()) + "\n[1]\n", "cdrs:2: is no JSON object"),
        (json.dumps(row(outcome="sold")), "cdrs:1: outcome 'sold' is none of connected"),
        (json.dumps(row(placed_at="noon")), "cdrs:1: placed_at cannot be 'noon'"),
        (json.dumps(row(placed_at=None)), "cdrs:1: placed_at and ended_at are needed"),
        (json.dumps(row(ended_at=None)), "holds no call that has ended"),
    ],
)
def test_records_that_cannot_be_read_are_one_clear_line(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "cdrs").write_text(text, encoding="utf-8")

    with pytest.raises(RecordsError, match="cdrs") as error:
        read_records(tmp_path / "cdrs")
    assert said in str(error.value)


def test_a_day_can_be_fitted_from_the_calls_it_made(
    make_scenario: Callable[..., Scenario],
) -> None:
    """A scenario is simulated, its calls fitted, and the fit simulated: it tells the same story."""
    scenario = make_scenario(
        scenario={"hours": 2.0, "start": "2026-03-02T09:00"},
        pool={"method": "progressive"},
        callees={"c": {"answer_rate": 0.35}},
        reps={"count": 40, "pace_spread": 0.3},
    )
    records: list[Record] = []

    class Recording(Shift):
        def commands(self, pool: str, commands: Sequence[Any]) -> None:
            for command in commands:
                if isinstance(command, CloseAttempt):
                    record = record_of(command)
                    self.open_records[command.attempt] = record
                    records.append(record)
                elif isinstance(command, NoteWrapup):
                    self.open_records[command.attempt].wrapup_seconds = command.wrapup_seconds
            super().commands(pool, commands)

        open_records: dict[str, Record] = {}  # noqa: RUF012

    was = Recording(scenario, 1).run()
    data = fit_scenario(records, "UTC", pool={"method": "progressive"})
    fitted = checked(data)
    assert isinstance(fitted, Scenario), str(fitted)
    again = run_shift(fitted, 2)

    assert again.utilisation == pytest.approx(was.utilisation, abs=0.03)
    assert again.wait_mean_s == pytest.approx(was.wait_mean_s, rel=0.08)
    assert again.connected == pytest.approx(was.connected, rel=0.08)
    assert again.calls_per_connected == pytest.approx(was.calls_per_connected, rel=0.08)
