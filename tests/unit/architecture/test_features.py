"""What holds for every feature: declared once, told in half a page, and in no circle."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from dialer.features.every import FEATURES, PERMISSIONS
from dialer.features.roles.built_in import BUILT_IN
from dialer.kit.auth import Needed
from dialer.kit.feature import ADMIN

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "dialer/features"
NAMES = [feature.name for feature in FEATURES]


def test_every_folder_is_in_the_list_and_every_line_of_it_is_a_folder() -> None:
    assert sorted(NAMES) == sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))


@pytest.mark.parametrize("name", NAMES)
def test_every_feature_says_in_half_a_page_what_it_is(name: str) -> None:
    page = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert page.startswith("# ")
    assert 3 <= len(page.splitlines()) <= 40


def test_every_permission_is_in_a_role_besides_the_administrators_or_is_for_all() -> None:
    others = [role.permissions for name, role in BUILT_IN.items() if name != ADMIN]
    for_all = {it.name for feature in FEATURES for it in feature.permissions if it.for_all}
    assert PERMISSIONS.keys() - frozenset().union(*others) - for_all == set(ONLY_THE_ADMIN)


#: Nobody else has these; a site may make a role that has.
ONLY_THE_ADMIN: set[str] = set()


def test_every_permission_that_a_route_needs_is_declared_by_a_feature() -> None:
    needed = {need.permission for need in _needs() if need.permission is not None}
    assert needed - PERMISSIONS.keys() == set()


def _needs() -> list[Needed]:
    routers = [router for it in FEATURES for router in (*it.routers(), *it.bare_routers())]
    routes: list[Any] = [route for router in routers for route in router.routes]
    dependants = [each for it in routes for each in it.dependant.dependencies]
    return [each.call for each in dependants if isinstance(each.call, Needed)]


def test_features_use_of_each_other_only_what_is_public(sources: list[Any]) -> None:
    """`public.py` says what; the declaration and the list of all are nobody's inside."""
    inside = [
        f"{source.module} imports {target}"
        for source in sources
        if (own := _feature_of(source.module)) in NAMES
        for _, target in source.imports()
        if _feature_of(target) in NAMES
        and _feature_of(target) != own
        and not target.startswith(f"dialer.features.{_feature_of(target)}.public.")
    ]
    assert inside == []


def test_what_is_public_is_used_by_somebody(sources: list[Any]) -> None:
    used = {target for source in sources for _, target in source.imports()}
    unused = [
        f"{source.module}.{alias.name}"
        for source in sources
        if source.module.startswith("dialer.features.") and source.module.endswith(".public")
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
        if f"{source.module}.{alias.name}" not in used
    ]
    assert unused == []


def test_no_features_need_each_other(sources: list[Any]) -> None:
    """`every` is the list itself: whoever reads it needs all declarations, and no feature."""
    needs: dict[str, set[str]] = {name: set() for name in NAMES}
    for source in sources:
        own = _feature_of(source.module)
        if own in needs:
            found = {_feature_of(target) for _, target in source.imports()}
            needs[own] |= (found & needs.keys()) - {own}
    assert _in_circles(needs) == set()


def _feature_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["dialer", "features"] and len(parts) > 2 else ""


def _in_circles(needs: dict[str, set[str]]) -> set[str]:
    """What is left when all that need nothing, or are needed by nothing, are taken away."""
    left = {name: set(found) for name, found in needs.items()}
    while True:
        needed = set().union(*left.values()) if left else set()
        free = {name for name, found in left.items() if not found or name not in needed}
        if not free:
            return set(left)
        left = {name: found - free for name, found in left.items() if name not in free}
