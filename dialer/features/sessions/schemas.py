"""Shapes of sessions."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.kit.standing import LACKS
from dialer.words import Lacks, Scope

_Password = Field(max_length=200)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ended(_Shape):
    ended: int = Field(description="Sessions that were ended.")


class Login(_Shape):
    name: str = Field(max_length=64)
    password: str = _Password
    code: str = Field(
        default="", max_length=20, description="Of the second factor, or a recovery code."
    )


class Session(_Shape):
    """Who asks, and what that allows."""

    name: str
    full_name: str
    role: str | None = Field(description="None: the token of the state folder.")
    agent: str | None = Field(description="The rep who asks.")
    permissions: list[str]
    scope: Scope
    must_change: bool = Field(description="A password of one's own has to be chosen first.")
    second_factor: bool
    lacks: Lacks | None = Field(description=LACKS)
    csrf: str | None = Field(description="To send as X-CSRF-Token; None for tokens.")
    expires_at: float | None


class NewPassword(_Shape):
    old: str = _Password
    new: str = _Password


class Password(_Shape):
    password: str = _Password


class Code(_Shape):
    code: str = Field(max_length=20)


class Enrolment(_Shape):
    secret: str = Field(description="To type into an authenticator.")
    uri: str = Field(description="The same as a QR code holds it.")


class RecoveryCodes(_Shape):
    recovery_codes: list[str] = Field(description="Shown this once; each is good for one login.")


class OpenSession(_Shape):
    id: str
    created_at: float
    seen_at: float
    expires_at: float
    address: str
    is_this: bool


class OpenSessions(_Shape):
    sessions: list[OpenSession]
