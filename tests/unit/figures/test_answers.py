"""Answers of DuckDB, over files and rows without one, are those of plain Python."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures.base import DamagedFilesError, FigureBase, Source
from figures.facts import CALLS, FACTS, TIMES, Fact, Row
from figures.files import DayFile
from figures.question import Question
from figures.rows import columns
from tests.unit.figures.worlds import (
    FIRST,
    calls,
    day_of,
    in_order,
    in_plain_python,
    questions,
    times,
)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[FigureBase]:
    found = FigureBase(tmp_path)
    yield found
    found.close()


def kept(base: FigureBase, fact: Fact, rows: Sequence[Row], in_files: set[int]) -> Source:
    """Days of `in_files` as files, the others as rows."""
    days = sorted({day_of(fact, row) for row in rows} & in_files)
    files = []
    for day in days:
        its = [row for row in rows if day_of(fact, row) == day]
        name = f"{fact.name}-{day}.parquet"
        files.append(base.write(fact, day, columns(fact, in_order(fact, its)), name))
    rest = [row for row in rows if day_of(fact, row) not in in_files]
    return Source(files, columns(fact, in_order(fact, rest)))


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    question=questions(),
    some_calls=st.lists(calls(), max_size=25),
    some_times=st.lists(times(), max_size=6),
    files=st.sets(st.integers(0, 10)),
)
def test_any_question_over_any_rows_is_answered_as_plain_python_does(
    base: FigureBase,
    question: Question,
    some_calls: list[Row],
    some_times: list[list[Row]],
    files: set[int],
) -> None:
    rows = {"calls": some_calls, "times": [piece for one in some_times for piece in one]}
    first = (FIRST - FIRST.fromordinal(719163)).days
    days = {first + i for i in files}
    sources = {name: kept(base, FACTS[name], its, days) for name, its in rows.items()}

    assert base.ask(question.checked(), sources) == in_plain_python(question, rows)


def a_file(folder: Path, base: FigureBase) -> tuple[DayFile, Path]:
    row = dict.fromkeys(CALLS.columns) | {"placed_ms": 1_700_000_000_000, "campaign": "c"}
    file = base.write(CALLS, 19675, columns(CALLS, in_order(CALLS, [row])), "day.parquet")
    return file, folder / file.name


def asked(base: FigureBase, file: DayFile) -> None:
    question = Question(
        figures=("dials",), begin=FIRST.replace(year=2023), end=FIRST, zone="UTC"
    ).checked()
    (line,) = base.ask(question, {"calls": Source([file], columns(CALLS, []))}).lines
    assert line.cells[0].value == 1


@settings(deadline=None, max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_is_ever_read(place: float, bit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = FigureBase(Path(folder))
        file, path = a_file(Path(folder), base)
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 1 << bit
        path.write_bytes(data)

        with pytest.raises(DamagedFilesError) as raised:
            asked(base, file)
        assert list(raised.value.files) == [file]
        base.close()


def test_a_file_that_was_whole_is_checked_again_when_it_was_touched(
    base: FigureBase, tmp_path: Path
) -> None:
    file, path = a_file(tmp_path, base)
    asked(base, file)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(DamagedFilesError):
        asked(base, file)


def test_a_file_that_is_gone_is_damaged(base: FigureBase, tmp_path: Path) -> None:
    file, path = a_file(tmp_path, base)
    path.unlink()

    with pytest.raises(DamagedFilesError):
        asked(base, file)


def test_an_empty_day_is_a_file_too(base: FigureBase) -> None:
    file = base.write(TIMES, 20000, columns(TIMES, []), "none.parquet")

    assert file.rows == 0
