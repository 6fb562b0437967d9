"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.roles.built_in import BUILT_IN
from dialer.features.roles.rules import grant_of, holds, machine_grant, unknown
from dialer.features.roles.service import role_named, role_names

__all__ = ["BUILT_IN", "grant_of", "holds", "machine_grant", "role_named", "role_names", "unknown"]
