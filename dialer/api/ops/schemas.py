"""Shapes of what operators see."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Node(_Shape):
    node: str
    up: bool = Field(description="The manager link is.")
    run: str = Field(description="managed or external")
    address: str
    version: str
    booted_at: float | None
    calls: int
    reconnects: int
    events: int
    agi: dict[str, int]
    words: str = Field(description="What is wrong and what to do; empty where nothing is.")


class NodeList(_Shape):
    nodes: list[Node]


class Trunk(_Shape):
    name: str
    kind: str
    host: str
    in_use: int
    max_lines: int | None
    calls_per_second: float | None
    use: float | None = Field(description="Lines in use, 0 to 1; null without max_lines.")


class TrunkList(_Shape):
    trunks: list[Trunk]


class Versions(_Shape):
    dialer: str
    database: str = Field(description="Revision of the tables.")
    python: str
    asterisk: dict[str, str] = Field(description="By node; empty where it is not reached.")
    libraries: dict[str, str]
    started_at: float


class LoadedSettings(_Shape):
    source: str | None = Field(description="The settings file; null: defaults alone.")
    state_dir: str
    settings: dict[str, Any] = Field(description="As loaded, secrets masked.")


class Check(_Shape):
    name: str
    state: Literal["ok", "warn", "fail"]
    what: str
    remedy: str


class CheckList(_Shape):
    checks: list[Check]


class LogLevels(_Shape):
    level: str
    levels: dict[str, str] = Field(description="Others by the beginning of a module's name.")


class SetLogLevel(_Shape):
    logger: str = Field(
        default="",
        max_length=100,
        pattern=r"^[A-Za-z0-9_.]*$",
        description="As dialer.asterisk; empty: in general.",
    )
    level: Literal["debug", "info", "warning", "error"]
