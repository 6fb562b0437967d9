"""Shapes of accounts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.kit.standing import LACKS
from dialer.words import Lacks, Language

_NAME = "What the person logs in with: letters, digits, '.', '_', '@', '-'; case does not matter."
_EMAIL = "Where mail for the person goes, as reports that are sent; empty: nowhere."
_LANGUAGE = "Of mail for the person; null: as whoever has it sent reads."


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(_Shape):
    name: str = Field(min_length=1, max_length=64, examples=["anna"], description=_NAME)
    full_name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=254, description=_EMAIL)
    language: Language | None = Field(default=None, description=_LANGUAGE)
    role: str = Field(max_length=64, examples=["rep"])
    agent: str | None = Field(
        default=None, max_length=40, description="The code of the rep this person is."
    )
    team: str | None = Field(default=None, max_length=64, description="Its name, or id.")
    squad: str | None = Field(default=None, max_length=64, description="Of the team.")
    password: str | None = Field(
        default=None, max_length=200, description="None: a one-time password is made."
    )


class AccountChange(_Shape):
    """What is left out stays; null takes the rep or the team away."""

    full_name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=254, description=_EMAIL)
    language: Language | None = Field(default=None, description=_LANGUAGE)
    role: str = Field(default="", max_length=64)
    agent: str | None = Field(default=None, max_length=40)
    enabled: bool = True
    team: str | None = Field(default=None, max_length=64)
    squad: str | None = Field(default=None, max_length=64)


class Account(_Shape):
    id: str
    name: str
    full_name: str
    email: str
    language: Language | None
    role: str
    agent: str | None
    enabled: bool
    must_change: bool = Field(description="The password was given by someone else.")
    second_factor: bool
    team: str | None
    squad: str | None
    lacks: Lacks | None = Field(description=LACKS)
    created_at: float
    last_login_at: float | None


class AccountList(_Shape):
    accounts: list[Account]


class AddedAccount(Account):
    one_time_password: str | None = Field(description="Shown this once.")


class OneTimePassword(_Shape):
    one_time_password: str = Field(description="Shown this once; to be changed at the next login.")
