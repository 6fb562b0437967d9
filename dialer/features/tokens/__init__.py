"""Tokens of programs: scoped, shown once, ending by themselves."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("tokens.own", "make tokens for programs of one's own", "ops manager"),
    permission("tokens.manage", "see and revoke everybody's tokens", for_all=True),
)
FEATURE = Feature(__name__, PERMISSIONS)
