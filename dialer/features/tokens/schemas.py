"""Shapes of tokens."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class NewToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, examples=["crm export"])
    scopes: list[str] = Field(
        min_length=1, max_length=200, description="Permissions, none that the owner has not."
    )
    days: int = Field(default=90, ge=1, le=366, description="How long it is good.")


class Token(BaseModel):
    id: str
    name: str
    account: str = Field(description="Its owner; it can do no more than they can.")
    scopes: list[str]
    created_at: float
    expires_at: float
    last_used_at: float | None
    revoked_at: float | None


class MadeToken(Token):
    token: str = Field(description="Shown this once; only a digest is kept.")


class TokenList(BaseModel):
    tokens: list[Token]
