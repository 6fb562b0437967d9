"""Scripts: what reps say, by campaign and language, with fields of the lead filled in."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
