"""Shapes of roles."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import Scope


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=200)
    permissions: list[str] = Field(max_length=200, examples=[["floors.read"]])
    scope: Scope


class Role(BaseModel):
    name: str
    title: str
    permissions: list[str]
    scope: Scope
    built_in: bool = Field(description="Comes with the program and cannot be changed.")


class RoleList(BaseModel):
    roles: list[Role]
    permissions: dict[str, str] = Field(description="Every permission and what it allows.")
