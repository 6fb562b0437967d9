"""The pages of docs/reference say what the program says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import docs


@pytest.mark.parametrize("name", docs.PAGES_BY_NAME)
def test_a_page_is_as_its_maker_writes_it(name: str) -> None:
    written = Path(docs.PAGES, f"{name}.md").read_text(encoding="utf-8")
    assert written == docs.PAGES_BY_NAME[name](), "write it anew: python -m tools.docs"


def test_a_comment_above_a_column_or_behind_it_is_the_columns() -> None:
    source = (
        'calls = Table(\n    "calls",\n    metadata,\n    # When it ended.\n'
        '    Column("ended_at", UnixTime),\n    Column("cause", Integer),  # Q.850\n)\n'
    )
    assert docs._comments(source) == {
        ("calls", "ended_at"): "When it ended.",
        ("calls", "cause"): "Q.850",
    }


def test_a_cell_cannot_break_its_table() -> None:
    assert docs.table(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y z |"
