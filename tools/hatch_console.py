"""Build hook: a wheel or a source archive carries the built console, where it was built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Named by pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable installation reads the console where it is built."""
        dist = Path(self.root, "console/dist")
        if version == "editable" or not (dist / "index.html").is_file():
            return
        inside = "dialer/_data/console" if self.target_name == "wheel" else "console/dist"
        build_data["force_include"][str(dist)] = inside
