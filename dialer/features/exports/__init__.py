"""Files of lists: written beside the calls, fetched by who asked for them."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
