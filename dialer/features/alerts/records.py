"""Alerts as they are shown."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.ports.steering import AlertRow


class AlertList(Struct, frozen=True):
    """What is wrong, and was."""

    firing: list[AlertRow]
    recent: Annotated[list[AlertRow], Meta(description="Fired or firing, newest first.")]
    next: Annotated[str | None, Meta(description="As `below`, it asks for the next page.")]
