"""What others may use of this feature."""

from __future__ import annotations

from dialer.features.mail.message import Attachment, Letter
from dialer.features.mail.rules import remedies
from dialer.features.mail.sending import AwayError, connected
from dialer.features.mail.service import Addressed, put_down, try_out

__all__ = [
    "Addressed",
    "Attachment",
    "AwayError",
    "Letter",
    "connected",
    "put_down",
    "remedies",
    "try_out",
]
