"""A changed key changes one line; whatever the layout, the data is what was meant."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.settings.campaign_files import as_toml
from dialer.settings.edit import CannotEditError, _bare, edited

TEXT = """\
# top
[pool.default]  # p
method = "ratio"  # how
# last word on the pool

# The spring campaign
[campaign.spring]
title = "x"
calling.end = "20:00"   # late

[[trunk]]
name = 't'
[campaign.autumn]
recycle = {busy = {after_minutes = 3.0}}
[campaign.autumn.calling]
weekdays = [
  1, # Monday
  2,
]
"""


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [it for it in old if it not in new], [it for it in new if it not in old]


@pytest.mark.parametrize(
    ("table", "changes", "gone", "come"),
    [
        (("pool", "default"), {"method": "predictive"},
         ['method = "ratio"  # how'], ['method = "predictive"  # how']),
        (("pool", "default"), {"ratio": 2.5}, [], ["ratio = 2.5"]),
        (("pool", "default"), {"method": None}, ['method = "ratio"  # how'], []),
        (("campaign", "spring"), {"calling.end": "21:00"},
         ['calling.end = "20:00"   # late'], ['calling.end = "21:00"   # late']),
        (("campaign", "spring"), {"calling.start": "9:00"}, [], ['calling.start = "9:00"']),
        (("campaign", "autumn"), {"recycle.busy.after_minutes": 9.5},
         ["recycle = {busy = {after_minutes = 3.0}}"],
         ["recycle = {busy = {after_minutes = 9.5}}"]),
        (("campaign", "autumn"), {"recycle.machine.up_to_attempts": 2},
         ["recycle = {busy = {after_minutes = 3.0}}"],
         ["recycle = {busy = {after_minutes = 3.0}, machine = {up_to_attempts = 2}}"]),
        (("campaign", "autumn"), {"calling.weekdays": [1]},
         ["weekdays = [", "  1, # Monday", "  2,", "]"], ["weekdays = [1]"]),
        (("pool", "night"), {"ratio": 1}, [], ["[pool.night]", "ratio = 1"]),
    ],
)  # fmt: skip
def test_one_key_changes_and_every_other_line_stays(
    table: tuple[str, ...], changes: dict[str, Any], gone: list[str], come: list[str]
) -> None:
    after = edited(TEXT, table, changes)

    assert changed_lines(TEXT, after) == (gone, come)


def test_a_new_key_stands_behind_the_last_one_and_not_behind_the_next_tables_comment() -> None:
    after = edited(TEXT, ("pool", "default"), {"ratio": 2.5})

    assert 'method = "ratio"  # how\nratio = 2.5\n# last word on the pool' in after


def test_a_campaigns_own_file_takes_keys_at_its_top() -> None:
    text = '# Spring\n# for all\n\n[calling]\nstart = "9:00"\n'

    after = edited(text, (), {"weight": 2.0, "calling.end": "20:00"})

    assert after == (
        '# Spring\n# for all\nweight = 2.0\n\n[calling]\nstart = "9:00"\nend = "20:00"\n'
    )
    assert edited("", (), {"weight": 2.0}) == "weight = 2.0\n"
    assert edited("[calling]\n", (), {"weight": 2}) == "weight = 2\n[calling]\n"


def test_the_last_key_of_a_table_that_has_no_header_takes_the_table_along() -> None:
    text = "[campaign.x]\nweight = 1\nschedule.on = false\n[pool.y]\n"

    assert edited(text, ("campaign", "x"), {"schedule.on": None}) == (
        "[campaign.x]\nweight = 1\n[pool.y]\n"
    )


def test_what_is_not_there_is_taken_out_without_a_trace() -> None:
    assert edited(TEXT, ("pool", "default"), {"ratio": None}) == TEXT
    assert edited(TEXT, ("campaign", "none"), {"calling.end": None}) == TEXT


def test_a_list_of_tables_gives_way_to_a_value_and_the_rest_stays() -> None:
    text = "[campaign.x]\nweight = 1\n[[campaign.x.things]]\na = 1\n[[campaign.x.things]]\na = 2\n"
    text += "[pool.y]\nratio = 1\n"

    after = edited(text, ("campaign", "x"), {"things": [{"a": 3}]})

    assert tomllib.loads(after) == {
        "campaign": {"x": {"weight": 1, "things": [{"a": 3}]}}, "pool": {"y": {"ratio": 1}},
    }  # fmt: skip


def test_line_ends_of_windows_stay(tmp_path) -> None:
    after = edited("[pool.x]\r\nratio = 1\r\n", ("pool", "x"), {"max_lines": 3})

    assert after == "[pool.x]\r\nratio = 1\r\nmax_lines = 3\r\n"


def test_a_key_inside_something_else_than_a_table_is_refused() -> None:
    with pytest.raises(CannotEditError, match="no table"):
        edited("[campaign.x]\ncalling = 3\n", ("campaign", "x"), {"calling.end": "20:00"})


KEYS = st.sampled_from(["a", "b", "c d", "ä", "e.f"])
PLAIN = st.one_of(
    st.integers(-9, 9), st.booleans(), st.text(max_size=4), st.lists(st.integers(0, 3), max_size=3)
)
TABLES = st.dictionaries(
    KEYS, st.one_of(PLAIN, st.dictionaries(KEYS, st.one_of(PLAIN, st.dictionaries(KEYS, PLAIN)))),
    max_size=4,
)  # fmt: skip


@given(TABLES, st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3), PLAIN | st.none())
def test_whatever_stood_there_the_data_is_what_was_meant(
    data: dict[str, Any], path: list[str], value: Any
) -> None:
    text = "# head\n" + as_toml(data) + "# tail\n"
    meant = tomllib.loads(text)
    inside = meant
    for part in path[:-1]:
        inside = inside.get(part, {}) if value is None else inside.setdefault(part, {})
        if not isinstance(inside, dict):
            with pytest.raises(CannotEditError):
                edited(text, (), {".".join(path): value})
            return
    if value is None:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value

    after = edited(text, (), {".".join(path): value})

    assert _bare(tomllib.loads(after)) == _bare(meant)
    assert after.startswith("# head\n")
    assert "# tail" in after
