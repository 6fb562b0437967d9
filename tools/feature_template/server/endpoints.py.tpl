"""@Title@ over HTTP. Routes of their own are added to `router`."""

from __future__ import annotations

from dialer.features.@many@.service import check
from dialer.features.@many@.store import @MANY@
from dialer.kit.records.routes import record_router

router = record_router(
    @MANY@, "@many@", reads="@many@.read", edits="@many@.manage", check=check
)
