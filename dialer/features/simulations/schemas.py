"""Shapes of simulated effects."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import TrialState

FIGURES = (
    "utilisation, wait_mean_s and wait_p90_s (reps' waits), abandon_rate, calls_per_connected, "
    "connected, talk_min_per_rep_hour"
)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Simulate(_Shape):
    changes: dict[str, Any] = Field(default={}, description="Keys of the pool, as in a change.")
    campaigns: dict[str, dict[str, Any]] = Field(
        default={}, description="Keys of its campaigns, by campaign.", max_length=50
    )
    reps: int | None = Field(
        default=None, ge=1, le=1000, description="Not set: those who are at work."
    )
    minutes: float | None = Field(
        default=None, ge=5, le=60, description="Not set: 30, less where many reps are at work."
    )


class Interval(_Shape):
    """A mean over the runs, with its 90 % interval. null: the runs do not tell."""

    mean: float | None
    low: float | None
    high: float | None


class SimulationNote(_Shape):
    slug: Literal["few-calls", "few-wrapups", "paused", "hours"]
    words: str
    campaign: str


class Simulation(_Shape):
    id: str
    pool: str
    who: str
    started_at: float
    minutes: float = Field(description="How far ahead was looked.")
    reps: int
    changes: dict[str, Any] = Field(description="By pool/NAME and campaign/NAME.")
    state: TrialState
    progress: float = Field(description="0 to 1.")
    seeds: int = Field(description="Pairs of runs that are in the figures.")
    notes: list[SimulationNote] = Field(description="What was guessed or left out.")
    now: dict[str, Interval] = Field(description=f"Under the settings in force: {FIGURES}.")
    then: dict[str, Interval] = Field(description="Under the changed ones.")
    difference: dict[str, Interval] = Field(description="`then` less `now`, pair by pair.")
    error: str
