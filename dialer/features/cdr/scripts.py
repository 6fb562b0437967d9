"""Which script stood when: the versions of a campaign's settings that changed it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from dialer.features.cdr.records import CallScript, Choice
from dialer.kit.auth import Caller
from dialer.ports.past_calls import ScriptSpan
from dialer.ports.steering import SettingsChange
from dialer.settings.campaigns import CampaignSettings

#: Scripts of a campaign that are offered; older ones can be asked for by their numbers.
OFFERED = 20


async def versions(caller: Caller, campaign: str) -> AsyncIterator[SettingsChange]:
    """Those that wrote the script, the newest first."""
    kept, below = caller.context.store.settings_versions, None
    while page := await kept.page(f"campaign/{campaign}", below=below):
        for it in page:
            if any(_is_of_script(change.key) for change in it.changes):
                yield it
        below = page[-1].version


def _is_of_script(key: str) -> bool:
    return key == "script" or key.startswith("script.")


async def script_at(caller: Caller, campaign: str, at: float | None) -> CallScript | None:
    """The script that stood then; None: that of the settings file, or none."""
    if at is None:
        return None
    async for it in versions(caller, campaign):
        if it.changed_at <= at:
            return CallScript(
                version=it.version, changed_at=it.changed_at, changed_by=it.changed_by
            )
    return None


async def choices(caller: Caller, campaigns: Sequence[str]) -> list[Choice]:
    settings, found = caller.context.settings(), list[Choice]()
    for name in campaigns:
        title = settings.campaign.get(name, CampaignSettings()).title or name
        left = OFFERED
        async for it in versions(caller, name):
            day = datetime.fromtimestamp(it.changed_at, UTC).date()
            found.append(Choice(f"{it.version}@{name}", f"{title} · {it.version} · {day}"))
            left -= 1
            if not left:
                break
    return found


async def spans_of(caller: Caller, wanted: Sequence[str]) -> tuple[ScriptSpan, ...]:
    """What nobody wrote stood at no time."""
    found = [await _span(caller, *it.partition("@")[::2]) for it in wanted]
    return tuple(it for it in found if it is not None)


async def _span(caller: Caller, version: str, campaign: str) -> ScriptSpan | None:
    until: float | None = None
    async for it in versions(caller, campaign):
        if str(it.version) == version:
            return ScriptSpan(campaign, it.changed_at, until)
        until = it.changed_at
    return None
