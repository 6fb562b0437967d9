"""Persons: what is kept of one, handed out or erased."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__, http=())
