"""Pacing, routing and the floor: no clock, no chance of their own, no logs, no I/O.

The same events must give the same commands in the live dialer, in a simulation and in a replay.
"""

from __future__ import annotations

import ast
from typing import Any

import pytest

PURE = ("pacing", "routing", "dialer.floor", "dialer.clocks")
# What cannot see the world. Anything else has to be argued for here.
HARMLESS = {
    "__future__", "abc", "array", "bisect", "collections", "copy", "dataclasses", "enum",
    "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "numbers", "numpy",
    "msgspec", "operator", "statistics", "string", "struct", "types", "typing", "zlib",
}  # fmt: skip
FORBIDDEN_CALLS = {
    "open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint", "id", "hash",
}  # fmt: skip
# numpy can read files and draw without a seed.
FORBIDDEN_ATTRIBUTES = {
    "load", "save", "savez", "loadtxt", "savetxt", "genfromtxt", "fromfile", "tofile", "memmap",
}  # fmt: skip
SEEDED = {"default_rng", "Generator", "PCG64", "SeedSequence", "BitGenerator", "Philox"}


def impurities(tree: ast.AST) -> list[str]:
    """What in `tree` could see the world, as `line: what`."""
    return [f"{node.lineno}: {what}" for node in ast.walk(tree) for what in _of(node)]  # type: ignore[attr-defined]


def _of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [f"import {a.name}" for a in node.names if not _is_harmless(a.name)]
    if isinstance(node, ast.ImportFrom):
        return [] if node.level or _is_harmless(node.module or "") else [f"from {node.module}"]
    if isinstance(node, ast.Call):
        return _of_call(node)
    if isinstance(node, ast.Attribute):
        return _of_attribute(node)
    return []


def _is_harmless(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in HARMLESS | {"pacing", "routing", "dialer"} and not (
        module.startswith("numpy.random")
    )


def _of_call(node: ast.Call) -> list[str]:
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if isinstance(function, ast.Name) and name in FORBIDDEN_CALLS:
        return [f"{name}()"]
    if name in {"default_rng", "PCG64", "Philox", "SeedSequence"} and not node.args:
        return [f"{name}() without a seed"]
    return []


def _of_attribute(node: ast.Attribute) -> list[str]:
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id in {"np", "numpy"}:
        return [f"numpy.{node.attr}"] if node.attr in FORBIDDEN_ATTRIBUTES else []
    if isinstance(owner, ast.Attribute) and owner.attr == "random" and node.attr not in SEEDED:
        return [f"numpy.random.{node.attr}"]
    return []


def is_pure_room(module: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in PURE)


def test_the_pure_rooms_see_nothing_of_the_world(sources: list[Any]) -> None:
    checked = [source for source in sources if is_pure_room(source.module)]
    assert {source.module for source in checked} >= set(PURE)
    assert [f"{s.module}:{what}" for s in checked for what in impurities(s.tree)] == []


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "import random",
        "from random import Random",
        "from datetime import datetime",
        "import logging",
        "import structlog",
        "import asyncio",
        "from pathlib import Path",
        "def f():\n    import os",
        "open('x')",
        "print(1)",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy as np\nnp.random.normal()",
        "import numpy as np\nnp.load('x')",
        "from numpy.random import normal",
        "hash('x')",
    ],
)
def test_what_sees_the_world_is_found(text: str) -> None:
    assert len(impurities(ast.parse(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nrng = np.random.default_rng(seed)\nrng.normal()",
        "from collections.abc import Sequence",
        "import math",
        "def f(rng: np.random.Generator) -> float: ...",
    ],
)
def test_what_is_pure_passes(text: str) -> None:
    assert impurities(ast.parse(text)) == []
