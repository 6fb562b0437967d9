"""Lists as files: what is in them, and that a wish, a crash or a stranger changes nothing else."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
import tracemalloc
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dialer.kit import sheets
from dialer.kit.errors import Refused
from dialer.kit.export import KEPT_S, MOST_OF_ONE, Exports, ExportView, SheetWish, sheet_of
from dialer.kit.sheets import Cell, Heading, Job, Sheet, write
from tests.kit.eventually import eventually

SHEET = Sheet(
    title="Calls",
    columns=(
        Heading("Placed", "moment"), Heading("Name"), Heading("Talk", "seconds"),
        Heading("Cause", "number"),
    ),
    zone="Asia/Shanghai",
)  # fmt: skip
AT = 1_800_000_000.0  # 2027-01-15 08:00 UTC
ROWS: list[list[Cell]] = [[AT, "王芳", 61.23456, 16], [None, "=HYPERLINK(1)", None, None]]


def lines(path: Path, form: Any, sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> list[bytes]:
    job = Job(path=str(path), form=form, sheet=sheet)
    return [msgspec.json.encode(it) for it in (job, *rows)]


def read_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))


def test_a_csv_has_the_readers_zone_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert write(lines(path, "csv", SHEET, ROWS)) == 2

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(path) == [
        ["Placed", "Name", "Talk", "Cause"],
        ["2027-01-15 16:00:00", "王芳", "61.235", "16"],
        ["", "'=HYPERLINK(1)", "", ""],
    ]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_workbook_has_times_numbers_and_text_as_such(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write(lines(path, "xlsx", SHEET, ROWS))
    page = load_workbook(path).active
    assert page is not None

    assert page.freeze_panes == "A2"
    assert [cell.font.bold for cell in page[1]] == [True] * 4
    assert [cell.value for cell in page[2]] == [datetime(2027, 1, 15, 16), "王芳", 61.235, 16]  # noqa: DTZ001
    assert (page["B3"].value, page["B3"].data_type) == ("'=HYPERLINK(1)", "s")
    assert [it.name for it in tmp_path.iterdir()] == ["x.xlsx"]


def test_a_workbook_goes_on_with_another_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    path = tmp_path / "x.xlsx"
    write(lines(path, "xlsx", SHEET, [[None, str(n), None, None] for n in range(5)]))
    book = load_workbook(path)

    assert book.sheetnames == ["Calls", "Calls 2", "Calls 3"]
    found = [row[1] for page in book for row in page.iter_rows(min_row=2, values_only=True)]
    assert found == list("01234")


#: Whatever JSON can carry.
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=30, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=4), ANY)
def test_whatever_stands_in_a_cell_can_be_written_and_runs_nothing(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], title: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    sheet = Sheet(title=title, columns=(Heading(title), Heading("n", "number")))
    rows: list[list[Cell]] = [[text, n] for n, text in enumerate(texts)]
    for form in ("csv", "xlsx"):
        write(lines(folder / f"x.{form}", form, sheet, rows))
    page = load_workbook(folder / "x.xlsx").active
    assert page is not None
    assert page.max_row == len(texts) + 1
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    found = read_csv(folder / "x.csv")
    assert not any(row[0].lstrip().startswith(("=", "@", "＝")) for row in found if row)


def job_with(path: Path, form: Any, count: int) -> Iterator[bytes]:
    yield msgspec.json.encode(Job(path=str(path), form=form, sheet=SHEET))
    for n in range(count):
        yield msgspec.json.encode([AT + n, f"Name {n}", 1.5, n])


def test_a_workbook_leaves_the_folder_of_others_as_it_was(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    write(job_with(tmp_path / "some.xlsx", "xlsx", 3))
    assert tempfile.gettempdir() == before


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_more_rows_need_no_more_memory(tmp_path: Path, form: str) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.{form}"
        tracemalloc.start()
        write(job_with(path, form, count))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # what is loaded once
    assert peak(3_000) < peak(100) + 500_000


# --- those of a service ---------------------------------------------------------------------------


class Watch:
    at = AT

    def now(self) -> float:
        return self.at


async def portions(*rows: Sequence[Cell]) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    for row in rows:
        yield [row]


@pytest.fixture
async def exports(tmp_path: Path) -> AsyncIterator[Exports]:
    made = Exports(tmp_path / "exports", Watch())
    yield made
    await made.close()


async def ended(exports: Exports, who: str, key: str) -> ExportView:
    def found() -> ExportView:
        view = exports.of(who, key)
        assert view is not None
        return view

    await eventually(lambda: found().state != "running", timeout_s=60)
    return found()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_file_is_written_by_another_process(exports: Exports, form: Any) -> None:
    started = exports.start("sue", "calls", form, SHEET, portions(*ROWS))
    view = await ended(exports, "sue", started.id)

    assert (started.state, started.name, started.rows) == ("running", f"calls.{form}", 0)
    assert (view.state, view.rows, view.error) == ("ready", 2, "")
    assert exports.file(view.id).stat().st_size > 50
    assert exports.of("mike", view.id) is None
    path = exports.file(view.id)
    await exports.drop(view.id)
    assert not path.exists()
    assert exports.of("sue", view.id) is None


async def test_what_fails_says_so_and_leaves_no_file(exports: Exports) -> None:
    async def broken() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        yield [ROWS[0]]
        raise OSError("the database is gone")

    of_rows = exports.start("sue", "calls", "csv", SHEET, broken())
    of_disk = exports.start("sue", "calls", "csv", SHEET, portions(*ROWS))
    exports.file(of_disk.id).write_text("somebody else's")

    for started in (of_rows, of_disk):
        view = await ended(exports, "sue", started.id)
        assert view.state == "failed"
        assert view.error
        assert not exports.file(view.id).exists()


async def test_one_person_has_a_few_and_old_ones_go(exports: Exports) -> None:
    clock: Any = exports._clock
    first = [
        exports.start("sue", "calls", "csv", SHEET, portions(*ROWS)) for _ in range(MOST_OF_ONE)
    ]
    with pytest.raises(Refused) as refused:
        exports.start("sue", "calls", "csv", SHEET, portions())
    assert refused.value.slug == "too-many-exports"
    exports.start("mike", "calls", "csv", SHEET, portions())
    for it in first:
        await ended(exports, "sue", it.id)
    path = exports.file(first[0].id)

    clock.at = AT + KEPT_S + 1
    exports.start("sue", "calls", "csv", SHEET, portions())

    assert exports.of("sue", first[0].id) is None
    assert not path.exists()


async def test_giving_up_ends_the_writing(exports: Exports) -> None:
    waits = asyncio.Event()

    async def endless() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        while True:
            yield [ROWS[0]]
            if exports._all[started.id].view.rows > 3:
                await waits.wait()

    started = exports.start("sue", "calls", "csv", SHEET, endless())
    await eventually(lambda: exports.of("sue", started.id).rows > 2, timeout_s=60)  # type: ignore[union-attr]
    path = exports.file(started.id)
    await exports.drop(started.id)

    assert not path.exists()


def test_what_an_earlier_run_left_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "left.csv").write_text("+4930123")

    Exports(folder, Watch())

    assert not folder.exists()


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ({"columns": [{"id": "none", "title": "x"}]}, "no-such-column"),
        ({"zone": "Mars/Olympus"}, "invalid-timezone"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(said: dict[str, Any], slug: str) -> None:
    wish = {"format": "csv", "columns": [{"id": "at", "title": "When"}], **said}
    with pytest.raises(Refused) as refused:
        sheet_of(SheetWish(**wish), {"at": "moment"})
    assert refused.value.slug == slug


def test_a_wish_keeps_the_readers_order_and_titles() -> None:
    wish = SheetWish(
        format="csv", columns=[{"id": "b", "title": "乙"}, {"id": "a", "title": "甲"}],
        zone="Europe/Berlin",
    )  # type: ignore[list-item]  # fmt: skip
    sheet = sheet_of(wish, {"a": "moment", "b": "text"})

    assert sheet.columns == (Heading("乙", "text"), Heading("甲", "moment"))
    assert datetime.fromtimestamp(AT, UTC).year == 2027


ABOUT = msgspec.structs.replace(
    SHEET,
    about=(("Days", "2027-01-15"), ("Filter", "=1+1")),
    columns=(*SHEET.columns, Heading("Rate", "share"), Heading("Calls", "whole")),
)
TOLD: list[list[Cell]] = [[*ROWS[0], 0.25, 12], [*ROWS[1], None, None]]


def test_what_a_reader_must_know_comes_first(tmp_path: Path) -> None:
    write(lines(tmp_path / "x.csv", "csv", ABOUT, TOLD))
    write(lines(tmp_path / "x.xlsx", "xlsx", ABOUT, TOLD))
    found = read_csv(tmp_path / "x.csv")
    book = load_workbook(tmp_path / "x.xlsx")

    assert found[:2] == [["# Days", "2027-01-15"], ["# Filter", "'=1+1"]]
    assert found[3][-2:] == ["0.25", "12"]
    assert book.sheetnames == ["About", "Calls"]
    assert [[cell.value for cell in row] for row in book["About"].rows][1] == ["Filter", "'=1+1"]
    assert (book["Calls"]["E2"].value, book["Calls"]["E2"].number_format) == (0.25, "0.0%")
    assert book["Calls"].freeze_panes == "A2"


def test_programs_get_types_and_what_is_to_be_known(tmp_path: Path) -> None:
    write(lines(tmp_path / "x.json", "json", ABOUT, TOLD))
    write(lines(tmp_path / "x.parquet", "parquet", ABOUT, TOLD))
    told = msgspec.json.decode((tmp_path / "x.json").read_bytes())
    duck = duckdb.connect()
    path = str(tmp_path / "x.parquet")
    rows = duck.execute("SELECT * FROM read_parquet($1)", [path]).fetchall()
    kinds = duck.execute("SELECT typeof(COLUMNS(*)) FROM read_parquet($1)", [path]).fetchone()
    notes = duck.execute("SELECT value FROM parquet_kv_metadata($1)", [path]).fetchall()

    assert told["about"]["Filter"] == "=1+1"
    assert told["rows"][0]["Placed"] == "2027-01-15T16:00:00.000+08:00"
    assert told["rows"][1]["Rate"] is None
    assert rows[0] == (datetime(2027, 1, 15, 8), "王芳", 61.23456, 16.0, 0.25, 12)  # noqa: DTZ001
    assert rows[1] == (None, "=HYPERLINK(1)", None, None, None, None)
    assert kinds == ("TIMESTAMP", "VARCHAR", "DOUBLE", "DOUBLE", "DOUBLE", "BIGINT")
    assert b"=1+1" in notes[0][0]
    assert (tmp_path / "x.parquet").stat().st_mode & 0o777 == 0o600


def test_columns_of_one_heading_are_both_in_a_parquet_file(tmp_path: Path) -> None:
    twice = Sheet(title="x", columns=(Heading("A"), Heading("a", "whole")))
    many: list[list[Cell]] = [[f"t'{n}", n] for n in range(25_000)]
    write(lines(tmp_path / "x.parquet", "parquet", twice, many))
    path = str(tmp_path / "x.parquet")
    found = duckdb.connect().execute("SELECT * FROM read_parquet($1)", [path]).fetchall()

    assert [list(row) for row in found] == many
