"""What others may use of this feature."""

from __future__ import annotations

from dialer.features.mail.rules import remedies
from dialer.features.mail.sending import AwayError, connected
from dialer.features.mail.service import try_out

__all__ = ["AwayError", "connected", "remedies", "try_out"]
