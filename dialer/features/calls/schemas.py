"""Shapes of what is done with a conversation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dialer.words import TransferHow, TransferKind


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Pickup(_Shape):
    attempt: str = Field(max_length=160, description="The parked call.")


class Keys(_Shape):
    digits: Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]{1,32}$")]


class RecordingWish(_Shape):
    state: Literal["on", "paused"] = Field(
        description="paused: silence in the recording, for as long as it is."
    )


class Target(_Shape):
    kind: TransferKind
    value: str = Field(
        default="",
        max_length=80,
        description="agent: a rep's code or name; number: the name of one of the campaign's "
        "transfer_numbers, or a number as +12125550100; pool: nothing.",
    )


class Transfer(_Shape):
    to: Target
    how: TransferHow = Field(
        description="blind: the callee goes at once; warm: the rep talks to them first, the "
        "callee on hold (not to a pool)."
    )


class Colleague(_Shape):
    agent: str
    name: str
    state: str


class NamedNumber(_Shape):
    label: str
    value: str


class TransferTargets(_Shape):
    agents: list[Colleague]
    numbers: list[NamedNumber] = Field(description="The campaign's own transfer_numbers.")
    any_number: bool = Field(description="Other numbers, too, if the rules allow each.")


class CallStep(_Shape):
    id: str
    attempt_id: str
    at: float
    what: str = Field(
        description="held, resumed, parked, picked_up, transferred, nobody_came, asked_in, "
        "consulted, joined, left_with, party_left, recording_paused or recording_on"
    )
    agent: str = Field(description="By whom or to whom, where a rep.")
    label: str = Field(description="Who outside, never by a whole number.")


class CallSteps(_Shape):
    steps: list[CallStep]
