"""Settings: one TOML, read, checked as a whole, and read again while the service runs."""

from __future__ import annotations

from dialer.settings.campaigns import CampaignSettings, PoolSettings
from dialer.settings.changes import Change, Reload, diff
from dialer.settings.model import Settings
from dialer.settings.problems import Problem, Problems
from dialer.settings.read import find, load
from dialer.settings.sections import TrunkSettings

__all__ = [
    "CampaignSettings",
    "Change",
    "PoolSettings",
    "Problem",
    "Problems",
    "Reload",
    "Settings",
    "TrunkSettings",
    "diff",
    "find",
    "load",
]
