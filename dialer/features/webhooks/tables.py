"""The table of receivers."""

from __future__ import annotations

from dialer.features.webhooks.records import RECEIVER
from dialer.store.record_tables import table_of

receivers = table_of(RECEIVER, "receivers")
