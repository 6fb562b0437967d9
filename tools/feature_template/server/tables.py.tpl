"""The table of @title@; `@NUMBER@_@many@` makes it."""

from __future__ import annotations

from dialer.features.@many@.records import @ONE@
from dialer.store.record_tables import table_of

# Those of the pools in reach, newest first.
@many@ = table_of(@ONE@, "@many@", ("pool", "id"))
