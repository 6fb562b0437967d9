"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings file. Default: $DIALER_CONFIG, ./dialer.toml, ~/.config/dialer/dialer.toml, "
        "/etc/dialer/dialer.toml.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Of the file, where it is not found out: cp1252, big5 …"),
]
RegionOption = Annotated[
    str,
    typer.Option(
        metavar="CC", help="Country of numbers without a country code, two letters: DE, US, CN."
    ),
]


def assignments(words: Sequence[str]) -> dict[str, Any]:
    """["a.b=5", "c=x"] as {"a": {"b": 5}, "c": "x"}: values as in TOML, else as text.

    Raises typer.BadParameter.
    """
    found: dict[str, Any] = {}
    for word in words:
        key, sign, text = word.partition("=")
        if not sign or not all(key.split(".")):
            raise typer.BadParameter(f"{word!r} is not of the form KEY=VALUE", param_hint="--set")
        table = found
        *around, last = key.split(".")
        for part in around:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise typer.BadParameter(f"{part} is no table in {word!r}", param_hint="--set")
            table = inner
        table[last] = toml_value(text)
    return found


def toml_value(text: str) -> Any:
    """What `text` says in TOML, or itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def levels(words: Sequence[str]) -> dict[str, int]:
    """["spanish=2"] as {"spanish": 2}. Raises typer.BadParameter."""
    found = {}
    for word in words:
        name, sign, level = word.partition("=")
        if not sign or not name or not level.isdecimal():
            raise typer.BadParameter(
                f"{word!r} is not of the form NAME=LEVEL", param_hint="--skill"
            )
        found[name] = int(level)
    return found


def time_of(text: str | None, option: str) -> float | None:
    """ISO 8601; without a zone it is this machine's time. Raises typer.BadParameter."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time: write 2026-01-31 or 2026-01-31T09:00", param_hint=option
        ) from None


def chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were said. Raises typer.BadParameter when there is none."""
    found = {key: value for key, value in given.items() if value is not None}
    if not found:
        raise typer.BadParameter("say what to change: --help lists it", param_hint="OPTION")
    return found
