"""Live push: what changes on the floors, told to every screen over one WebSocket each."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__, watcher="watching:WATCHER")
