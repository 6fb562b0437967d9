"""What a screen says of a lead besides what its list says: the time there, consent, what counts.

Pure, over records and settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dialer.compliance.zones import zones_of_number
from dialer.compliance.zonewords import place_meant
from dialer.ports.desk import Callback, CallbackRow
from dialer.settings.calling import DispositionSettings, dispositions_of
from dialer.settings.campaigns import CampaignSettings
from dialer.words import Consent
from dialer.zonedata import UnknownZoneError, zone_named

_A_FEW = 4
_YES = {"yes", "y", "true", "1", "x", "ok", "given", "opt-in", "是", "有", "同意", "已同意"}
_NO = {"no", "n", "false", "0", "none", "refused", "opt-out", "否", "无", "不同意", "拒绝"}


def local_time(zone: str | None, number: str, now: float) -> dict[str, Any] | None:
    """The lead's own zone, else one the number may be in; None where nobody can say."""
    try:
        zones = (place_meant(zone, number),) if zone else zones_of_number(number)
        offsets = {name: _offset(name, now) for name in zones}
    except UnknownZoneError:
        return None
    shown = _likeliest(offsets)
    return {
        "zone": shown,
        "utc_offset_minutes": int(offsets[shown].total_seconds() // 60),
        "is_certain": len(set(offsets.values())) == 1,
    }


def _likeliest(offsets: Mapping[str, timedelta]) -> str:
    """One of several zones: of a few the first, where most people live; of many, one in the
    middle, which is wrong by the least."""
    if len(offsets) <= _A_FEW or len(set(offsets.values())) == 1:
        return next(iter(offsets))
    return sorted(offsets, key=offsets.__getitem__)[len(offsets) // 2]


def _offset(name: str, now: float) -> timedelta:
    offset = datetime.fromtimestamp(now, UTC).astimezone(zone_named(name)).utcoffset()
    assert offset is not None
    return offset


def consent(fields: Mapping[str, str], name: str) -> Consent:
    """What the lead's field `name` says, whatever the case of its name."""
    wanted = name.casefold()
    said = next((v for k, v in fields.items() if k.casefold() == wanted), "").strip().casefold()
    if said in _YES:
        return "yes"
    return "no" if said in _NO else "unknown"


def editable(fields: Mapping[str, str], campaign: CampaignSettings) -> list[str]:
    """Those fields a rep may change: named ones, else all but the consent."""
    if campaign.editable_fields:
        return list(campaign.editable_fields)
    consented = campaign.consent_field.casefold()
    return [name for name in fields if name.casefold() != consented]


def dispositions(campaign: CampaignSettings) -> list[dict[str, Any]]:
    """What a rep may say came of a call, in the order of the screen."""
    return [
        _disposition(code, it)
        for code, it in dispositions_of(campaign.dispositions).items()
        if not it.retired
    ]


def _disposition(code: str, it: DispositionSettings) -> dict[str, Any]:
    group = it.shown_group
    return {
        "code": code,
        "title": it.title or code,
        "title_zh": it.title_zh or it.title or code,
        "group": group,
        "key": it.key,
        "asks_time": group == "callback" and it.rule()["state"] == "retry",
    }


def titles(campaign: CampaignSettings) -> dict[str, dict[str, Any]]:
    """Dispositions by their codes, those that are offered no more as well."""
    every = dispositions_of(campaign.dispositions)
    return {code: _disposition(code, it) for code, it in every.items()}


def callback_of(
    callback: Callback,
    *,
    campaign: str,
    lead_name: str,
    timezone: str | None,
    number: str,
    shown_number: str,
    agent: str,
    now: float,
) -> dict[str, Any]:
    """One callback as the rep `agent` sees it."""
    return {
        "id": callback.id,
        "lead": callback.lead_id,
        "lead_name": lead_name,
        "campaign": campaign,
        "number": shown_number,
        "due_at": callback.due_at,
        "owner": "me" if callback.owner == agent else "anyone",
        "agent": callback.owner,
        "made_by": callback.made_by,
        "local_time": local_time(timezone, number, callback.due_at),
        "is_overdue": callback.due_at < now,
        "tries_at": callback.try_at,
        "why": callback.why,
    }


def callback_row(row: CallbackRow, shown_number: str, agent: str, now: float) -> dict[str, Any]:
    """A row of a rep's list."""
    return callback_of(
        row.callback,
        campaign=row.campaign,
        lead_name=row.lead_name,
        timezone=row.timezone,
        number=row.number,
        shown_number=shown_number,
        agent=agent,
        now=now,
    )
