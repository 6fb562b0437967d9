"""How words on the command line are read."""

from __future__ import annotations

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from dialer.cli.options import assignments, levels, toml_value
from dialer.cli.output import print_table
from dialer.settings.campaign_files import as_toml


def test_values_are_read_as_toml_or_as_text() -> None:
    words = ["a=5", "b=0.5", "c=true", "d=[1, 2]", "e=plain text", "f.g=20:00", "f.h=x=y"]

    assert assignments(words) == {
        "a": 5, "b": 0.5, "c": True, "d": [1, 2], "e": "plain text",
        "f": {"g": "20:00", "h": "x=y"},
    }  # fmt: skip


@pytest.mark.parametrize("word", ["nothing", "=5", ".a=5", "a.=5", ""])
def test_a_word_that_sets_nothing_is_wrong_usage(word: str) -> None:
    with pytest.raises(typer.BadParameter, match="KEY=VALUE"):
        assignments([word])


def test_a_key_cannot_be_both_value_and_table() -> None:
    with pytest.raises(typer.BadParameter, match="no table"):
        assignments(["a=5", "a.b=6"])


def test_skills_need_a_level() -> None:
    assert levels(["spanish=2"]) == {"spanish": 2}
    with pytest.raises(typer.BadParameter):
        levels(["spanish=much"])


@given(st.text())
def test_any_text_is_some_value(text: str) -> None:
    toml_value(text)


plain = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**60), 2**60), st.booleans()
)
data = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs", "Cc"])), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), data, max_size=5))
def test_a_campaign_file_says_what_was_given(given_data: dict) -> None:
    import tomllib

    assert tomllib.loads(as_toml(given_data)) == given_data


def test_a_table_stands_straight_under_chinese_names(capsys) -> None:
    print_table(("name", "state"), [("春季", "running"), ("spring", None)])

    lines = capsys.readouterr().out.splitlines()
    assert lines == ["NAME    STATE", "春季    running", "spring  -"]
