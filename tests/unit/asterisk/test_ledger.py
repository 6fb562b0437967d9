"""The node's own record of calls, whole or cut, read from its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk import ledger
from dialer.asterisk.ledger import OLDER_ROWS, parse_row, read_all, read_rows, read_since
from dialer.ports.switch import LedgerRow

T0 = 1_763_800_000.0
TALKED = (
    '"01J9A",1763800000.100000,1763800005.200000,1763800065.300000,65.200000,60.100000,'
    'ANSWERED,16,"leg-01J-1-rep01",1763800005.250000,'
)
UNANSWERED = '"01J9B",1763800000.100000,,1763800025.100000,25.000000,0.000000,NO ANSWER,,"",,'


def row(attempt: str, end: float, *, disposition: str = "NO ANSWER", stage: str = "") -> str:
    return f'"{attempt}",{end - 20:.6f},,{end:.6f},20.000000,0.000000,{disposition},,"",,{stage}\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialer.csv"


# --- one row --------------------------------------------------------------------------------------


def test_the_row_of_a_conversation_has_all_of_it() -> None:
    assert parse_row(TALKED + "\n") == LedgerRow(
        attempt="01J9A",
        start=1763800000.1,
        answer=1763800005.2,
        end=1763800065.3,
        disposition="ANSWERED",
        cause=16,
        leg="leg-01J-1-rep01",
        bridged=1763800005.25,
        stage="",
    )


def test_what_did_not_happen_is_none() -> None:
    found = parse_row(UNANSWERED)

    assert found == LedgerRow("01J9B", 1763800000.1, None, 1763800025.1, "NO ANSWER", None)


def test_the_zeros_asterisk_writes_are_no_times() -> None:
    zeros = UNANSWERED.replace(",,1763", ",0.000000,1763").replace('"",,', '"",0.000000,')
    found = parse_row(zeros)

    assert found is not None
    assert (found.answer, found.bridged) == (None, None)


@pytest.mark.parametrize("stage", ["message", "orphan"])
def test_the_stage_is_told(stage: str) -> None:
    found = parse_row(UNANSWERED + stage)

    assert found is not None
    assert found.stage == stage


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "uniqueid,start,answer,end,duration,billsec,disposition,cause,leg,bridged,stage",
        UNANSWERED + ",more",
        UNANSWERED[:-1],
        TALKED.replace("1763800065.300000", ""),
        TALKED.replace("1763800065.300000", "nan"),
        TALKED.replace("1763800065.300000", "0.000000"),
        TALKED.replace("1763800065.300000", "-1"),
        TALKED.replace("1763800000.100000", "inf"),
        TALKED.replace("1763800005.250000", "soon"),
        TALKED.replace(",16,", ",normal,"),
        "\0" * 200_000,
        "a\rb,c",
        '"' + "x" * 200_000,
    ],
    ids=lambda line: repr(line[-24:]),
)
def test_what_is_no_whole_row_is_none(line: str) -> None:
    assert parse_row(line) is None


@given(st.text(max_size=200))
def test_no_line_however_garbled_does_harm(line: str) -> None:
    found = parse_row(line)

    assert found is None or found.end > 0


@given(st.integers(0, len(TALKED) - 1))
def test_a_row_cut_anywhere_is_never_taken_for_a_whole_one(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Neither as the last in the file nor with the next one written behind it."""
    path = tmp_path_factory.mktemp("cut") / "dialer.csv"
    path.write_text(row("first", T0) + TALKED[:cut])
    assert set(read_rows(path, ["first", "01J9A"], 0.0)) == {"first"}
    assert [each.attempt for each in read_all(path)] == ["first"]

    with path.open("a") as file:
        file.write(row("next", T0 + 90) + row("last", T0 + 91))
    found = read_rows(path, ["first", "01J9A", "next", "last"], 0.0)
    assert set(found) - {"next"} == {"first", "last"}
    assert cut == 0 or "next" not in found


# --- the file -------------------------------------------------------------------------------------


def test_a_ledger_that_is_not_there_yet_has_no_rows(path: Path) -> None:
    assert read_rows(path, ["a"], 0.0) == {}
    assert list(read_all(path)) == []


def test_an_empty_ledger_has_no_rows(path: Path) -> None:
    path.touch()

    assert read_rows(path, ["a"], 0.0) == {}


def test_nobody_asked_for_means_that_nothing_is_read(path: Path) -> None:
    path.mkdir()  # to read it would fail

    assert read_rows(path, [], 0.0) == {}


def test_a_ledger_that_cannot_be_read_is_an_error(path: Path) -> None:
    path.mkdir()

    with pytest.raises(OSError, match=r"dialer\.csv"):
        read_rows(path, ["a"], 0.0)


def test_only_the_attempts_asked_for_are_found(path: Path) -> None:
    path.write_text("".join(row(name, T0) for name in "abc"))

    assert set(read_rows(path, ["b", "z"], T0)) == {"b"}


def test_of_two_rows_for_one_attempt_the_later_counts(path: Path) -> None:
    path.write_text(
        row("a", T0, disposition="FAILED") + row("b", T0) + row("a", T0 + 5, disposition="BUSY")
    )

    assert read_rows(path, ["a"], 0.0)["a"].disposition == "BUSY"
    assert [each.attempt for each in read_all(path)] == ["a", "b", "a"]


def test_reading_ends_when_many_rows_are_older_than_a_minute_before(path: Path) -> None:
    """Rows are written when a call ends, in nearly that order."""
    others = "".join(row(f"other{n}", T0 - 61) for n in range(OLDER_ROWS))
    path.write_text(row("old", T0 - 61) + others + row("slack", T0 - 59) + row("new", T0))

    assert set(read_rows(path, ["old", "slack", "new"], T0)) == {"slack", "new"}


def test_a_clock_that_was_put_back_hides_no_row(path: Path) -> None:
    """The node stamped a few calls three hours early, then its clock was put right."""
    path.write_text(row("a", T0) + row("b", T0 - 10_800) + row("c", T0 + 1))

    assert set(read_rows(path, ["a", "b"], T0)) == {"a", "b"}


def test_a_garbled_row_does_not_end_the_reading(path: Path) -> None:
    garbled = UNANSWERED.replace("1763800025.100000", "0.000000")
    path.write_text(f"{row('a', T0)}{garbled}\nrubbish\n\n{row('b', T0)}")

    assert set(read_rows(path, ["a", "b"], T0)) == {"a", "b"}


def test_bytes_that_are_no_text_cost_only_their_own_row(path: Path) -> None:
    path.write_bytes(row("a", T0).encode() + b"\xff\xfe\0\n" + row("b", T0).encode())

    assert set(read_rows(path, ["a", "b"], T0)) == {"a", "b"}
    assert [each.attempt for each in read_all(path)] == ["a", "b"]


def test_a_row_that_is_being_written_is_not_read_before_its_end(path: Path) -> None:
    path.write_text(row("a", T0) + row("b", T0, stage="message")[:-4])
    assert set(read_rows(path, ["a", "b"], T0)) == {"a"}

    path.write_text(row("a", T0) + row("b", T0, stage="message"))
    assert read_rows(path, ["a", "b"], T0)["b"].stage == "message"


@given(
    names=st.lists(st.sampled_from("abcdefgh"), max_size=12),
    chunk=st.integers(1, 400),
    is_cut=st.booleans(),
)
def test_the_size_of_the_pieces_read_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], chunk: int, is_cut: bool
) -> None:
    path = tmp_path_factory.mktemp("chunks") / "dialer.csv"
    rows = [row(name, T0 + index) for index, name in enumerate(names)]
    path.write_text("".join(rows)[: -1 if is_cut else None])
    whole = rows[:-1] if is_cut else rows
    expected = {found.attempt: found for found in map(parse_row, whole) if found}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "CHUNK", chunk)
        assert read_rows(path, "abcdefgh", 0.0) == expected


# --- all rows of a time ---------------------------------------------------------------------------


def test_rows_since_a_time_are_those_that_ended_then_and_the_oldest_says_how_far_they_go(
    path: Path,
) -> None:
    path.write_text("".join(row(f"A{n}", T0 + 100 * n) for n in range(5)))

    found, whole_since = read_since(path, T0 + 250)

    assert [it.attempt for it in found] == ["A3", "A4"]
    assert whole_since == T0, "who was called after the first end has a row"


def test_a_rotated_ledger_is_read_on_in_the_file_before(path: Path) -> None:
    before = path.with_name("dialer.csv.1")
    before.write_text(row("A0", T0) + row("A1", T0 + 100))
    os.utime(before, (T0, T0))
    path.with_name("dialer.csv.2.gz").write_bytes(b"packed")
    path.write_text(row("A2", T0 + 200))

    found, whole_since = read_since(path, T0 + 50)

    assert [it.attempt for it in found] == ["A1", "A2"]
    assert whole_since == T0


def test_a_ledger_that_is_empty_or_not_there_is_whole_since_never(path: Path) -> None:
    assert read_since(path, 0.0) == ([], None)
    path.write_text("")
    assert read_since(path, 0.0) == ([], None)
