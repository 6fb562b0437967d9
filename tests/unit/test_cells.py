"""What a spreadsheet would run, and what it may have as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.cells import harmless, original


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("http://x","click")',
        "+1+1",
        "+4930123456*2",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1+1",
        "-",
        "+49 30 123456",
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+4930123456", "-1.500", "12", "", "anna", "a=b", "'=1"])
def test_numbers_and_everything_else_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_reports_of_earlier_versions_are_read_as_well() -> None:
    assert original("'+4930123456") == "+4930123456"


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n '0123456789.ab＝"), max_size=8))
def test_nothing_that_could_be_run_is_left(cell: str) -> None:
    shown = harmless(cell)
    risky = shown.lstrip()[:1] in set("=+-@＝＋－＠")
    assert not risky or shown.lstrip("+-").replace(".", "", 1).isdecimal()
    assert shown in {cell, f"'{cell}"}
    if not cell.startswith("'"):
        assert original(shown) == cell
