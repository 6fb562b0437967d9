"""Campaigns as screens see them, with what they do next by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from dialer.ports.control import CampaignView, Scheduled


def with_schedules(
    views: list[CampaignView], scheduled: Mapping[str, Scheduled]
) -> list[CampaignView]:
    if not scheduled:
        return views
    return [replace(view, scheduled=scheduled.get(view.campaign)) for view in views]
