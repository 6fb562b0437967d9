"""What can go wrong on the manager link, as types that callers tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.asterisk.messages import Message


class AmiError(Exception):
    """Something on the manager link went wrong."""


class ProtocolError(AmiError):
    """The bytes received cannot be AMI; the framing is lost and the link must be dropped.

    `messages` are those that were complete before the offence: they are true and must be used.
    """

    def __init__(self, text: str, messages: Sequence[Message] = ()) -> None:
        super().__init__(text)
        self.messages = list(messages)


class EncodeError(AmiError, ValueError):
    """A name or a value must not go into an action: it would change the action's meaning."""


class LinkDown(AmiError):  # noqa: N818  # named for what happened
    """The link is down, or went down before the reply came: whether the action ran is unknown."""


class ActionTimeout(AmiError, TimeoutError):  # noqa: N818  # named for what happened
    """No reply in time on a link that is up: whether the action ran is unknown."""


class ActionFailed(AmiError):  # noqa: N818  # named for what happened
    """Asterisk refused the action; `text` is Asterisk's own sentence."""

    def __init__(self, action: str, text: str, reply: Message | None = None) -> None:
        super().__init__(f"Asterisk refused {action}: {text}")
        self.action = action
        self.text = text
        self.reply = reply


class LoginRefused(ActionFailed):
    """The manager user or its secret is wrong, or the user may not log in from here."""
