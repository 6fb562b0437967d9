"""Shapes of what calls are looked for by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dialer.kit.export import SheetWish
from dialer.kit.moments import Moment
from dialer.words import AnsweredBy, CallMode, HangupBy, Outcome

_Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Words = Annotated[list[_Word], Field(max_length=200)]
_Cause = Annotated[int, Field(ge=0, le=127)]
_Code = Annotated[int, Field(ge=100, le=699)]
Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class CallWish(BaseModel):
    """Which calls; what is left out asks for all. A number travels in a body only."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = Field(default=None, description="placed at or after, unix seconds")
    until: Moment | None = Field(default=None, description="placed before")
    campaigns: _Words = Field(default=[], description="Their names.")
    reps: _Words = Field(default=[], description="Their codes.")
    teams: _Words = Field(default=[], description="Ids: calls of the reps who are in them now.")
    number: str = Field(
        default="",
        max_length=64,
        description="As people write it; for who may see whole numbers also a part of it: four "
        "digits are its last four.",
    )
    text: str = Field(
        default="", max_length=200, description="A part of the callee's name or of a call's notes."
    )
    outcomes: list[Outcome] = Field(default=[], max_length=20)
    dispositions: _Words = Field(default=[], description="Codes.")
    trunks: _Words = Field(default=[])
    modes: list[CallMode] = Field(default=[], max_length=20)
    answered_by: list[AnsweredBy] = Field(default=[], max_length=20)
    hangup_by: list[HangupBy] = Field(default=[], max_length=20)
    causes: list[_Cause] = Field(default=[], max_length=128, description="Of Q.850.")
    sip_codes: list[_Code] = Field(
        default=[], max_length=200, description="Of the far end's last answer."
    )
    scripts: _Words = Field(
        default=[], description="VERSION@CAMPAIGN: calls that were talked by that script."
    )
    talk_from: Seconds | None = Field(default=None, description="Seconds of talk, at least.")
    talk_to: Seconds | None = Field(default=None, description="And at most.")
    recorded: bool | None = Field(default=None, description="Is there a recording?")


class CallSearch(CallWish):
    below: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=200)


class CallExport(SheetWish):
    """Calls as a file: which, and the columns and words of whoever asks."""

    wish: CallWish
