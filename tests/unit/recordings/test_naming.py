from __future__ import annotations

import re
from datetime import date
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.naming import (
    day_folders,
    day_of,
    find_raw,
    raw_files,
    raw_path,
    remove_empty_raw,
    safe_name,
    stem,
    stem_of_raw,
)

DAY = 1_767_600_000.0


@given(st.text())
def test_any_text_becomes_a_name_that_is_safe_everywhere(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_~][A-Za-z0-9._~-]{0,79}", safe_name(text))


@given(st.text(), st.text())
def test_two_texts_never_share_a_name(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


@given(st.text())
def test_a_safe_name_is_its_own(text: str) -> None:
    name = safe_name(text)
    assert "~" in name or name == text


@pytest.mark.parametrize("text", ["../../etc", "a/b", ".hidden", "-rf", "", "a,b", "a;b$(c)", "春"])
def test_what_could_do_harm_in_a_path_is_replaced(text: str) -> None:
    name = safe_name(text)
    assert name != text
    assert PurePosixPath(name).name == name


def test_the_day_is_the_one_in_utc() -> None:
    assert day_of(DAY - 8 * 3600) == "2026-01-05"
    assert day_of(DAY - 8 * 3600 - 0.001) == "2026-01-04"


@given(st.text(min_size=1), st.text(min_size=1), st.floats(0, 4e9))
def test_a_raw_file_tells_where_the_finished_one_goes(
    attempt: str, campaign: str, placed_at: float
) -> None:
    root = Path("/rec")
    name = stem(attempt, campaign, placed_at)
    assert stem_of_raw(root, raw_path(root, name)) == name


def test_a_raw_file_is_found_by_its_attempt_alone(tmp_path: Path) -> None:
    for campaign, attempt in (("a", "A1"), ("b", "A2")):
        raw = raw_path(tmp_path, stem(attempt, campaign, DAY))
        raw.parent.mkdir(parents=True)
        raw.touch()
    assert find_raw(tmp_path, "A2") == tmp_path / "raw/2026-01-05/b/A2.raw"
    assert find_raw(tmp_path, "A3") is None


def test_nothing_is_found_where_nothing_was_recorded(tmp_path: Path) -> None:
    assert find_raw(tmp_path / "none", "A1") is None
    assert raw_files(tmp_path / "none") == []


def test_folders_that_are_no_day_are_left_out(tmp_path: Path) -> None:
    for name in ("raw", "2026-02-30", "2026-01-05", "2025-12-31", "lost+found"):
        (tmp_path / name).mkdir()
    assert [day for day, _ in day_folders(tmp_path)] == [date(2025, 12, 31), date(2026, 1, 5)]


def test_only_empty_raw_folders_of_past_days_are_removed(tmp_path: Path) -> None:
    (tmp_path / "raw/2026-01-05/empty").mkdir(parents=True)
    (tmp_path / "raw/2026-01-06/full").mkdir(parents=True)
    (tmp_path / "raw/2026-01-06/full/A1.raw").touch()
    (tmp_path / "raw/9999-01-01/coming").mkdir(parents=True)
    remove_empty_raw(tmp_path)
    left = sorted(str(p.relative_to(tmp_path / "raw")) for p in tmp_path.glob("raw/*/*"))
    assert left == ["2026-01-06/full", "9999-01-01/coming"]
    assert not (tmp_path / "raw/2026-01-05").exists()
