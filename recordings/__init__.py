"""Recordings of calls: where they lie, how they are kept, found and deleted."""

from __future__ import annotations
