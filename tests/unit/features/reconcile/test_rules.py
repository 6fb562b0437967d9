"""Losses are found, each once, and nothing else is."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dialer.features.reconcile.rules import (
    GRACE_S,
    TOLERANCE_S,
    Call,
    FileSeen,
    Found,
    Ledger,
    differences,
)
from dialer.ports.store import Recording
from dialer.words import DIFFERENCE_KINDS, DifferenceKind, RecordingState
from tests.unit.features.reconcile.days import (
    NOW,
    OF_ANY,
    OF_TALKS,
    START,
    Day,
    call,
    day,
    days,
    file,
    row,
)


def found(it: Day, now: float = NOW) -> list[tuple[str, str]]:
    seen = differences(it.calls, it.ledger, it.files, now)
    return sorted((each.kind, each.attempt) for each in seen)


@given(days())
def test_where_all_sides_agree_nothing_differs(it: Day) -> None:
    assert found(it) == []


@given(days(), st.data())
def test_each_loss_is_found_and_no_other(it: Day, data: st.DataObject) -> None:
    lost: list[tuple[DifferenceKind, str]] = []
    for each in it.calls:
        kinds = OF_TALKS if each.recording else OF_ANY
        kind = data.draw(st.sampled_from([None, *kinds]))
        if kind is not None:
            it = kinds[kind](it, each)
            lost.append((kind, each.cdr.attempt_id))

    assert found(it) == sorted(lost)


def test_every_kind_can_be_lost_here() -> None:
    assert set(OF_TALKS) == set(get_args(DifferenceKind)) == set(DIFFERENCE_KINDS)


@pytest.mark.parametrize("kind", OF_TALKS)
def test_what_is_young_is_no_difference_yet(kind: DifferenceKind) -> None:
    it = OF_TALKS[kind](day([call("A", talk=30.0), call("B")]), call("A", talk=30.0))
    is_compared = kind in {"answer", "outcome", "end"}  # both sides are there already

    assert bool(found(it, START + GRACE_S)) is is_compared


def only(it: Call, **changes: object) -> list[Found]:
    """Of one record, as it was changed, and the row it had."""
    changed = replace(it, cdr=replace(it.cdr, **changes), recording=None)
    return differences([changed], Ledger(rows=[row(it)], whole_since=START), None, NOW)


def test_a_call_that_goes_on_differs_when_the_switch_ended_it_long_ago() -> None:
    assert [it.kind for it in only(call("A"), ended_at=None)] == ["end"]


def test_who_answers_in_the_moment_of_the_end_may_be_seen_by_one_side_alone() -> None:
    it = call("A")
    assert it.cdr.ended_at is not None
    late = row(it)
    late = replace(late, answer=late.end - TOLERANCE_S / 2)

    ledger = Ledger(rows=[late], whole_since=START)
    assert differences([it], ledger, None, NOW) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"ringing_at": None},  # it never was on the switch: a trunk that cannot be reached
        {"hangup_cause": 0},  # the switch died with it
        {"placed_at": START - 1},  # before the ledger begins
    ],
)
def test_a_row_is_missed_only_where_there_should_be_one(changes: dict[str, object]) -> None:
    it = call("A")
    changed = replace(it, cdr=replace(it.cdr, **changes))

    assert differences([it], Ledger(rows=[], whole_since=START), None, NOW)[0].kind == "no_entry"
    assert differences([changed], Ledger(rows=[], whole_since=START), None, NOW) == []
    assert differences([it], Ledger(rows=[], whole_since=None), None, NOW) == []


def test_a_side_that_cannot_be_read_differs_in_nothing() -> None:
    assert differences([call("A", talk=30.0)], None, None, NOW) == []


# --- recordings -----------------------------------------------------------------------------------


def recorded(state: RecordingState, path: str = "") -> Call:
    it = call("A", talk=30.0)
    assert it.recording is not None
    return replace(it, recording=replace(it.recording, state=state, path=path))


RAW = FileSeen(
    attempt="A", path="raw/2027-01-15/spring/A.raw", bytes=1, written_at=START, is_raw=True
)


@pytest.mark.parametrize(
    ("it", "files", "kinds"),
    [
        (recorded(RecordingState.DELETED), [], []),
        (recorded(RecordingState.DELETED), [RAW], ["recording_unnamed"]),
        (recorded(RecordingState.RAW, RAW.path), [RAW], []),
        (recorded(RecordingState.RAW, RAW.path), [], ["recording_missing"]),
        (recorded(RecordingState.FAILED), [], ["recording_missing"]),
    ],
)
def test_what_is_not_kept_as_a_file_is_judged_by_its_state(
    it: Call, files: list[FileSeen], kinds: list[str]
) -> None:
    assert [each.kind for each in differences([it], None, files, NOW)] == kinds


def test_the_recording_of_a_call_in_progress_belongs_to_it() -> None:
    it = call("A", talk=30.0)
    goes_on = replace(it, cdr=replace(it.cdr, ended_at=None, recording=None), recording=None)

    assert differences([goes_on], None, [RAW], NOW) == []
    assert [each.kind for each in differences([], None, [RAW], NOW)] == ["recording_unnamed"]


def test_an_encrypted_recording_is_known_by_its_size_and_checksum() -> None:
    it = call("A", talk=30.0)
    assert isinstance(it.recording, Recording)
    sealed = replace(file(it.recording), seconds=None)

    assert differences([it], None, [sealed], NOW) == []
