"""Times agreed with callees: moved and removed."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
