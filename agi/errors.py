"""What can go wrong in a FastAGI session, as types that callers tell apart."""

from __future__ import annotations


class AgiError(Exception):
    """Something in a FastAGI session went wrong."""


class BadRequestError(AgiError):
    """What came is no FastAGI request, or it passes a limit; the text says which."""


class BadCommandError(AgiError, ValueError):
    """A command that must not be sent: it would be read as another one."""


class HungUpError(AgiError):
    """The channel or the connection is gone: no reply will come."""


class ReplyTimeoutError(AgiError, TimeoutError):
    """Asterisk did not reply to a command in time."""
