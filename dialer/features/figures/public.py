"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.figures.exporting import sheet_and_rows
from dialer.features.figures.parts import REPORTS
from dialer.features.figures.records import ReportShown
from dialer.features.figures.reports import Reports
from dialer.features.figures.schemas import AskReport, ExportReport
from dialer.features.figures.service import asked, report

__all__ = [
    "REPORTS",
    "AskReport",
    "ExportReport",
    "ReportShown",
    "Reports",
    "asked",
    "report",
    "sheet_and_rows",
]
