"""Shapes of listening in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import ListenMode


class Listen(BaseModel):
    """Whom to listen to, and how."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(max_length=200, description="The rep, by code or name.")
    mode: ListenMode = "listen"
    why: str = Field(default="", max_length=500, description="Goes into the audit log.")


class ListenChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mode: ListenMode


class ListeningIn(BaseModel):
    """One listening-in, from call to call of one rep."""

    model_config = ConfigDict(extra="forbid")

    id: str
    who: str
    agent: str
    mode: str = Field(description="listen, whisper, barge or take-over")
    state: str = Field(
        description="calling: the listening phone; waiting: for the rep's next call; hearing; "
        "talking: in the conversation; taken: in the rep's place"
    )
    attempt: str | None
    began_at: float
    why: str
    is_own: bool


class ListeningList(BaseModel):
    supervision: list[ListeningIn]
