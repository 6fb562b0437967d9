"""Shapes of what operators see."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import Finding, LogLevel, TrunkHealth


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


class TrunkLately(_Shape):
    """A trunk's last 15 minutes."""

    ended: int = Field(description="Calls that ended.")
    answered: int
    refused: int = Field(description="Ends that were the trunk's doing.")
    answer_seizure_ratio: float | None = Field(description="Answered per call that ended, 0 to 1.")
    post_dial_delay_s: float | None = Field(description="Mean, from placing to ringing.")
    causes: dict[str, int] = Field(
        description="Calls nobody answered by Q.850 cause, the commonest first."
    )


class Trunk(_Shape):
    name: str
    kind: str
    host: str
    in_use: int
    max_lines: int | None
    calls_per_second: float | None
    use: float | None = Field(description="Lines in use, 0 to 1; null without max_lines.")
    state: TrunkHealth = Field(
        description="untried: nothing heard of it since the start; out: takes no calls; probing: "
        "one call asks whether it does again."
    )
    since: float = Field(description="When it came to take calls, or to take none.")
    probe_at: float | None = Field(description="While out: when the next probe goes out.")
    reachable: bool | None = Field(
        description="By OPTIONS and its registration; null where neither is asked."
    )
    lately: TrunkLately


class TrunkList(_Shape):
    trunks: list[Trunk]


class CallerNumber(_Shape):
    caller_id: str = Field(description="One of our own numbers; empty: the trunk's.")
    calls: int
    answered: int
    blocked: int = Field(description="By analytics: SIP 608, or 603 Network Blocked.")
    declined: int = Field(description="By callees: SIP 603.")
    unwanted: int = Field(description="By callees who want no such call: SIP 607.")
    last_blocked_at: float | None


class CallerNumberList(_Shape):
    since: float
    callers: list[CallerNumber] = Field(description="The most blocked first.")


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
    state: Finding
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
    level: LogLevel
