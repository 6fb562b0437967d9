"""Building the console, as far as it goes without Node and without a network."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The tool, with a console of its own to build and a build that only notes itself."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    for name in ("console", "console_node"):
        sys.modules.pop(name, None)
    tool = importlib.import_module("console")
    folder = tmp_path / "console"
    (folder / "src").mkdir(parents=True)
    (folder / "public").mkdir()
    for name in tool.BUILT_FROM:
        (folder / name).write_text(name)
    pack = tmp_path / "tools/console_pack.mjs"
    pack.parent.mkdir()
    pack.write_text("")
    changes = {
        "ROOT": tmp_path, "CONSOLE": folder, "DIST": folder / "dist", "TOOLS": (pack,),
        "MODULES": folder / "node_modules", "SCHEMA": folder / "src/schema.d.ts",
    }  # fmt: skip
    for name, value in changes.items():
        monkeypatch.setattr(tool, name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tool.built = []

    def make(kept: Path) -> None:
        tool.built.append(kept.name)
        kept.mkdir(parents=True)
        (kept / "index.html").write_text(kept.name)

    monkeypatch.setattr(tool, "make", make)
    yield tool
    for name in ("console", "console_node"):
        sys.modules.pop(name, None)


def test_what_is_built_already_is_not_built_again(tool: ModuleType) -> None:
    tool.build()
    tool.build()

    assert len(tool.built) == 1
    assert (tool.DIST / "index.html").read_text() == tool.built[0]


def test_a_changed_source_is_built_and_a_changed_test_is_not(tool: ModuleType) -> None:
    tool.build()
    (tool.CONSOLE / "src/main.test.ts").write_text("a test")
    tool.SCHEMA.write_text("types")
    tool.build()
    assert len(tool.built) == 1

    (tool.CONSOLE / "src/main.ts").write_text("a source")
    tool.build()
    assert len(tool.built) == 2
    assert (tool.DIST / "index.html").read_text() == tool.built[1]


def test_what_was_built_once_comes_from_the_cache(tool: ModuleType) -> None:
    tool.build()
    first = (tool.DIST / "index.html").read_text()
    (tool.CONSOLE / "src/main.ts").write_text("a source")
    tool.build()
    (tool.CONSOLE / "src/main.ts").unlink()
    tool.build()

    assert len(tool.built) == 2
    assert (tool.DIST / "index.html").read_text() == first
    assert not list(tool.CONSOLE.glob("dist.*"))


def test_the_same_sources_elsewhere_are_the_same_build(tool: ModuleType) -> None:
    before = tool.source_key()
    (tool.CONSOLE / "src/a.ts").write_text("1")
    (tool.CONSOLE / "src/b.ts").write_text("2")
    one = tool.source_key()
    (tool.CONSOLE / "src/a.ts").write_text("2")
    (tool.CONSOLE / "src/b.ts").write_text("1")

    assert len({before, one, tool.source_key()}) == 3


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("npm error code ECONNREFUSED\nnpm error errno …", "check the network"),
        ("npm error code EINTEGRITY\nnpm error sha512…", "do not use it"),
        (
            (
                "✗ Build failed in 739ms\nerror during build:\nBuild failed with 1 error:\n\n"
                "[UNRESOLVED_IMPORT] Could not resolve './Gone.vue' in src/App.vue\n"
                "    at aggregate (error.mjs:50:18)"
            ),
            "Could not resolve './Gone.vue'",
        ),
        ("", "it said nothing"),
    ],
)
def test_a_failure_is_one_line_with_its_reason(tool: ModuleType, output: str, said: str) -> None:
    reason = tool.reason(output)

    assert said in reason
    assert "\n" not in reason


@pytest.mark.parametrize(
    ("node", "npm", "good"),
    [
        ("v20.19.0", "11.0.0", True),
        ("v24.1.0", "11.17.0", True),
        ("v20.18.9", "11.0.0", False),
        ("v22.0.0", "10.9.9", False),
        ("nonsense", "11.0.0", False),
    ],
)
def test_only_a_node_that_can_build_it_is_used(
    tool: ModuleType, tmp_path: Path, node: str, npm: str, good: bool
) -> None:
    program = tmp_path / "node"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo {node} || echo {npm}\n')
    program.chmod(0o755)
    finder = sys.modules["console_node"]

    found = finder.checked(program, tmp_path / "npm-cli.js")

    assert (found is not None) == good
