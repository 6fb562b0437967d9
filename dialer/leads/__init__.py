"""Lists in, leads out: import, hopper, recycling."""

from __future__ import annotations

from dialer.leads.columns import parse_map
from dialer.leads.dnc_import import dnc_fault, import_dnc
from dialer.leads.hopper import Hopper
from dialer.leads.importer import ImportResult, Progress, import_leads
from dialer.leads.recycle import RecycleRules, after_attempt, after_disposition, recycle_rules
from dialer.leads.source import ListFileError

__all__ = [
    "Hopper",
    "ImportResult",
    "ListFileError",
    "Progress",
    "RecycleRules",
    "after_attempt",
    "after_disposition",
    "dnc_fault",
    "import_dnc",
    "import_leads",
    "parse_map",
    "recycle_rules",
]
