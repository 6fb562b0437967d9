"""A campaign's scripts: shown, tried on a lead, written into its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dialer.features.scripts import rendering
from dialer.features.settings.public import Wanted
from dialer.features.settings.public import service as settings_service
from dialer.kit.auth import Caller
from dialer.kit.scope import whole
from dialer.ports.desk import LeadPage
from dialer.settings.campaigns import CampaignSettings

#: So many of the newest leads are looked at for the names of their fields.
SAMPLED = 20


async def sheet(caller: Caller, name: str) -> dict[str, Any]:
    """The texts, and what may stand in them."""
    subject = f"campaign/{name}"
    latest = await caller.context.store.settings_versions.latest(subject)
    settings = caller.context.settings().campaign[name]
    fields = await sample(caller, name, settings)
    why_not = settings_service.why_not(caller, subject)
    return {
        "texts": {language: text for language, text in settings.script.items() if text.strip()},
        "version": latest.version if latest is not None else 0,
        "changed_at": latest.changed_at if latest is not None else None,
        "changed_by": latest.changed_by if latest is not None else "",
        "fields": [{"name": key, "sample": value} for key, value in fields.items()],
        "may_change": not why_not and caller.grant.may("settings.change"),
        "why_not": why_not,
    }


@whole("of a campaign that was let see; its leads only for whoever may read them")
async def sample(caller: Caller, name: str, settings: CampaignSettings) -> dict[str, str]:
    """Fields with what a lead has there: those of every lead first, then those of the lists."""
    store = caller.context.store
    found = {"name": "", "agent": caller.grant.who}
    campaign = await store.campaigns.by_name(name)
    if campaign is not None and caller.grant.may("leads.read"):
        wanted = LeadPage(campaign_id=campaign.id, limit=SAMPLED)
        for lead in await store.leads.page(wanted, await caller.reach()):
            for key, value in {"name": lead.name, **lead.custom}.items():
                found[key] = found.get(key) or str(value)
    return {**found, "company": settings.company, "campaign": settings.title or name}


async def preview(
    caller: Caller, name: str, language: str, text: str, fields: Mapping[str, str]
) -> dict[str, Any]:
    """How a rep would see it, with a sample of a lead."""
    known = await sample(caller, name, caller.context.settings().campaign[name])
    script = rendering.parse(text, language, {**known, **fields})
    made: dict[str, Any] = msgspec.to_builtins(script)
    return made


async def write(
    caller: Caller, name: str, texts: Mapping[str, str], because: str, version: int
) -> dict[str, Any]:
    """Into the campaign's settings. Raises Refused; then nothing has changed."""
    # A line that ends in ".md" would name a file of the server; a text ends with its line.
    said = {key: f"{text.rstrip()}\n" for key, text in texts.items() if text.strip()}
    subject = f"campaign/{name}"
    wanted = [Wanted(subject, {"script": said or None}, version)]
    await settings_service.change(caller, wanted, because)
    return await sheet(caller, name)
