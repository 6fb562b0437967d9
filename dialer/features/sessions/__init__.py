"""Sessions of browsers: log in, stay, log out; the own password and second factor."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__, http=("endpoints:login_router", "endpoints:router"))
