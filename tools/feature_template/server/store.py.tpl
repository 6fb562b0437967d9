"""The place of @title@ in the store. Queries of their own stand here, each with its scope."""

from __future__ import annotations

from dialer.features.@many@.records import @ONE@
from dialer.features.@many@.tables import @many@
from dialer.kit.records.keeping import kept_records

@MANY@ = kept_records(@ONE@, @many@)
