"""The place of receivers in the store."""

from __future__ import annotations

from dialer.features.webhooks.records import RECEIVER
from dialer.features.webhooks.tables import receivers
from dialer.kit.records.keeping import kept_records

RECEIVERS = kept_records(RECEIVER, receivers)
