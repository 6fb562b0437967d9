"""A script as steps of plain text: whatever stands in it or in a lead's fields."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.features.scripts.rendering import Run, Script, choose, fields_in, parse


def texts(script: Script) -> list[str]:
    """Every piece of text that a screen shows."""
    lines = [step.title for step in script.steps]
    lines += [line for step in script.steps for block in step.blocks for line in block.items]
    return [run.text for line in lines for run in line]


def test_headings_are_steps_and_what_comes_before_the_first_is_one_without_a_title() -> None:
    script = parse(
        "Hello\n\n# One\na\nb\n\n## Two #\n### Sub\n- x\n  more\n- y\n1. z\n> q\n---", "en", {}
    )

    assert [[run.text for run in step.title] for step in script.steps] == [[], ["One"], ["Two"]]
    kinds = [[block.kind for block in step.blocks] for step in script.steps]
    assert kinds == [
        ["paragraph"],
        ["paragraph"],
        ["heading", "bullets", "numbers", "quote", "rule"],
    ]
    bullets = script.steps[2].blocks[1].items
    assert [[run.text for run in item] for item in bullets] == [["x more"], ["y"]]
    assert [run.text for run in script.steps[1].blocks[0].items[0]] == ["a b"]


def test_fields_are_filled_whatever_their_case_and_missing_ones_are_marked() -> None:
    script = parse(
        "{{ NAME }} **{{city}}** {{none}} {{empty}}",
        "en",
        {"Name": "Li", "City": "X", "empty": " "},
    )

    (line,) = script.steps[0].blocks[0].items
    assert [run for run in line if run.field] == [
        Run(text="Li", field="NAME"), Run(text="X", strong=True, field="city"),
        Run(text="", field="none", missing=True), Run(text="", field="empty", missing=True),
    ]  # fmt: skip


def test_a_field_is_text_whatever_it_looks_like() -> None:
    script = parse("{{name}}", "en", {"name": "<script>**x**</script> {{agent}} # no"})

    assert texts(script) == ["<script>**x**</script> {{agent}} # no"]


def test_marks_that_open_nothing_stay_as_they_are() -> None:
    for text in ("2 * 3 * 4", "first_name and last_name", "**open", "{{", "a ** b"):
        (line,) = parse(text, "en", {}).steps[0].blocks[0].items
        assert "".join(run.text for run in line) == text
        assert not any(run.strong or run.em for run in line)


def test_the_script_in_the_leads_language_is_chosen_else_the_campaigns_else_any() -> None:
    both = {"en": "x", "zh": "y"}
    assert choose(both, "zh-CN", "en") == ("zh", "y")
    assert choose(both, "fr", "en") == ("en", "x")
    assert choose({"zh": "y", "en": " "}, None, "en") == ("zh", "y")
    assert choose({}, "en") is None


@given(st.text(alphabet="ab*_#>-{}1. \n\t<", max_size=200), st.text(max_size=20))
def test_whatever_is_written_something_is_shown_and_no_word_is_lost(text: str, value: str) -> None:
    script = parse(text, "en", {"a": value})

    shown = "".join(texts(script))
    letters = sum(sign in "ab" for sign in text)
    fields = [run for step in script.steps for b in step.blocks for i in b.items for run in i]
    hidden = sum(len(run.field or "") for run in fields) + sum(
        len(run.field or "") for step in script.steps for run in step.title
    )
    assert sum(sign in "ab" for sign in shown) >= letters - hidden


def test_a_line_goes_on_without_a_space_where_the_script_has_none() -> None:
    (line,) = parse("您好，\n我是{{agent}}", "zh", {"agent": "李"}).steps[0].blocks[0].items

    assert "".join(run.text for run in line) == "您好，我是李"


def test_names_of_fields_are_read_whatever_marks_they_hold() -> None:
    fields = {"first_name": "A", "last*name": "B"}
    (line,) = parse("**{{first_name}}** {{last*name}}", "en", fields).steps[0].blocks[0].items

    assert [(run.text, run.strong) for run in line] == [("A", True), (" ", False), ("B", False)]


def test_pictures_links_and_markup_stay_text() -> None:
    for text in ("![x](http://a/b.png)", "[x](javascript:a)", "<b onclick=a>x</b>", "`code`"):
        (line,) = parse(text, "en", {}).steps[0].blocks[0].items
        assert "".join(run.text for run in line) == text


def test_what_is_nested_deeper_than_anybody_writes_is_shown_as_it_stands() -> None:
    assert "deep" in "".join(texts(parse(f"{'> ' * 500}deep", "en", {})))
    assert "deep" in "".join(texts(parse(f"{'>' * 50_000} deep", "en", {})))


def test_the_fields_of_a_script_are_told_once_each() -> None:
    assert fields_in("{{name}} {{ Name }} {{City}} {{}} {{a{b}}") == ["name", "City"]
