"""Settings as the engine works by them: one plan, made whole before anything is changed."""

from __future__ import annotations

from collections.abc import Callable

from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.settings import Settings


def engine_plan(settings: Settings, message: Callable[[str], str]) -> EnginePlan:
    """`message` gives the sound for a campaign's abandoned callees, "" for the dialplan's own."""
    return EnginePlan(
        pools=tuple(PoolPlan(name, settings.pool_rules(name)) for name in settings.pools),
        campaigns=tuple(_campaign(settings, name, message(name)) for name in settings.campaign),
        trunks=tuple(
            TrunkPlan(trunk.name, trunk.max_lines, trunk.calls_per_second, trunk.caller_ids)
            for trunk in settings.trunk
        ),
    )


def _campaign(settings: Settings, name: str, message: str) -> CampaignPlan:
    campaign = settings.campaign[name]
    return CampaignPlan(
        name=name,
        pool=campaign.pool,
        rules=settings.campaign_rules(name, running=False),
        trunks=tuple(trunk.name for trunk in settings.trunks_of(name)),
        trunk_order=campaign.trunk_order,
        caller_ids=settings.caller_ids_of(name),
        language=campaign.language,
        message=message,
        record=campaign.recording,
        detect_machines=campaign.amd,
        transfer_numbers=dict(campaign.transfer_numbers),
        disposition_required=campaign.disposition_required,
        result_change_s=60.0 * campaign.result_change_minutes,
        callback_grace_s=campaign.callback_grace_s,
        skip_minutes=campaign.skip_minutes,
        announce_listening=campaign.announce_listening,
        abandon_windows=campaign.abandon_windows,
    )
