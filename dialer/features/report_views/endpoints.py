"""Saved reports over HTTP."""

from __future__ import annotations

from dialer.features.report_views.service import allow, check, readers
from dialer.features.report_views.store import REPORT_VIEWS
from dialer.kit.records.routes import record_router

router = record_router(
    REPORT_VIEWS,
    "report_views",
    reads="figures.read",
    edits="report_views.write",
    check=check,
    scope=readers,
    allow=allow,
)
