from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from dialer.leads import dnc_fault, import_dnc
from dialer.memory.store import InMemoryStore

NOW = 1_800_000_000.0
Write = Callable[..., Path]


async def test_numbers_are_put_on_the_do_not_call_list_from_a_file(
    store: InMemoryStore, write: Write
) -> None:
    text = "号码,原因\n13812345678,asked\n+1 202 555 0100,\n13812345678,again\nbad,\n"

    result = await import_dnc(
        write(text, encoding="gb18030"), store, default_region="CN", reason="register"
    )

    assert (result.imported, result.duplicates, result.rejected) == (2, 1, 1)
    assert set(await store.dnc.check(["+8613812345678", "+12025550100"], now=NOW)) == {
        "+8613812345678",
        "+12025550100",
    }
    assert result.report_path is not None
    with result.report_path.open(encoding="utf-8-sig", newline="") as file:
        [bad] = csv.DictReader(file)
    assert (bad["row"], bad["号码"]) == ("5", "bad")


async def test_a_bare_column_of_numbers_is_a_do_not_call_list(
    store: InMemoryStore, write: Write
) -> None:
    path = write("13812345678\n13812345679\n")

    result = await import_dnc(path, store, default_region="CN", expires_at=NOW)

    assert result.imported == 2
    assert await store.dnc.check(["+8613812345678"], now=NOW) == {}


async def test_people_are_found_behind_comments_labels_and_old_forms(
    store: InMemoryStore, write: Write
) -> None:
    text = "Phone\n0171 1234567 Mama\nFax 030 1234588\n+52 1 55 1234 5678\n+49 30 123456 x12\n"

    result = await import_dnc(write(text), store, default_region="DE")

    assert dnc_fault(result) == ""
    wanted = ["+491711234567", "+49301234588", "+525512345678", "+4930123456"]
    assert list(await store.dnc.check(wanted, now=NOW)) == wanted


async def test_a_list_that_is_not_whole_is_told_in_one_line(
    store: InMemoryStore, write: Write
) -> None:
    text = "Phone\n030 1234567\n030 1234568 / 1.38E+10\n"

    result = await import_dnc(write(text), store, default_region="DE")

    assert (result.imported, result.rejected) == (2, 1)
    fault = dnc_fault(result)
    assert "1 of 2 rows" in fault
    assert "row 3: a spreadsheet has shortened the number (1.38E+10)" in fault
    assert str(result.report_path) in fault
