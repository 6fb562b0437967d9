"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.teams.service import Places, team_of

__all__ = ["Places", "team_of"]
