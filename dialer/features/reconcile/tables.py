"""The tables of differences and checks."""

from __future__ import annotations

from dialer.features.reconcile.records import DAY_CHECK, DIFFERENCE
from dialer.store.record_tables import table_of

# Those of a day, when it is looked at again; and all, newest first.
differences = table_of(DIFFERENCE, "differences", ("day", "id"))
day_checks = table_of(DAY_CHECK, "day_checks")
