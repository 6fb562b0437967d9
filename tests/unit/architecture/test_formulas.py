"""A figure has one formula, the registry's: nothing that is called like one divides by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from figures.catalogue import FIGURES

#: pacing foresees rates of calls to come, and is used without the dialer.
OWN = {"agi", "dialer", "recordings", "telesales"}
RATIOS = {it.id for it in FIGURES.values() if it.denominator is not None}


def own_formulas(tree: ast.AST) -> list[str]:
    """What is called like a ratio of the registry and is made by a division, as `line: name`."""
    return [
        f"{at}: {name}" for at, name, value in _named(tree) if name in RATIOS and _divides(value)
    ]


def _named(tree: ast.AST) -> Iterator[tuple[int, str, ast.AST]]:
    """Everything with a name, and what it is made of: functions, variables, arguments, keys."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name, node
        elif isinstance(node, ast.keyword):
            yield node.lineno, node.arg or "", node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield node.lineno, _name(target), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield node.lineno, _name(node.target), node.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                yield value.lineno, _name(key), value


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Subscript):
        return _name(node.slice)
    return getattr(node, "id", getattr(node, "attr", ""))


def _divides(node: ast.AST) -> bool:
    return any(isinstance(it, ast.BinOp) and isinstance(it.op, ast.Div) for it in ast.walk(node))


def test_what_is_called_like_a_figure_is_the_registrys(sources: list[Any]) -> None:
    checked = [source for source in sources if source.module.split(".")[0] in OWN]
    assert len(checked) > 400
    assert [f"{s.module}:{found}" for s in checked for found in own_formulas(s.tree)] == []


@pytest.mark.parametrize(
    "text",
    [
        "def connect_rate(self):\n    return self.humans / self.ended if self.ended else None",
        "found = {'connect_rate': humans / ended if ended else None}",
        "View(abandon_rate=lost / answered)",
        "occupancy = busy / (busy + ready)",
        "found['avg_talk'] = talk / calls",
        "self.utilisation: float = work / logged_in",
    ],
)
def test_a_formula_of_its_own_is_found(text: str) -> None:
    assert len(own_formulas(ast.parse(text))) == 1


def test_the_registrys_formula_and_other_names_are_none() -> None:
    text = "connect_rate = FIGURE.value(a, b)\nshare = a / b\nView(rate=a / b)"
    assert own_formulas(ast.parse(text)) == []
