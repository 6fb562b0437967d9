"""What a pacer is told at its start: method, limit to keep, and the knobs of the baselines."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

Method = Literal["predictive", "progressive", "ratio", "adaptive"]
AdaptiveMode = Literal["AVERAGE", "HARD_LIMIT", "TAPERED", "RATIO"]


def _number(name: str, value: object, low: float, high: float) -> None:
    """ValueError unless `value` is a finite number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ValueError(f"{name} must be a number, not {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value!r}")


def _choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")


def _whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} must be a whole number of at least 0, or None, not {value!r}")


@dataclass(frozen=True, slots=True)
class AdaptiveSettings:
    """The knobs of the dial-level control (method "adaptive"); the defaults are the field's stock.

    Rates are 0..1 and times seconds; `intensity` and `idle_target` are in the units of the peer's
    menus (per cent, and reps), so that its users find their own figures here.
    """

    mode: AdaptiveMode = "AVERAGE"
    level: float = 1.0  # the level at the start; the constant level where mode is RATIO
    max_level: float = 3.0
    idle_target: int = 0  # -5: aim at five idle reps; +5: at five waiting callees
    intensity: int = 0  # -40 .. +40
    available_only: bool = False  # count only ready reps when the level becomes calls
    loop_s: float = 2.5  # pause between two rounds of placing
    calls_per_second: float = 5.0  # calls are placed one by one at this pace, the round waits
    level_every_s: float = 15.0
    drops_every_s: float = 60.0
    ghost_s: float = 0.0  # how long an unanswered call still holds its line in the peer's table
    counting: Literal["correct", "shipped"] = "correct"  # "shipped": drops of the last hour missing
    shift_s: float = 12 * 3600.0  # TAPERED: from the first call to the latest time of the server
    threshold_agents: int = 0  # below so many reps logged in the level is 1

    def __post_init__(self) -> None:
        _choice("adaptive.mode", self.mode, get_args(AdaptiveMode))
        _choice("adaptive.counting", self.counting, ("correct", "shipped"))
        _number("adaptive.level", self.level, 0.0, 1000.0)
        _number("adaptive.max_level", self.max_level, 1.0, 1000.0)
        _number("adaptive.idle_target", self.idle_target, -1000, 1000)
        _number("adaptive.intensity", self.intensity, -100, 100)
        _number("adaptive.loop_s", self.loop_s, 0.01, 60.0)
        _number("adaptive.calls_per_second", self.calls_per_second, 0.01, 10000.0)
        _number("adaptive.level_every_s", self.level_every_s, 0.1, 3600.0)
        _number("adaptive.drops_every_s", self.drops_every_s, 0.1, 3600.0)
        _number("adaptive.ghost_s", self.ghost_s, 0.0, 3600.0)
        _number("adaptive.shift_s", self.shift_s, 1.0, 1e6)
        _number("adaptive.threshold_agents", self.threshold_agents, 0, 100000)


@dataclass(frozen=True, slots=True)
class PacingSettings:
    """How to pace: times in seconds, rates 0..1. Raises ValueError with one line on a bad value."""

    method: Method = "predictive"
    max_abandon_rate: float = 0.03  # abandoned / answered by a human, in every window
    connect_within: float = 2.0  # an answered callee without a rep after so long is abandoned
    ring_timeout: float = 25.0  # the caller gives an unanswered call up after so long
    max_lines: int | None = None  # calls in progress and conversations together
    seed: int = 0  # part of the settings' identity; no decision is random
    ratio: float = 1.5  # method "ratio": calls ringing per ready rep
    adaptive: AdaptiveSettings = field(default_factory=AdaptiveSettings)
    overdraft_s: float = 300.0  # what a sudden doubling of the answer rate may cost beyond the
    #                             budget: no more than so long a time of one-to-one work earns back
    strict: bool = False  # True: the budget pays even if every call in progress is answered now
    ring_minimum: float = 15.0  # no call that has rung less is offered for cancelling

    def __post_init__(self) -> None:
        _choice("method", self.method, get_args(Method))
        _number("max_abandon_rate", self.max_abandon_rate, 0.0, 1.0)
        _number("connect_within", self.connect_within, 0.0, 60.0)
        _number("ring_timeout", self.ring_timeout, 1.0, 600.0)
        _number("ratio", self.ratio, 0.0, 1000.0)
        _number("overdraft_s", self.overdraft_s, 0.0, 7200.0)
        _number("ring_minimum", self.ring_minimum, 0.0, 600.0)
        if not isinstance(self.strict, bool):
            raise ValueError(f"strict must be True or False, not {self.strict!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise ValueError(f"seed must be a whole number, not {self.seed!r}")
        if self.max_lines is not None:
            _whole("max_lines", self.max_lines)
        if not isinstance(self.adaptive, AdaptiveSettings):
            raise ValueError(f"adaptive must be AdaptiveSettings, not {self.adaptive!r}")


@dataclass(frozen=True, slots=True)
class Window:
    """One legal window of one group as the caller's ledger has it; group "" is every call.

    `answered` and `abandoned` are the denominator and numerator so far, as the compliance profile
    counts them (fractions are allowed). `machine_error` is the share of machine verdicts that the
    profile has counted as abandoned people. `closes_at` is on the pacer's clock; None or inf:
    not known.
    """

    group: str
    limit: float
    answered: float = 0.0
    abandoned: float = 0.0
    closes_at: float | None = None
    machine_error: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.group, str):
            raise ValueError(f"window group must be text, not {self.group!r}")
        _number("window limit", self.limit, 0.0, 1.0)
        _number("window answered", self.answered, 0.0, 1e15)
        _number("window abandoned", self.abandoned, 0.0, 1e15)
        _number("window machine_error", self.machine_error, 0.0, 1.0)
        if self.closes_at is not None:
            _number("window closes_at", self.closes_at, -math.inf, math.inf)
