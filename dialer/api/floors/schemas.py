"""Shapes of a floor. Times are unix seconds, numbers masked, rates 0 to 1."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Watcher(_Shape):
    who: str
    mode: str = Field(description="listen, whisper, barge or take-over")
    announced: bool = Field(description="The rep is told.")


class FloorAgent(_Shape):
    agent: str
    name: str
    pool: str
    state: str = Field(description="ready, preview, dialing, talking, wrapup, paused or out")
    reason: str
    since: float
    phone: str
    attempt: str | None
    campaign: str | None
    calls: int
    talk_seconds: float
    leaving: str = Field(description='"", "pause" or "out": asked for, and done after the call')
    leaving_reason: str
    wrapup_ends: float | None = Field(description="When the wrap-up is over by itself.")
    wrapup_of: str | None = Field(description="The attempt that is being written up.")
    preview_ends: float | None = Field(description="When the time to look at a lead is over.")
    up_next: str = Field(
        description='"", "callback" or "dial": comes as soon as no call needs this rep'
    )
    last_attempt: str | None = Field(
        description="The last call placed for this rep that came to nothing."
    )
    last_outcome: str = Field(description="Why it did: an outcome, or the rule that refused it.")
    activity: str = Field(description='"", "hold", "consult" or "conference"')
    watchers: list[Watcher] = Field(
        description="Who listens; without calls.listen only those whom the rep sees, too."
    )
    by: str = Field(description="Who made the rep do this, where it was somebody else.")
    moving_to: str = Field(description="The pool the rep goes to after the call.")


class CallParty(_Shape):
    id: str = Field(description='A rep\'s code, or "outside".')
    kind: str = Field(description="rep, external or supervisor")
    label: str
    state: str = Field(description="calling, waiting or talking")


class FloorCall(_Shape):
    attempt: str
    campaign: str
    lead: str
    number: str = Field(description="Masked.")
    phase: str
    since: float
    placed_at: float
    agent: str | None
    mode: str = Field(description="auto, preview, manual or callback")
    held_by: str = Field(
        description='Why the callee waits: "", "agent" (on hold), "phone" (the rep\'s is lost), '
        '"park" or "transfer"'
    )
    held_until: float | None
    recording: str = Field(description="off, on or paused")
    parties: list[CallParty] = Field(description="Who else is asked into the call.")


class Scheduled(_Shape):
    at: float | None = Field(description="When; null: not within a year.")
    what: str = Field(description="start or pause")
    overridden: bool = Field(description="Somebody made it otherwise until then.")


class FloorCampaign(_Shape):
    campaign: str
    pool: str
    state: str
    leads: dict[str, int]
    in_progress: dict[str, int]
    placed: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    mean_wait_seconds: float | None
    scheduled: Scheduled | None = Field(description="What it does next by itself.")


class FloorEnded(_Shape):
    attempt: str
    campaign: str
    number: str = Field(description="Masked.")
    outcome: str
    agent: str | None
    ended_at: float
    talk_seconds: float | None


class Floor(_Shape):
    pool: str
    at: float
    switch_up: bool
    agents: list[FloorAgent]
    calls: list[FloorCall]
    campaigns: list[FloorCampaign]
    last_ended: list[FloorEnded]
    pacing: dict[str, Any] = Field(description="The pacer's last decision and its reasons.")


class FloorSummary(_Shape):
    pool: str
    at: float
    switch_up: bool
    agents: dict[str, int] = Field(description="Reps by state.")
    calls: dict[str, int] = Field(description="Attempts by phase.")
    campaigns: list[str]


class FloorList(_Shape):
    floors: list[FloorSummary]
