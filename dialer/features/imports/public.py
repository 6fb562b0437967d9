"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.imports.handing import CSV, handed_out
from dialer.features.imports.service import report_of

__all__ = ["CSV", "handed_out", "report_of"]
