"""Every setting has a name for people, a group and words for its values, in both languages."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from dialer.settings.keys import Key, Subject, keys_of
from dialer.settings.shown import SHOWN
from dialer.words import BoardFigure, BoardTone, KeyForm, KeyGroup, KeyUnit

TEXTS = Path(__file__).parents[3] / "console/src/features/settings/texts"
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
EVERY = [(subject, key) for subject in SUBJECTS for key in keys_of(subject)]
#: Whose values are words or numbers that need none.
_TIMES = ("seconds", "minutes", "days")


def texts(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEXTS / f"{language}.json").read_text("utf-8"))
    return found


def test_what_is_shown_is_what_there_is() -> None:
    assert SHOWN.keys() - {f"{subject}.{key.key}" for subject, key in EVERY} == set()


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_has_a_name_that_is_no_key(subject: Subject, language: str) -> None:
    labels = [key.label[language] for key in keys_of(subject)]

    assert len(set(labels)) == len(labels)
    assert [it for it in labels if not it.strip() or "_" in it or len(it) > 60] == []
    if language == "zh":
        assert [it for it in labels if not any("\u4e00" <= sign <= "\u9fff" for sign in it)] == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_values_groups_units_and_forms_have_words(language: str) -> None:
    said = texts(language)
    wanted = {
        f"{key.key.replace('.', '-')}: {choice}": said["choice"].get(key.key.replace(".", "-"), {})
        for _, key in EVERY
        for choice in key.choices or ()
    }
    lacking = [it for it, found in wanted.items() if it.partition(": ")[2] not in found]

    assert lacking == []
    assert set(get_args(KeyGroup)) == set(said["group"])
    assert set(get_args(KeyUnit)) - {""} == set(said["unit"])
    assert set(get_args(KeyForm)) - {"", "line"} == set(said["form"])
    assert {key.form for _, key in EVERY if key.kind == "table" and key.group == "reps"} | {
        key.form for _, key in EVERY if key.kind == "table" and key.group == "times"
    } == set(said["pair"])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_length_of_time_says_its_unit(subject: Subject) -> None:
    def is_length(key: Key) -> bool:
        name = key.key.rpartition(".")[2]
        return name.endswith(("_limit", "_timeout", "_within", "_minutes", "_s", "_retry", "_days"))

    unsaid = [it.key for it in keys_of(subject) if is_length(it) and it.unit not in _TIMES]
    assert unsaid == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_group_stands_together_or_comes_again_for_a_reason(subject: Subject) -> None:
    """Groups are gathered by the screen; keys whose editor is elsewhere are in no other group."""
    groups = [key.group for key in keys_of(subject)]
    own = [group for group in groups if group in {"schedule", "script", "results"}]

    assert [one for one, two in pairwise(own) if one != two and own.count(one) > 4] == []


def test_the_wallboard_shows_every_figure_there_is() -> None:
    told = (TEXTS.parents[1] / "wallboard/limits.ts").read_text("utf-8")
    assert set(re.findall(r"\{ id: '(\w+)'", told)) == set(get_args(BoardFigure))
    for language in ("en", "zh-CN"):
        path = TEXTS.parents[1] / f"wallboard/texts/{language}.json"
        said = json.loads(path.read_text("utf-8"))
        assert set(said["figure"]) == set(get_args(BoardFigure))
        assert set(said["tone"]) == set(get_args(BoardTone))
