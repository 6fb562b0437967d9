"""The effect of a change of settings, simulated before it is made."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
