"""Imports point downwards only: a room uses what the table gives it, and nothing above it."""

from __future__ import annotations

import ast
from typing import Any

# A room and what it may import besides itself. A name covers what is below it.
MAY_IMPORT: dict[str, set[str]] = {
    "pacing": set(),
    "routing": set(),
    # Of the dialer only the newest database of zones.
    "figures": {"dialer.zonedata"},
    # far_end is a table of the field's own, and pure.
    "dialer.floor": {"pacing", "routing", "dialer.far_end"},
    "dialer.ports": {"dialer.floor"},
    "dialer.engine": {"dialer.floor", "dialer.ports", "pacing", "routing", "figures"},
    "dialer.store": {"dialer.ports", "figures"},
    "dialer.bus": {"dialer.ports"},
    # Every port without a database: what a simulation runs on.
    "dialer.memory": {"dialer.ports", "figures"},
    "dialer.compliance": {"dialer.ports", "dialer.store"},
    "dialer.leads": {"dialer.ports", "dialer.store", "dialer.compliance"},
    "recordings": {"dialer.ports", "dialer.store"},
    "agi": {"dialer.floor.events", "dialer.ports"},
    # The switch is AMI and AGI together: it owns the AGI server that its dialplan calls.
    "dialer.asterisk": {"dialer.floor.events", "dialer.ports", "agi"},
    "dialer.metrics": {"dialer.floor", "dialer.ports", "figures"},
    "dialer.log": set(),
    "dialer.clocks": set(),
}
# Where rooms are put together: these may use every room, and no room above uses them.
ASSEMBLY = {
    "dialer.settings", "dialer.service", "dialer.api", "dialer.cli", "dialer.doctor", "dialer.demo",
    "dialer.features", "dialer.kit",
}  # fmt: skip
# The simulator is a second assembly, on the rooms in memory.
SIMULATOR = "dialer.sim"
#: What puts all together: nothing below knows it.
ABOVE = {"dialer.service", "dialer.api", "dialer.cli"}
# Leaves that everyone but the pure rooms may use: they import nothing of ours.
LEAVES = {
    "dialer.cells",
    "dialer.clocks",
    "dialer.descriptors",
    "dialer.far_end",
    "dialer.ids",
    "dialer.realtime",
    "dialer.state_folder",
    "dialer.zonedata",
    "dialer.tasks",
}
#: The words of the field: a leaf for everybody, the floor too. pacing and routing are used without
#: the dialer, and have their own few.
WORDS = "dialer.words"
PURE = {"pacing", "routing", "dialer.floor"}
OWN = {"pacing", "routing", "figures", "agi", "recordings", "dialer", "telesales"}


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "dialer" else parts[0]


def is_in(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def may_import(room: str, target: str) -> bool:
    """True when a module of `room` may import `target`, a module or a name of one."""
    if room_of(target) == room or target == "dialer":
        return True
    if is_in(target, {WORDS}):
        return room not in {"pacing", "routing"}
    if is_in(target, LEAVES) and room not in PURE:
        return True
    if room in MAY_IMPORT:
        return is_in(target, MAY_IMPORT[room])
    # Features stand on the kit, never on who puts them together.
    if room == "dialer.kit" and is_in(target, {"dialer.features"}):
        return False
    if room in {"dialer.kit", "dialer.features"}:
        return not is_in(target, ABOVE)
    if room == SIMULATOR:
        return not is_in(target, ABOVE | {"dialer.features"})
    if room in ASSEMBLY:
        return True
    # Telesales stands on the store and on events; nothing of the dialer stands on it.
    return room == "telesales" and is_in(target, {"dialer.ports", "dialer.store"})


def test_every_room_imports_only_what_is_below_it(sources: list[Any]) -> None:
    wrong = [
        f"{source.path.name}:{line}: {source.module} imports {target}"
        for source in sources
        if source.module.split(".")[0] in OWN
        for line, target in source.imports()
        if target.split(".")[0] in OWN and not may_import(room_of(source.module), target)
    ]
    assert wrong == []


def test_nothing_that_is_shipped_needs_the_tests(sources: list[Any]) -> None:
    wrong = [
        f"{source.module} imports {target}"
        for source in sources
        if source.module.split(".")[0] in OWN
        for _, target in source.imports()
        if target.split(".")[0] in {"tests", "bench"}
    ]
    assert wrong == []


def test_the_command_line_needs_no_web_framework(sources: list[Any]) -> None:
    """It uses what features do, not how they are asked over HTTP. `serve` serves HTTP."""
    known = {source.module: source for source in sources if source.module.split(".")[0] in OWN}
    left = [name for name in known if is_in(name, {"dialer.cli"}) and name != "dialer.cli.service"]
    reached = dict.fromkeys(left, "")
    while left:
        name = left.pop()
        for target in _targets(known[name]):
            if target.split(".")[0] in {"fastapi", "starlette", "uvicorn"}:
                raise AssertionError(f"{_way(reached, name)} imports {target}")
            module = target if target in known else target.rpartition(".")[0]
            if module in known and module not in reached and not is_in(module, SERVERS):
                reached[module] = name
                left.append(module)


#: Started by the command line as processes of their own.
SERVERS = {"dialer.demo", "dialer.service"}


def _targets(source: Any) -> list[str]:
    """What is imported when the module is, and by its commands when they run; no mere types."""
    typed = {
        line
        for node in ast.walk(source.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    return [target for line, target in source.imports() if line not in typed]


def _way(reached: dict[str, str], name: str) -> str:
    return f"{_way(reached, reached[name])} -> {name}" if reached[name] else name


def test_every_room_is_in_the_table(sources: list[Any]) -> None:
    known = MAY_IMPORT.keys() | ASSEMBLY | {SIMULATOR, "telesales", "dialer"}
    known |= {WORDS, *LEAVES}
    rooms = {room_of(s.module) for s in sources if s.module.split(".")[0] in OWN}
    assert rooms - known - {"dialer.__main__"} == set()


def test_leaves_import_nothing_of_ours(sources: list[Any]) -> None:
    wrong = [
        f"{source.module} imports {target}"
        for source in sources
        if source.module in LEAVES | {WORDS}
        for _, target in source.imports()
        if target.split(".")[0] in OWN and not is_in(target, {WORDS})
    ]
    assert wrong == []


def test_the_rule_itself_tells_up_from_down() -> None:
    assert may_import("dialer.engine", "dialer.ports.bus.Bus")
    assert may_import("dialer.api", "dialer.engine.engine")
    assert not may_import("dialer.engine", "dialer.asterisk.client")
    assert not may_import("dialer.floor", "dialer.ports.clock")
    assert not may_import("dialer.floor", "dialer.ids")
    assert may_import("dialer.floor", "dialer.words.Phase")
    assert not may_import("pacing", "dialer.words.Method")
    assert not may_import("pacing", "dialer.floor.events")
    assert not may_import("dialer.store", "dialer.api")
    assert not may_import("dialer.engine", "telesales.goals")
    assert not may_import("dialer.engine", "dialer.memory.store")
