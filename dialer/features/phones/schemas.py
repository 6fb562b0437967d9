"""Shapes of browser phones."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class IceServer(BaseModel):
    """As WebRTC's RTCIceServer."""

    model_config = ConfigDict(extra="forbid")

    urls: str
    username: str | None = None
    credential: str | None = None


class PhoneWish(BaseModel):
    """Left out: this page becomes the phone, in the place of any other browser."""

    model_config = ConfigDict(extra="forbid")

    again: bool = Field(
        default=False,
        description="The page has had the phone, and does not take it back from another browser: "
        "409 phone-elsewhere.",
    )


class BrowserPhone(BaseModel):
    """What a phone in a browser registers with."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str
    uri: str = Field(examples=["sip:anna@calls.example.com"])
    ws_url: str = Field(examples=["wss://calls.example.com/ws"])
    username: str
    password: str = Field(description="Shown this once; the one before is no longer right.")
    expires_at: float | None = Field(description="It ends then, and with the session. Null: never.")
    ice_servers: list[IceServer]
    short_lived: bool
    note: str | None = Field(description="What is not as it should be, and what to do.")
