"""The tables of schedules and their runs; `0028_report_schedules` makes them."""

from __future__ import annotations

from dialer.features.report_schedules.records import RUN, SCHEDULE
from dialer.store.record_tables import table_of

# Those of a saved report.
report_schedules = table_of(SCHEDULE, "report_schedules", ("view", "id"))
# Those of a schedule, newest first.
report_runs = table_of(RUN, "report_runs", ("schedule", "due_at"))
