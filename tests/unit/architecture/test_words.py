"""Each enumeration of the field stands once, in dialer/words.py; pacing's own few are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import pytest

import pacing
from dialer import words
from pacing.limits import Out
from pacing.settings import Method

#: Two sets in different files that may look alike, with the reason.
MAY_LOOK_ALIKE: dict[tuple[str, str], str] = {
    (
        "dialer.words",
        "pacing.protocol",
    ): "it is used without the dialer; held equal below",
    ("dialer.words", "pacing.limits"): "the same",
    ("dialer.words", "pacing.settings"): "the same",
    ("dialer.demo.cli", "dialer.words"): "the demo paces by three of the four methods",
    ("dialer.demo.cli", "pacing.settings"): "the same",
    ("dialer.sim.virtual_channels", "dialer.words"): "a channel, and a callee, of the simulator's",
    ("dialer.sim.virtual_channels", "pacing.protocol"): "the same",
}
#: From so many words on two sets that differ in one are held to be one enumeration that drifted.
NEAR_FROM = 4


class Words(NamedTuple):
    module: str
    line: int
    words: frozenset[str]


def sets_of_words(module: str, tree: ast.AST) -> Iterator[Words]:
    """Every Literal of two words or more, and every enumeration class."""
    for node in ast.walk(tree):
        found: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            found = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        elif isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases):
            found = [it.value for it in node.body if isinstance(it, ast.Assign)]
        said = [it.value for it in found if isinstance(it, ast.Constant)]
        if len(said) >= 2 and len(said) == len(found) and all(isinstance(it, str) for it in said):
            yield Words(module, node.lineno, frozenset(map(str, said)))


def are_alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return a == b or (min(len(a), len(b)) >= NEAR_FROM and len(a ^ b) <= 1)


def copies(found: list[Words]) -> list[str]:
    return [
        f"{b.module}:{b.line} says {sorted(b.words)} as {a.module}:{a.line} does"
        for i, a in enumerate(found)
        for b in found[i + 1 :]
        if a.module != b.module
        and are_alike(a.words, b.words)
        and tuple(sorted((a.module, b.module))) not in MAY_LOOK_ALIKE
    ]


def test_no_enumeration_is_written_twice(sources: list[Any]) -> None:
    shipped = [it for it in sources if it.module.split(".")[0] not in {"tests", "bench", "tools"}]
    found = [
        it
        for source in shipped
        if ".migrations" not in source.module
        for it in sets_of_words(source.module, source.tree)
    ]
    assert len(found) > 60, "the sets of words were not found at all"
    assert copies(found) == []


@pytest.mark.parametrize(
    ("first", "second", "is_copy"),
    [
        ('X = Literal["a", "b"]', 'Y = Literal["b", "a"]', True),
        ('X = Literal["a", "b"]', 'class Y(StrEnum):\n    A = "a"\n    B = "b"', True),
        ('X = Literal["a", "b", "c", "d"]', 'Y = typing.Literal["a", "b", "c", "d", "e"]', True),
        ('X = Literal["a", "b", "c"]', 'Y = Literal["a", "b"]', False),
        ('X = Literal["a", "b"]', 'Y = Literal["a", "c"]', False),
    ],
)
def test_a_copy_is_found_whatever_its_form(first: str, second: str, is_copy: bool) -> None:
    found = [*sets_of_words("one", ast.parse(first)), *sets_of_words("two", ast.parse(second))]
    assert bool(copies(found)) is is_copy


@pytest.mark.parametrize(
    ("ours", "pacings"),
    [
        (words.PacedState, pacing.AgentState),
        (words.AnsweredBy, pacing.AnsweredBy),
        (words.Unanswered, pacing.Unanswered),
        (words.Method, Method),
        (words.GaveOut, Out),
    ],
)
def test_pacing_has_the_same_few_words(ours: Any, pacings: Any) -> None:
    assert get_args(ours) == get_args(pacings)


def test_what_the_world_sees_of_a_rep_is_a_state_of_theirs() -> None:
    assert {state.public for state in words.AgentState} == set(get_args(words.PublicState))
    assert set(words.PACED_STATES) < set(get_args(words.PublicState))


def test_a_far_end_says_an_outcome() -> None:
    assert set(get_args(words.FarOutcome)) < set(words.OUTCOMES)
