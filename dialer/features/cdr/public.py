"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.cdr import looking
from dialer.features.cdr.records import CallChoices, CallRow, Choice
from dialer.features.cdr.schemas import CallSearch

__all__ = ["CallChoices", "CallRow", "CallSearch", "Choice", "looking"]
