"""Checks of everything the service needs, each with what was found and what to do about it."""

from __future__ import annotations

from dialer.doctor.check import Check
from dialer.doctor.examine import examine
from dialer.words import Finding

__all__ = ["Check", "Finding", "examine"]
