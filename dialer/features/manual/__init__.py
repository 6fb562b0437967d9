"""Help: the pages of the documentation, for whoever sits before the console."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
