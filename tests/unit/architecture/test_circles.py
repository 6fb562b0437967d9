"""No import circles: none between the files of a room, none between rooms.

Imports for typing and inside functions count: who needs them has a file, or a room, with too many
things to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

Graph = Mapping[str, set[str]]
OWN = {"pacing", "routing", "agi", "recordings", "figures", "dialer", "telesales"}
#: What features say of themselves, before any of them is needed.
DECLARATIONS = "dialer.features"


def room_of(module: str) -> str:
    """A feature is a room of its own, behind its declaration."""
    parts = module.split(".")
    if parts[:2] == ["dialer", "features"] and len(parts) == 3 and parts[2] != "every":
        return DECLARATIONS
    depth = 3 if parts[:2] == ["dialer", "features"] else 2
    return ".".join(parts[:depth]) if parts[0] == "dialer" else parts[0]


def module_of(target: str, modules: Iterable[str]) -> str | None:
    """The file that a name imported as a.b.c comes from: a.b.c itself, a.b or a."""
    while target and target not in modules:
        target = target.rpartition(".")[0]
    return target or None


def imported(sources: list[Any]) -> dict[str, set[str]]:
    """Every file of ours and the files of ours that it imports."""
    own = {s.module: s for s in sources if s.module.split(".")[0] in OWN}
    return {
        name: {it for _, target in source.imports() if (it := module_of(target, own))} - {name}
        for name, source in own.items()
    }


def circles(graph: Graph) -> set[frozenset[str]]:
    """What reaches itself, as the largest groups in which everyone reaches everyone."""
    below = {name: reached(graph, name) for name in graph}
    lumps = {frozenset(it for it in below[name] if name in below.get(it, set())) for name in graph}
    return {lump for lump in lumps if lump}


def reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += graph.get(name, set())
    return found


def within_rooms(graph: Graph) -> dict[str, set[str]]:
    return {
        name: {it for it in targets if room_of(it) == room_of(name)}
        for name, targets in graph.items()
    }


def between_rooms(graph: Graph) -> dict[str, set[str]]:
    rooms: dict[str, set[str]] = {}
    for name, targets in graph.items():
        room = room_of(name)
        rooms.setdefault(room, set()).update(room_of(it) for it in targets)
        rooms[room].discard(room)
    return rooms


def test_the_files_of_a_room_import_each_other_in_one_direction(sources: list[Any]) -> None:
    assert shown(circles(within_rooms(imported(sources)))) == []


def test_rooms_import_each_other_in_one_direction(sources: list[Any]) -> None:
    assert shown(circles(between_rooms(imported(sources)))) == []


def shown(found: set[frozenset[str]]) -> list[list[str]]:
    return [sorted(lump) for lump in found]


def test_a_declaration_needs_nothing_of_its_feature(sources: list[Any]) -> None:
    """So that a list of all features needs none of them."""
    of_declarations = [it for it in sources if room_of(it.module) == DECLARATIONS]
    targets = {target for source in of_declarations for _, target in source.imports()}
    assert len(of_declarations) > 20
    assert {it for it in targets if it.startswith("dialer.")} == {
        "dialer.kit.feature.Feature",
        "dialer.kit.feature.permission",
    }


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": set()}, set()),
        ({"a": {"b"}, "b": {"a"}}, {frozenset("ab")}),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, {frozenset("abc")}),
        ({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, {frozenset("ab"), frozenset("cd")}),
    ],
)
def test_the_rule_itself_finds_circles(graph: Graph, found: set[frozenset[str]]) -> None:
    assert circles(graph) == found


def test_a_name_is_of_the_file_that_has_it() -> None:
    files = {"dialer", "dialer.floor", "dialer.floor.state"}
    assert module_of("dialer.floor.state.Floor", files) == "dialer.floor.state"
    assert module_of("dialer.floor.step", files) == "dialer.floor"
    assert module_of("msgspec", files) is None
