"""What a site has and what it lacks before its first call: read from what is there now."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from dialer.features.teams.public import Places
from dialer.kit.scope import everything
from dialer.ports.accounts import Account
from dialer.ports.store import Agent, Campaign, Store
from dialer.settings import Settings
from dialer.words import CampaignState, Scope, SetupStep

SHOWN = 5


class Step(Struct, frozen=True):
    """`open`: names of those that still need something."""

    step: SetupStep
    done: bool
    count: int
    open: tuple[str, ...] = ()
    optional: bool = False


class Seen(Struct, frozen=True, kw_only=True):
    """A site as it is now. `leads`: of each campaign, those that could still be dialed."""

    settings: Settings
    places: Places
    accounts: Sequence[Account]
    reps: Sequence[Agent]
    campaigns: Sequence[Campaign]
    leads: Mapping[str, int]
    unwanted: int


async def look(store: Store, settings: Settings) -> Seen:
    """Reads all of it; counts of leads are one query a campaign."""
    campaigns = await store.campaigns.list(everything("an administrator sets the site up"))
    counts = {it.name: await store.leads.counts(it.id) for it in campaigns}
    return Seen(
        settings=settings,
        places=await Places.read(store),
        accounts=await store.accounts.list(),
        reps=await store.agents.list(everything("an administrator sets the site up")),
        campaigns=campaigns,
        leads={name: sum(found.values()) for name, found in counts.items()},
        unwanted=await store.dnc.count(),
    )


def steps(seen: Seen) -> list[Step]:
    """In the order in which a site is set up."""
    return [
        _teams(seen), _people(seen), _reps(seen), _trunk(seen), _campaign(seen), _list(seen),
        _hours(seen), _dnc(seen), _network(seen), _start(seen),
    ]  # fmt: skip


def _teams(seen: Seen) -> Step:
    teams = list(seen.places.teams.values())
    poolless = _named(team.name for team in teams if not team.pools)
    return Step("teams", bool(teams) and not poolless, len(teams), poolless)


def _people(seen: Seen) -> Step:
    """Somebody leads a team, and nobody would see an empty page."""
    enabled = [it for it in seen.accounts if it.enabled]
    lacking = _named(it.full_name or it.name for it in enabled if seen.places.lacks(it))
    scopes = seen.places.scopes
    leads = [it for it in enabled if scopes.get(it.role) in {Scope.TEAM, Scope.SQUAD}]
    return Step("people", bool(leads) and not lacking, len(enabled), lacking)


def _reps(seen: Seen) -> Step:
    """Each can log in to a desk of their own."""
    reps = [it for it in seen.reps if it.enabled]
    with_account = {it.agent for it in seen.accounts if it.enabled}
    without = _named(it.name for it in reps if it.id not in with_account)
    return Step("reps", bool(reps) and not without, len(reps), without)


def _trunk(seen: Seen) -> Step:
    """A way out, and a number to show on it."""
    settings = seen.settings
    shown = {number for it in settings.campaign.values() for number in it.caller_ids}
    numberless = _named(it.name for it in settings.trunk if not it.caller_ids and not shown)
    return Step("trunk", bool(settings.trunk) and not numberless, len(settings.trunk), numberless)


def _campaign(seen: Seen) -> Step:
    return Step("campaign", bool(seen.settings.campaign), len(seen.settings.campaign))


def _list(seen: Seen) -> Step:
    empty = _titles(seen, (it for it in seen.settings.campaign if not seen.leads.get(it)))
    count = sum(seen.leads.values())
    return Step("list", count > 0, count, empty)


def _hours(seen: Seen) -> Step:
    """When a person may be called depends on where they live: on the campaign's country."""
    countryless = [name for name, it in seen.settings.campaign.items() if not it.region]
    known = len(seen.settings.campaign) - len(countryless)
    return Step("hours", known > 0 and not countryless, known, _titles(seen, countryless))


def _dnc(seen: Seen) -> Step:
    return Step("dnc", seen.unwanted > 0, seen.unwanted, optional=True)


def _network(seen: Seen) -> Step:
    """Whether a rep on another machine reaches the console, and the rep's voice the switch."""
    places = {
        "console": seen.settings.service.host,
        "phones": seen.settings.asterisk.sip_bind,
    }
    here = [name for name, address in places.items() if _is_here(address)]
    return Step("network", not here, len(places) - len(here), tuple(here), optional=True)


def _start(seen: Seen) -> Step:
    runs = [it for it in seen.campaigns if it.state is CampaignState.RUNNING]
    return Step("start", bool(runs), len(runs))


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _titles(seen: Seen, names: Iterable[str]) -> tuple[str, ...]:
    return _named(seen.settings.campaign[name].title or name for name in names)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names)[:SHOWN])
