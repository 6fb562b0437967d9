"""Lists as Excel keeps them."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from dialer.leads import ListFileError, import_dnc

if TYPE_CHECKING:
    from conftest import Lists

Sheet = list[list[Any]]


def workbook(path: Path, **sheets: Sheet) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def repacked(path: Path, name: str, content: bytes) -> Path:
    """The workbook with one of its parts exchanged."""
    other = path.with_name("repacked.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, content if one.filename == name else old.read(one))
    return other


async def test_a_workbook_is_a_list(lists: Lists, tmp_path: Path) -> None:
    rows: Sheet = [
        ["客户名单（2026年11月）"],
        [],
        ["姓名", "手机号码", "备用电话", "生日", "余额", "拒绝来电"],
        ["Ann", 13812345678, None, datetime(1990, 5, 1), 12.5, None],  # noqa: DTZ001
        ["Bo", 13812345679.0, "010-12345678转12", None, 3.0, False],
        ["Cy", "13812345670", None, None, None, True],
        ["Di", datetime(2026, 11, 30), None, None, None, None],  # noqa: DTZ001
        ["Ed", 1.38123456781234e16, None, None, None, None],
    ]

    result = await lists.take(workbook(tmp_path / "l.xlsx", Sheet1=rows))

    assert (result.imported, result.rejected, result.opted_out) == (2, 3, 1)
    assert (result.encoding, result.rows) == ("xlsx", 5)
    leads = await lists.leads()
    assert [n.number for n in leads["Ann"].numbers] == ["+8613812345678"]
    assert dict(leads["Ann"].custom) == {"生日": "1990-05-01", "余额": "12.5"}
    assert [(n.number, n.extension) for n in leads["Bo"].numbers] == [
        ("+8613812345679", ""),
        ("+861012345678", "12"),
    ]
    reasons = {row["row"]: row["reason"] for row in lists.report(result)}
    assert "asked not to be called" in reasons["6"]
    assert "a date" in reasons["7"]
    assert "spreadsheet" in reasons["8"]


async def test_the_first_sheet_with_numbers_is_the_list(lists: Lists, tmp_path: Path) -> None:
    sheets: dict[str, Sheet] = {
        "Cover": [["Made by", "ACME"]],
        "Leads": [["Name", "Phone"], ["Ann", 13812345678]],
        "Old": [["Name", "Phone"], ["Bo", 13812345679]],
    }

    await lists.take(workbook(tmp_path / "l.xlsx", **sheets))

    assert set(await lists.leads()) == {"Ann"}


async def test_a_workbook_is_a_do_not_call_list_too(lists: Lists, tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", S=[[13812345678], [13812345679]])

    result = await import_dnc(path, lists.store, default_region="CN")

    assert result.imported == 2


async def test_a_big_workbook_is_read_by_a_process_of_its_own(
    lists: Lists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.leads.importer.ALONE_FROM_BYTES", 1)
    rows: Sheet = [["Phone"], *([13812340000 + n] for n in range(300))]

    result = await lists.take(workbook(tmp_path / "l.xlsx", S=rows))

    assert result.imported == 300


@pytest.mark.parametrize(
    ("part", "content", "complaint"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 40_000_000, "would unpack to"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>', "entities"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row", "damaged|empty"),
        ("xl/workbook.xml", b"no xml", "damaged"),
    ],
)
async def test_a_workbook_that_is_a_trap_or_broken_is_refused_in_a_line(
    lists: Lists, tmp_path: Path, part: str, content: bytes, complaint: str
) -> None:
    path = workbook(tmp_path / "l.xlsx", S=[["Phone"], [13812345678]])

    with pytest.raises(ListFileError, match=complaint) as refused:
        await lists.take(repacked(path, part, content))
    assert "\n" not in str(refused.value)


async def test_other_zip_files_are_refused_with_what_to_do(lists: Lists, tmp_path: Path) -> None:
    path = tmp_path / "l.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("content.xml", "<x/>")

    with pytest.raises(ListFileError, match=r"OpenDocument file; save the list as \.xlsx or CSV"):
        await lists.take(path)
