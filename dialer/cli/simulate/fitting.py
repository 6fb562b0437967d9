"""`dialer simulate --fit`: where recorded calls come from, and the file that is made of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.ports.scope import everything
from dialer.ports.store import Store
from dialer.settings import Settings
from dialer.sim.fit import EVERYBODY, Data, fit_scenario
from dialer.sim.records import Record, RecordsError, from_cdrs, read_records
from dialer.sim.write import as_toml
from dialer.zonedata import UnknownZoneError, local_zone, zone_named

_CAMPAIGN_KEYS = ("weight", "routing", "sticky", "connect_within", "ring_timeout", "wrapup_limit",
                  "hold_limit", "max_abandon_rate", "amd")  # fmt: skip
_POOL_KEYS = ("method", "ratio", "max_abandon_rate", "max_lines", "ask_every")


def fitted_text(source: str, zone: str | None, config: Path | None) -> str:
    """The text of a scenario file. `source`: an export's file, or else a campaign. Raises Failure.

    Settings come with a campaign; an export tells nothing of them but how long it let phones ring.
    """
    zone = checked_zone(zone)
    path = Path(source)
    if path.exists():
        records, campaigns, pool = _exported(path), None, None
    else:
        settings = settings_from(config)
        if source not in settings.campaign:
            raise Failure(f"{source} is no file here, and no campaign of the settings")
        records = _recorded(settings, source)
        campaigns, pool = _settings_of(settings, source)
    data = fit_scenario(
        records, zone, title=f"fitted to {path.name}", campaigns=campaigns, pool=pool
    )
    days = {datetime.fromtimestamp(r.placed_at, zone_named(zone)).date() for r in records}
    head = (
        f"Fitted to {len(records)} calls of {len(days)} days, from {path.name}.",
        "Rates and laws are of all of them; who is there when is as on the busiest day.",
    )
    return as_toml(data, head)


def _exported(path: Path) -> list[Record]:
    try:
        return read_records(path)
    except RecordsError as error:
        raise Failure(str(error)) from None


def _recorded(settings: Settings, campaign: str) -> list[Record]:
    async def work(store: Store) -> list[Record]:
        found = await store.campaigns.by_name(campaign)
        if found is None:
            return []
        export = store.attempts.export(everything("figures"), found.id, ended_only=True)
        return from_cdrs([cdr async for cdr in export])

    records = with_store(settings, work)
    if not records:
        raise Failure(f"campaign {campaign} has no calls yet: there is nothing to fit to")
    return records


def _settings_of(settings: Settings, campaign: str) -> tuple[dict[str, Data], Data]:
    """The campaign and its pool, as they are now; whoever was called had passed the gate."""
    its = settings.campaign[campaign]
    found: Data = {key: getattr(its, key) for key in _CAMPAIGN_KEYS}
    found["calling"] = dict(EVERYBODY)
    pool = settings.pools[its.pool]
    own = {key: getattr(pool, key) for key in _POOL_KEYS}
    return {campaign: found}, {key: value for key, value in own.items() if value is not None}


def checked_zone(zone: str | None) -> str:
    """`zone` if there is such a one, or this machine's. Raises Failure."""
    name = local_zone() if zone is None else zone
    try:
        zone_named(name)
    except UnknownZoneError:
        raise Failure(f"there is no time zone {name!r}") from None
    return name
