"""Make campaigns and show them, for the API and for a command line without a service."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import structs
from pydantic import TypeAdapter, ValidationError

from dialer.engine.tallies import CampaignTally, day_figures
from dialer.engine.windows import day_of
from dialer.features.campaigns.naming import name_for
from dialer.features.campaigns.schedules import shown
from dialer.kit.errors import Kind, Refused, bad_request, conflict, not_found, unless
from dialer.kit.scope import OfPool, Reach, everything, seen, whole
from dialer.ports.control import CampaignView, Control, DayFigures, Refusal, Scheduled
from dialer.ports.store import Campaign, Store
from dialer.settings import Problems, Settings, load
from dialer.settings.campaign_files import campaign_file, write_campaign
from dialer.settings.campaigns import stored_settings
from dialer.settings.keys import names_a_file
from dialer.settings.kinds import Name
from dialer.settings.read import check_campaign
from dialer.words import CampaignState
from dialer.zonedata import local_zone

Reload = Callable[[], Awaitable[Refusal | None]]
_NAMES: TypeAdapter[str] = TypeAdapter(Name)


@whole("a name is taken, whoever has it")
async def ensure_campaign(
    store: Store, settings: Settings, name: str, *, now: float, who: str
) -> Campaign:
    """The campaign, made in the store if the settings describe it. Raises Refused."""
    found = await store.campaigns.by_name(name)
    if found is not None:
        return found
    if name not in settings.campaign:
        raise Refused(
            Kind.MISSING,
            "no-such-campaign",
            f"there is no campaign {name!r}: make it with 'dialer campaign create {name}'",
        )
    described = settings.campaign[name]
    return await store.campaigns.create(
        name, pool=described.pool, settings=stored_settings(described), now=now, who=who
    )


@whole("a name is taken, whoever has it")
async def create_campaign(
    store: Store,
    settings: Settings,
    name: str | None,
    given: Mapping[str, Any],
    *,
    now: float,
    who: str,
    reload: Reload | None = None,
) -> Campaign:
    """Make a campaign: in the store, and as a file when the settings do not describe it yet.

    `name` None: one is made of the title in `given`. `reload` tells the running service. All of it
    or nothing. Raises Refused.
    """
    if name is None:
        taken = {
            it.name
            for it in await store.campaigns.list(everything("a name is taken, whoever may see it"))
        } | settings.campaign.keys()
        name = name_for(str(given.get("title", "")), taken)
    if await store.campaigns.by_name(name) is not None:
        raise conflict("already-exists", f"campaign {name!r} exists already")
    if name in settings.campaign:
        if given:
            raise conflict("described-already", f"campaign {name!r} is described in the settings")
        return await ensure_campaign(store, settings, name, now=now, who=who)
    _check(name, given)
    path = campaign_file(settings, name)
    try:
        write_campaign(path, given)
    except OSError as error:
        raise Refused(Kind.BROKEN, "cannot-write", f"cannot write {path}: {error}") from None
    with _removed_on_error(path):
        changed = _load_with(settings)
        if reload is not None:
            unless(await reload())
        return await ensure_campaign(store, changed, name, now=now, who=who)


def refuse_files(given: Mapping[str, Any], *, is_machine: bool) -> None:
    """As with a change from the console: which files of the server are read, only the settings file
    says, and the commands on this machine. Raises Refused.
    """
    is_file = names_a_file("script", given.get("script"))
    named = [key for key, it in (("message", given.get("message")), ("script", is_file)) if it]
    if named and not is_machine:
        fault = f"{named[0]}: can name a file of the server, so only the settings file says it"
        raise bad_request("invalid-settings", fault, [fault])


def _check(name: str, given: Mapping[str, Any]) -> None:
    try:
        _NAMES.validate_python(name)
    except ValidationError as error:
        fault = str(error.errors()[0].get("ctx", {}).get("error", "is not a name"))
        raise bad_request("invalid-name", f"the campaign's name {fault}") from None
    checked = check_campaign(given)
    if isinstance(checked, list):
        raise bad_request("invalid-settings", checked[0], checked)


def _load_with(settings: Settings) -> Settings:
    """The settings with the new file: pools and trunks it names are checked here."""
    changed = load(settings.source, os.environ)
    if isinstance(changed, Problems):
        faults = [str(problem) for problem in changed.all]
        raise bad_request("invalid-settings", faults[0], faults)
    return changed


@contextlib.contextmanager
def _removed_on_error(path: Path) -> Any:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@whole("of a campaign that was let see")
async def describe(
    store: Store, settings: Settings, name: str, *, now: float, control: Control | None = None
) -> dict[str, Any]:
    """One campaign with its leads and its calls, live ones if an engine runs it."""
    found = await store.campaigns.by_name(name)
    if found is None:
        if name in settings.campaign:
            return _described_only(settings, name)
        raise not_found("campaign", name)
    counts = await store.leads.counts(found.id)
    live = _live(control, name) if control is not None else None
    return {
        **_plain(settings, found, now),
        "leads": {state.value: count for state, count in counts.items()},
        "in_progress": live.in_progress if live else {},
        "today": await _today(store, found, now),
        "live": _figures(live) if live else None,
        "outlook": live.outlook if live else None,
        "waits": live.waits if live else [],
    }


async def describe_all(
    store: Store, scope: Reach, settings: Settings, *, now: float
) -> list[dict[str, Any]]:
    """Every campaign in scope in short, those of the settings that were never made included."""
    found = [_plain(settings, campaign, now) for campaign in await store.campaigns.list(scope)]
    known = {campaign["name"] for campaign in found}
    missing = [name for name in settings.campaign if name not in known]
    missing = seen(missing, scope, lambda name: OfPool(settings.campaign[name].pool))
    return found + [_described_only(settings, name) for name in missing]


def pool_of(settings: Settings, campaign: Campaign) -> str:
    """The pool whose floor dials a campaign: as the settings say now, else as it was made."""
    described = settings.campaign.get(campaign.name)
    return described.pool if described else campaign.pool


def _plain(settings: Settings, campaign: Campaign, now: float) -> dict[str, Any]:
    described = settings.campaign.get(campaign.name)
    return {
        "name": campaign.name,
        "title": described.title if described else "",
        "goal": described.goal if described else "",
        "pool": pool_of(settings, campaign),
        "state": campaign.state.value,
        "settings_version": campaign.settings_version,
        "created_at": campaign.created_at,
        "scheduled": next_by_schedule(settings, campaign.name, campaign.state, now),
    }


def next_by_schedule(
    settings: Settings, name: str, state: CampaignState, now: float
) -> Scheduled | None:
    """What it does next by itself; None: it has no schedule."""
    described = settings.campaign.get(name)
    if described is None:
        return None
    runs = state is CampaignState.RUNNING
    return shown(described.schedule, runs, now, local_zone())


def _described_only(settings: Settings, name: str) -> dict[str, Any]:
    described = settings.campaign[name]
    return {
        "name": name,
        "title": described.title,
        "goal": described.goal,
        "pool": described.pool,
        "state": "not made",
        "settings_version": 0,
        "created_at": None,
        "scheduled": None,
    }


async def _today(store: Store, campaign: Campaign, now: float) -> dict[str, Any]:
    """The day as the store has it: what the live floor tells, but for reps' waits."""
    tally = CampaignTally()
    for found in await store.figures.calls([campaign.id], since=day_of(now)[0]):
        tally.add(found)
    day = structs.asdict(day_figures(tally.sums()))
    del day["mean_wait_seconds"]
    return {**day, "outcomes": tally.outcomes}


def _live(control: Control, name: str) -> CampaignView | None:
    for pool in control.floors():
        floor = control.floor(pool)
        for view in floor.campaigns if floor is not None else []:
            if view.campaign == name:
                return view
    return None


def _figures(view: CampaignView) -> dict[str, Any]:
    told = ("placed", *DayFigures.__struct_fields__)
    return {name: getattr(view, name) for name in told}
