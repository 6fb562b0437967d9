"""The place of differences and checks in the store."""

from __future__ import annotations

from dialer.features.reconcile.records import DAY_CHECK, DIFFERENCE
from dialer.features.reconcile.tables import day_checks, differences
from dialer.kit.records.keeping import kept_records

DIFFERENCES = kept_records(DIFFERENCE, differences)
CHECKS = kept_records(DAY_CHECK, day_checks)
