"""Whatever the server refuses is said in the reader's language: every slug has words in both."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from dialer.words import GATE_RULES, FaultSlug

ROOT = Path(__file__).parents[3]
LANGUAGES = ("en", "zh-CN")
#: Functions that refuse, and the place of the slug among their arguments.
REFUSING = {
    "Refused": 1,
    "problem_response": 1,
    "conflict": 0,
    "bad_request": 0,
    "forbidden": 0,
    "Refusal": 0,
    "QuestionError": 0,
    "FactsError": 0,
    "Failed": 0,
    "Fault": 1,
}
#: Said by the page itself, not by the server.
OF_THE_PAGE = {"unknown", "unreachable", "wait", "no-listening-phone"}
#: The gate's own words reach nobody but as `gate-RULE`.
OF_THE_GATE = {*GATE_RULES}
#: What is wrong with any field is said at the field: `kit.fault`.
OF_THE_KIT = {*get_args(FaultSlug)}


def slugs_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        literals = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        at = REFUSING.get(name)
        # The floor has an event of that name; a refusal begins with its kind.
        if name == "Refused" and "Kind." not in ast.unparse(node.args[0]):
            continue
        # Live push has a Fault of its own, which is said in words.
        if name == "Fault" and " " in str(literals[1:2]):
            continue
        if at is not None and len(literals) > at and isinstance(literals[at], str):
            yield str(literals[at])
        if name == "not_found" and literals and isinstance(literals[0], str):
            yield f"no-such-{literals[0]}"


@cache
def said_by_the_server() -> frozenset[str]:
    rooms = (ROOT / "dialer", ROOT / "figures")
    files = [path for room in rooms for path in room.rglob("*.py") if "testing" not in path.parts]
    found = {slug for path in files for slug in slugs_in(path)} - OF_THE_GATE - OF_THE_KIT
    return frozenset(found | {f"gate-{rule.replace('_', '-')}" for rule in GATE_RULES})


def words(language: str) -> dict[str, str]:
    """Those of all, and those of a feature alone, which stand in its own texts."""
    console = ROOT / "console/src"
    found: dict[str, str] = json.loads(
        (console / f"locales/{language}/errors.json").read_text("utf-8")
    )
    for path in console.glob(f"features/*/texts/{language}.json"):
        found |= json.loads(path.read_text("utf-8")).get("refusal", {})
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words(language: str) -> None:
    assert sorted(said_by_the_server() - set(words(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_left_over(language: str) -> None:
    made = {f"invalid-{what}" for what in ("code", "endpoint")}
    assert sorted(set(words(language)) - said_by_the_server() - OF_THE_PAGE - made) == []


def test_chinese_words_are_chinese() -> None:
    for slug, text in words("zh-CN").items():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text), slug
