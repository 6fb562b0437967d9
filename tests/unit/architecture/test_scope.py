"""Rows that are somebody's are read within a scope, or for a reason beside the query."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from dialer.features.every import kept_records
from dialer.store.scope import BOUND, WITH

kept_records()
SCOPED = frozenset(table.name for table in (*BOUND, *WITH))
#: What the rules themselves are made of.
RULES = "dialer.store.scope"
#: Reads of one row for the engine: who asks for a person asks for `known`, with a scope.
UNSCOPED = {
    ("agents", "get"), ("agents", "by_name"), ("campaigns", "get"), ("campaigns", "by_name"),
    ("attempts", "get"), ("leads", "get"), ("leads", "find"), ("recordings", "get"),
    ("recordings", "of_attempt"), ("alerts", "get"),
}  # fmt: skip


def is_of_queries(module: str) -> bool:
    of_feature = module.startswith(("dialer.features.", "telesales."))
    return module.startswith("dialer.store") or (of_feature and module.endswith(".store"))


def names_in(node: ast.AST) -> set[str]:
    return {it.id for it in ast.walk(node) if isinstance(it, ast.Name)}


def tainted(trees: Mapping[str, ast.Module]) -> dict[str, tuple[set[str], set[str]]]:
    """By module: names that stand for columns of scoped tables, and names that hold a select."""
    found = {name: (set(SCOPED), {"select"}) for name in trees}
    for _ in range(3):  # a constant made of an imported one made of a third
        for module, tree in trees.items():
            for node in tree.body:
                _spread(node, found[module], found)
    return found


def _spread(node: ast.stmt, own: tuple[set[str], set[str]], all_: Mapping[str, Any]) -> None:
    if isinstance(node, ast.ImportFrom) and node.module in all_:
        for index in (0, 1):
            own[index].update(
                alias.asname or alias.name
                for alias in node.names
                if alias.name in all_[node.module][index]
            )
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = {it.id for it in targets if isinstance(it, ast.Name)}
        for index in (0, 1):
            if names_in(node.value) & own[index]:
                own[index].update(named)


def unscoped_selects(trees: Mapping[str, ast.Module]) -> list[str]:
    """Functions that select from a scoped table, take no scope and give no reason."""
    found = tainted(trees)
    return [
        f"{module}:{function.lineno} {function.name}"
        for module, tree in trees.items()
        if module != RULES
        for function in _functions(tree)
        if all(names_in(function) & names for names in found[module])
        and "scope" not in _parameters(function)
        and not _has_reason(function)
    ]


def _functions(tree: ast.Module) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef]:
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for body in bodies:
        yield from (it for it in body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef))


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = function.args
    return {it.arg for it in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def _has_reason(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(it, ast.Call)
        and isinstance(it.func, ast.Name)
        and it.func.id == "whole"
        and isinstance(it.args[0], ast.Constant)
        and bool(it.args[0].value)
        for it in function.decorator_list
    )


def unscoped_reads(tree: ast.Module) -> list[str]:
    """Calls like `store.agents.get(code)` outside a function with a reason."""
    return [
        f"{node.lineno} {'.'.join(where)}"
        for function in _functions(tree)
        if not _has_reason(function)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if (where := _of_store(node.func))[:1] == ["store"] and tuple(where[1:]) in UNSCOPED
    ]


def _of_store(node: ast.Attribute) -> list[str]:
    """["store", "agents", "get"] of `context.store.agents.get` and `self._store.agents.get`."""
    names, here = [node.attr], node.value
    while isinstance(here, ast.Attribute) and len(names) < 3:
        names, here = [here.attr, *names], here.value
    names = names if len(names) == 3 or not isinstance(here, ast.Name) else [here.id, *names]
    return [names[0].removeprefix("_"), *names[1:]]


def test_a_query_of_somebodys_rows_takes_a_scope_or_gives_its_reason(sources: list[Any]) -> None:
    trees = {it.module: it.tree for it in sources if is_of_queries(it.module)}
    assert unscoped_selects(trees) == []


def test_features_read_for_people_within_a_scope(sources: list[Any]) -> None:
    wrong = [
        f"{source.module}:{found}"
        for source in sources
        if source.module.startswith("dialer.features.")
        for found in unscoped_reads(source.tree)
    ]
    assert wrong == []


def test_nobody_asks_by_hand_what_a_scope_holds(sources: list[Any]) -> None:
    wrong = [
        f"{source.module}:{node.lineno} {node.attr}"
        for source in sources
        if source.module.startswith("dialer.")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("sees_")
    ]
    assert wrong == []


QUERY = "from x.store import agents\n_A = [agents.c.id]\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def f(conn):\n    return select(agents)", 1),
        ("def f(conn):\n    return select(*_A)", 1),
        ("_Q = select(*_A)\ndef f(conn):\n    return _Q", 1),
        ("class R:\n    async def f(self):\n        return select(*_A)", 1),
        ("@whole('')\ndef f(conn):\n    return select(agents)", 1),
        ("def f(conn, scope):\n    return select(agents).where(visible(agents, scope))", 0),
        ("@whole('of the engine')\ndef f(conn):\n    return select(agents)", 0),
        ("def f(conn):\n    return select(audit)", 0),
        ("def f(conn):\n    return update(agents)", 0),
    ],
)
def test_what_takes_no_scope_is_found(text: str, count: int) -> None:
    assert len(unscoped_selects({"x.store": ast.parse(QUERY + text)})) == count


def test_a_select_that_came_from_another_file_is_found() -> None:
    one, two = "Q = select(leads.c.id)", "from a.store import Q\ndef f(conn):\n    return Q"
    found = unscoped_selects({"a.store": ast.parse(one), "b.store": ast.parse(two)})
    assert found == ["b.store:2 f"]
