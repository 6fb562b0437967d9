"""Shapes of reps."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dialer.words import CallBackOwner, PhoneKind

NoteKey = Annotated[
    str | None,
    Field(
        min_length=8,
        max_length=100,
        description="The note's own key, chosen by whoever writes it: sent again, by whatever way, "
        "it is the same note.",
    ),
]


class NewAgent(BaseModel):
    """A rep to add, with a phone."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=40, examples=["anna"], description="What the rep logs in with.")
    name: str = Field(default="", max_length=200, examples=["Anna Novak"])
    pool: str = Field(default="default", max_length=64)
    endpoint: str = Field(default="", max_length=40, description="The phone; empty: the code.")
    phone: PhoneKind = "webrtc"
    contact: str = Field(
        default="", max_length=300, description="static: where the phone is, sip:NAME@HOST:PORT."
    )
    skills: dict[str, int] = {}
    language: str = Field(default="en", max_length=16)
    weight: float = Field(
        default=1.0,
        ge=0,
        le=100,
        description="Share of calls where a campaign's routing is "
        "weighted; 2 takes twice as many as 1, 0 only what nobody else can take.",
    )


class AgentChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=200)
    skills: dict[str, int] = Field(default={}, description="All of them: one left out is gone.")
    language: str = Field(default="", max_length=16)
    weight: float = Field(default=1.0, ge=0, le=100, description="As of a new rep.")
    enabled: bool = Field(default=True, description="False: does not start work any more.")
    phone: PhoneKind = "webrtc"
    contact: str = Field(
        default="", max_length=300, description="static: where the phone is, sip:NAME@HOST:PORT."
    )


class AgentPhone(BaseModel):
    endpoint: str = Field(description="The phone's name in Asterisk.")
    kind: PhoneKind
    contact: str


class Agent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    pool: str
    endpoint: str
    skills: dict[str, int]
    language: str
    weight: float = Field(description="Share of calls where routing is weighted.")
    enabled: bool
    state: str = Field(description="ready, preview, dialing, talking, wrapup, paused or out")
    reason: str
    since: float | None
    phone: str
    attempt: str | None
    calls: int
    talk_seconds: float
    activity: str = Field(description='In a call: "", "hold", "consult" or "conference".')
    by: str = Field(description="Who made the rep do this, where it was somebody else.")
    moving_to: str = Field(description="The pool the rep goes to after the call.")


class AgentList(BaseModel):
    agents: list[Agent]


class AddedAgent(Agent):
    account: dict[str, str] = Field(
        description="What the phone registers with, of one that is new or another kind now."
    )
    notice: str | None = Field(description="What is left to do before the phone is known.")


class Pause(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=200)


class MoveAgent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pool: str | None = Field(default=None, max_length=64, description="Not said: as it is.")
    campaigns: list[str] | None = Field(
        default=None, max_length=100, description="Those of the pool to work for. Not said: all."
    )
    because: str = Field(default="", max_length=200, description="The rep is told.")


class Correction(BaseModel):
    """Another result for a call that is over, or its first one."""

    model_config = ConfigDict(extra="forbid")

    was: str | None = Field(
        max_length=64,
        description="The result that is changed, null for none: 409 `changed-since` where "
        "another stands there by now.",
    )
    disposition: str = Field(min_length=1, max_length=64)
    call_back_at: AwareDatetime | None = Field(
        default=None, description="When the callee wants to be called again, with its UTC offset."
    )
    call_back_owner: CallBackOwner | None = None
    because: str = Field(
        default="",
        max_length=500,
        description="Why; kept with the change. Whoever is not the rep of the call has to say it: "
        "422 `reason-missing`.",
    )
    note: str = Field(default="", max_length=4000, description="Kept with the call and the lead.")
    note_key: NoteKey = None


class Finish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disposition: str | None = Field(default=None, max_length=64)
    then_pause: bool = False
    call_back_at: AwareDatetime | None = Field(
        default=None, description="When the callee wants to be called again, with its UTC offset."
    )
    call_back_owner: CallBackOwner | None = Field(
        default=None,
        description="Who calls then. Not said: anyone, this rep first where the disposition keeps "
        "the rep.",
    )
    note: str = Field(default="", max_length=4000, description="Kept with the call and the lead.")
    note_key: NoteKey = None
