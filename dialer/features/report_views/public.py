"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.report_views.records import Readers, ReportView
from dialer.features.report_views.rules import question_of
from dialer.features.report_views.service import MANAGE, readers, readers_of
from dialer.features.report_views.store import REPORT_VIEWS

__all__ = [
    "MANAGE",
    "REPORT_VIEWS",
    "Readers",
    "ReportView",
    "question_of",
    "readers",
    "readers_of",
]
