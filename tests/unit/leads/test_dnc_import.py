from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from dialer.leads import import_dnc
from dialer.testing.store import InMemoryStore

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
