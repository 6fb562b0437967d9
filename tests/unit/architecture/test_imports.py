"""Imports point downwards only: a room uses what the table gives it, and nothing above it."""

from __future__ import annotations

from typing import Any

# A room and what it may import besides itself. A name covers what is below it.
MAY_IMPORT: dict[str, set[str]] = {
    "pacing": set(),
    "routing": set(),
    # far_end is a table of the field's own, pure, and imports nothing of ours.
    "dialer.floor": {"pacing", "routing", "dialer.ports.far_end"},
    "dialer.ports": {"dialer.floor"},
    "dialer.engine": {"dialer.floor", "dialer.ports", "pacing", "routing"},
    "dialer.store": {"dialer.ports"},
    "dialer.bus": {"dialer.ports"},
    "dialer.accounts": {"dialer.ports"},
    "dialer.compliance": {"dialer.ports", "dialer.store"},
    "dialer.leads": {"dialer.ports", "dialer.store", "dialer.compliance"},
    "recordings": {"dialer.ports", "dialer.store"},
    "agi": {"dialer.floor.events", "dialer.ports"},
    # The switch is AMI and AGI together: it owns the AGI server that its dialplan calls.
    "dialer.asterisk": {"dialer.floor.events", "dialer.ports", "agi"},
    "dialer.metrics": {"dialer.floor", "dialer.ports"},
    "dialer.log": set(),
    "dialer.clocks": set(),
}
# Where rooms are put together: these may use every room, and no room above uses them.
ASSEMBLY = {
    "dialer.settings", "dialer.service", "dialer.api", "dialer.cli", "dialer.doctor", "dialer.demo",
}  # fmt: skip
# The simulator is a second assembly, on the in-memory rooms; those are shipped for it and tests.
SIMULATOR, TESTING = "dialer.sim", "dialer.testing"
# Leaves that everyone but the pure rooms may use: they import nothing of ours.
LEAVES = {
    "dialer.cells",
    "dialer.clocks",
    "dialer.descriptors",
    "dialer.ids",
    "dialer.realtime",
    "dialer.zonedata",
    "dialer.engine.tasks",
}
PURE = {"pacing", "routing", "dialer.floor"}
OWN = {"pacing", "routing", "agi", "recordings", "dialer", "telesales"}


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "dialer" else parts[0]


def is_in(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def may_import(room: str, target: str) -> bool:
    """True when a module of `room` may import `target`, a module or a name of one."""
    if room_of(target) == room or target == "dialer":
        return True
    if is_in(target, LEAVES):
        return room not in PURE
    if room in MAY_IMPORT:
        return is_in(target, MAY_IMPORT[room])
    if room in ASSEMBLY:
        return not is_in(target, {TESTING})
    if room == TESTING:
        return not is_in(target, ASSEMBLY)
    if room == SIMULATOR:
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


def test_every_room_is_in_the_table(sources: list[Any]) -> None:
    known = MAY_IMPORT.keys() | ASSEMBLY | {SIMULATOR, TESTING, "telesales", "dialer"}
    known |= {"dialer.cells", "dialer.descriptors", "dialer.ids", "dialer.realtime"}
    known |= {"dialer.zonedata"}
    rooms = {room_of(s.module) for s in sources if s.module.split(".")[0] in OWN}
    assert rooms - known - {"dialer.__main__"} == set()


def test_leaves_import_nothing_of_ours(sources: list[Any]) -> None:
    wrong = [
        f"{source.module} imports {target}"
        for source in sources
        if source.module in LEAVES
        for _, target in source.imports()
        if target.split(".")[0] in OWN
    ]
    assert wrong == []


def test_the_rule_itself_tells_up_from_down() -> None:
    assert may_import("dialer.engine", "dialer.ports.bus.Bus")
    assert may_import("dialer.api", "dialer.engine.engine")
    assert not may_import("dialer.engine", "dialer.asterisk.client")
    assert not may_import("dialer.floor", "dialer.ports.clock")
    assert not may_import("dialer.floor", "dialer.ids")
    assert not may_import("pacing", "dialer.floor.events")
    assert not may_import("dialer.store", "dialer.api")
    assert not may_import("dialer.engine", "telesales.goals")
    assert not may_import("dialer.service", "dialer.testing.store")
