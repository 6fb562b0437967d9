"""FastAGI: Asterisk's dialplan asks, the engine answers."""

from __future__ import annotations

from agi.errors import (
    AgiError,
    BadCommandError,
    BadRequestError,
    HungUpError,
    ReplyTimeoutError,
)
from agi.server import AgiCounters, AgiServer
from agi.session import AgiSession
from agi.wire import AgiReply, AgiRequest

__all__ = [
    "AgiCounters",
    "AgiError",
    "AgiReply",
    "AgiRequest",
    "AgiServer",
    "AgiSession",
    "BadCommandError",
    "BadRequestError",
    "HungUpError",
    "ReplyTimeoutError",
]
