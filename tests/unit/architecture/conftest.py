"""The project's own sources, parsed once."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Source:
    """One Python file; `module` is its dotted name, `text` its contents."""

    path: Path
    module: str
    text: str
    tree: ast.Module

    def imports(self) -> list[tuple[int, str]]:
        """(line, module) of every import, those inside functions and for typing included."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node.lineno, name) for name in self._imported_from(node)]
        return found

    def _imported_from(self, node: ast.ImportFrom) -> list[str]:
        """`from dialer import ids` imports dialer.ids, `from . import x` something beside us."""
        package = self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        base = ".".join(part for part in (package if node.level else "", node.module) if part)
        return [f"{base}.{alias.name}" for alias in node.names]


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file of the project: what git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    return sorted(path for path in paths if path.is_file())


@pytest.fixture(scope="session")
def sources(tracked: list[Path]) -> list[Source]:
    """Every Python file of the project."""
    found = []
    for path in tracked:
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            tree = ast.parse(text, str(path), feature_version=(3, 11))
            found.append(Source(path, module.removesuffix(".__init__"), text, tree))
    return found
