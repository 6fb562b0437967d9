"""Setting a site up: what is there, what is missing, and where it is made."""

from __future__ import annotations

from dialer.kit.feature import Feature

#: Who sees health and settings sees this: `system.inspect`.
FEATURE = Feature(__name__)
