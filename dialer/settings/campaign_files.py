"""Write a campaign file, as `dialer campaign create` does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dialer.settings.model import Settings
from dialer.settings.problems import dotted, quoted
from dialer.settings.secrets import replace_file


def campaign_file(settings: Settings, name: str) -> Path:
    """Where the file of this campaign is, or would be."""
    return settings.campaign_dir / f"{name}.toml"


def write_campaign(path: Path, data: Mapping[str, Any]) -> None:
    """Write a new campaign file. Raises FileExistsError, OSError."""
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, as_toml(data), mode=0o644)


def as_toml(data: Mapping[str, Any]) -> str:
    """Plain data (texts, numbers, lists, tables) as TOML; tables after the plain keys."""
    plain = {key: value for key, value in data.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in data.items() if isinstance(value, Mapping)}
    lines = [f"{dotted((key,))} = {toml_value(value)}\n" for key, value in plain.items()]
    for key, table in tables.items():
        lines.append(f"\n[{dotted((key,))}]\n")
        lines += [f"{dotted((inner,))} = {toml_value(value)}\n" for inner, value in table.items()]
    return "".join(lines)


def toml_value(value: Any) -> str:
    """A text, number, list or table as it stands behind the equals sign."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{dotted((key,))} = {toml_value(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)
