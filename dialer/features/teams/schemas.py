"""Shapes of teams."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PlainName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTeam(_Shape):
    name: PlainName
    pools: list[Annotated[str, Field(max_length=64)]] = Field(
        default=[], max_length=200, description="Where the team works; '*': in every pool."
    )


class TeamChange(_Shape):
    """What is left out stays."""

    name: PlainName | None = None
    pools: list[Annotated[str, Field(max_length=64)]] | None = Field(default=None, max_length=200)


class NewSquad(_Shape):
    name: PlainName


class Squad(_Shape):
    id: str
    name: str
    members: int


class Team(_Shape):
    id: str
    name: str
    pools: list[str]
    members: int = Field(description="Accounts, those of the squads included.")
    squads: list[Squad]


class TeamList(_Shape):
    teams: list[Team]
