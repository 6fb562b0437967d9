"""Dispositions: what reps may say came of a call, and what follows from it."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__)
