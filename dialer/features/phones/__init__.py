"""Phones in browsers: their passwords, given at login and taken back with the session."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__, watcher="watching:WATCHER", jobs=("jobs:SWEEP",))
