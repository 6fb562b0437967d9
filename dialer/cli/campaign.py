"""`dialer campaign …`: make, start, pause, stop, look."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from dialer.cli.client import running_service
from dialer.cli.failure import Failure
from dialer.cli.here import campaign_named, settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption, assignments
from dialer.cli.output import percent, print_json, print_table
from dialer.ports.scope import everything

if TYPE_CHECKING:
    from dialer.ports.store import Store
    from dialer.settings import Settings

app = typer.Typer(help="Run campaigns.", no_args_is_help=True, rich_markup_mode=None)
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The campaign's name, or its title.")
]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@app.command(epilog="Example: dialer campaign create spring --pool sales --set ring_timeout=20")
def create(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="In any language: where it is no name, it is a title."),
    ],
    *,
    pool: Annotated[str | None, typer.Option(help="The reps who take its calls.")] = None,
    trunk: Annotated[
        list[str] | None, typer.Option(help="A way out; several times: best first.")
    ] = None,
    caller_id: Annotated[
        list[str] | None, typer.Option(help="A number to show, +493012345678; several times.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="CC", help="Country of its lists: DE, US, CN.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any key of [campaign.NAME]."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a campaign. It does not start by itself.

    A campaign that the settings describe is taken from there; another one is written as a file
    into the campaign folder beside the settings, where it can be edited.
    """
    given: dict[str, Any] = {
        "pool": pool, "trunks": trunk, "caller_ids": caller_id, "region": region,
    }  # fmt: skip
    chosen = {key: value for key, value in given.items() if value} | assignments(set_ or [])
    settings = settings_from(config)
    service = running_service(settings)
    # What cannot stand in a path is a title: the name is made of it.
    is_title = not _NAME.fullmatch(name)
    if is_title:
        chosen.setdefault("title", name)
    called = None if is_title else name
    if service is not None:
        made = service.post("/api/v1/campaigns", {"name": called, "settings": chosen})
    else:
        made = with_store(settings, lambda store: _create(store, settings, called, chosen))
    if json_:
        print_json(made)
    else:
        title = f" ({made['title']})" if made["title"] else ""
        typer.echo(f"campaign {made['name']}{title} made in pool {made['pool']}, {made['state']}")


async def _create(
    store: Store, settings: Settings, name: str | None, given: dict[str, Any]
) -> dict[str, Any]:
    from dialer.features.campaigns import service  # noqa: PLC0415

    now = time.time()
    made = await service.create_campaign(store, settings, name, given, now=now, who="cli")
    changed = settings_from(settings.source) if settings.source else settings
    described = await service.describe(store, changed, made.name, now=now)
    return {**described, "pool": made.pool}


@app.command()
def start(name: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Begin to dial."""
    _order(name, "start", "running", json_, config)


@app.command()
def pause(name: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Dial nobody for now; calls that are up go on."""
    _order(name, "pause", "paused", json_, config)


@app.command()
def stop(name: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Dial nobody any more; calls that are up go on."""
    _order(name, "stop", "stopped", json_, config)


def _order(name: str, order: str, state: str, json_: bool, config: ConfigOption) -> None:
    settings = settings_from(config)
    service, name = running_service(settings), campaign_named(settings, name)
    if service is not None:
        found = service.post(f"/api/v1/campaigns/{quote(name, safe='')}/{order}")
    else:
        found = with_store(settings, lambda store: _set_state(store, settings, name, state))
    if json_:
        print_json(found)
        return
    waits = "" if service is not None else " (no service runs: takes effect with 'dialer serve')"
    typer.echo(f"campaign {name} {found['state']}{waits}")


async def _set_state(store: Store, settings: Settings, name: str, state: str) -> dict[str, Any]:
    from dialer.features.campaigns import service  # noqa: PLC0415
    from dialer.words import CampaignState  # noqa: PLC0415

    now = time.time()
    found = await service.ensure_campaign(store, settings, name, now=now, who="cli")
    await store.campaigns.set_state(found.id, CampaignState(state), now=now, who="cli")
    return await service.describe(store, settings, name, now=now)


@app.command()
def status(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The campaign; none: all.")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """How a campaign stands: leads by state, calls by phase, what came of them."""
    settings = settings_from(config)
    service = running_service(settings)
    if name is None:
        found = (
            service.get("/api/v1/campaigns")["campaigns"]
            if service is not None
            else with_store(settings, lambda store: _all(store, settings))
        )
        print_json({"campaigns": found}) if json_ else _print_all(found)
        return
    name = campaign_named(settings, name)
    one = (
        service.get(f"/api/v1/campaigns/{quote(name, safe='')}")
        if service is not None
        else with_store(settings, lambda store: _one(store, settings, name))
    )
    print_json(one) if json_ else _print_one(one)


async def _all(store: Store, settings: Settings) -> list[dict[str, Any]]:
    from dialer.features.campaigns import service  # noqa: PLC0415

    return await service.describe_all(
        store, everything("whoever reads the state folder may read all"), settings, now=time.time()
    )


async def _one(store: Store, settings: Settings, name: str) -> dict[str, Any]:
    from dialer.features.campaigns import service  # noqa: PLC0415

    return await service.describe(store, settings, name, now=time.time())


def _print_all(found: list[dict[str, Any]]) -> None:
    if not found:
        raise Failure("there is no campaign: make one with 'dialer campaign create NAME'")
    rows = [(it["name"], it["state"], it["pool"], it["title"]) for it in found]
    print_table(("campaign", "state", "pool", "title"), rows)


def _print_one(found: dict[str, Any]) -> None:
    today = found.get("today") or {}
    rows = [
        ("state", found["state"]),
        ("pool", found["pool"]),
        ("leads", found.get("leads") or None),
        ("calls now", found.get("in_progress") or None),
        ("ended today", today.get("ended")),
        ("outcomes", today.get("outcomes") or None),
        ("connect rate today", percent(today.get("connect_rate"))),
        ("abandon rate today", percent(today.get("abandon_rate"))),
    ]
    print_table(("campaign", found["name"]), rows)
