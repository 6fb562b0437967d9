"""Webhooks: others are told over HTTP."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("webhooks.read", "see what was sent to webhooks", "ops", for_all=True),)
FEATURE = Feature(__name__, PERMISSIONS, http=())
