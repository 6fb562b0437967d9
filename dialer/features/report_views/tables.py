"""The table of saved reports; `0022_report_views` makes it."""

from __future__ import annotations

from dialer.features.report_views.records import REPORT_VIEW
from dialer.store.record_tables import table_of

# One's own; those shared.
report_views = table_of(REPORT_VIEW, "report_views", ("created_by", "id"), ("share", "id"))
