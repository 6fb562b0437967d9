"""Accounts: who may log in."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("accounts.read", "see accounts", "manager auditor"),
    permission("accounts.manage", "add, change and disable accounts", for_all=True),
)
FEATURE = Feature(__name__, PERMISSIONS)
