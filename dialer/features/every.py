"""Every feature of the dialer, in the order in which paths are looked up. A new one is a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dialer.features import (
    accounts,
    agents,
    alerts,
    audit,
    callbacks,
    calls,
    campaigns,
    cdr,
    desk,
    dispositions,
    dnc,
    exports,
    figures,
    floors,
    imports,
    leads,
    live,
    mail,
    manual,
    messages,
    operations,
    persons,
    phones,
    reconcile,
    recordings,
    report_schedules,
    report_views,
    results,
    roles,
    scripts,
    sessions,
    settings,
    setup,
    simulations,
    supervision,
    system,
    teams,
    tokens,
    wallboard,
    webhooks,
)
from dialer.kit.feature import Feature, titles_of

if TYPE_CHECKING:
    from dialer.kit.records.keeping import KeptRecords

FEATURES: Final[tuple[Feature, ...]] = (
    calls.FEATURE,
    floors.FEATURE,
    cdr.FEATURE,
    leads.FEATURE,
    imports.FEATURE,
    callbacks.FEATURE,
    campaigns.FEATURE,
    agents.FEATURE,
    desk.FEATURE,
    dnc.FEATURE,
    system.FEATURE,
    live.FEATURE,
    phones.FEATURE,
    supervision.FEATURE,
    settings.FEATURE,
    scripts.FEATURE,
    dispositions.FEATURE,
    simulations.FEATURE,
    results.FEATURE,
    wallboard.FEATURE,
    recordings.FEATURE,
    figures.FEATURE,
    operations.FEATURE,
    reconcile.FEATURE,
    alerts.FEATURE,
    messages.FEATURE,
    webhooks.FEATURE,
    mail.FEATURE,
    sessions.FEATURE,
    accounts.FEATURE,
    roles.FEATURE,
    teams.FEATURE,
    tokens.FEATURE,
    exports.FEATURE,
    audit.FEATURE,
    persons.FEATURE,
    setup.FEATURE,
    report_views.FEATURE,
    report_schedules.FEATURE,
    manual.FEATURE,
)
#: Every permission, and what it lets a person do to the data within the role's scope.
PERMISSIONS: Final = titles_of(FEATURES)


def kept_records() -> list[KeptRecords[Any]]:
    """What features keep in tables of their own, which are known from here on."""
    from dialer.kit.records.keeping import KeptRecords  # noqa: PLC0415

    return [it.load(where, KeptRecords) for it in FEATURES for where in it.records]
