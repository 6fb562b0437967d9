"""`dialer team …`: teams and their squads. Works on the database, whether a service runs or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_doer
from dialer.cli.options import ConfigOption, JsonOption, chosen
from dialer.cli.output import print_json, print_table

if TYPE_CHECKING:
    from dialer.features.teams.service import Places
    from dialer.kit.doer import Doer
    from dialer.ports.accounts import Team
    from dialer.settings import Settings

app = typer.Typer(
    help="Teams and squads: whose work people see.", no_args_is_help=True, rich_markup_mode=None
)
squads = typer.Typer(help="Squads of a team.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(squads, name="squad")
TeamArgument = Annotated[str, typer.Argument(metavar="TEAM", help="The team, by name.")]
SquadArgument = Annotated[str, typer.Argument(metavar="SQUAD", help="The squad, by name.")]
PoolOption = Annotated[
    list[str] | None,
    typer.Option(metavar="POOL", help="A pool the team works in, several times; '*': every pool."),
]
#: What a service did with a team, and the team it shows.
Work = Callable[["Doer"], Awaitable["Team"]]


@app.command(epilog="Example: dialer team add north --pool sales")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="In any language.")],
    *,
    pool: PoolOption = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a team. Without --pool it works in the only pool there is."""
    settings = settings_from(config)
    pools = _pools(settings, pool)

    async def work(doer: Doer) -> Team:
        from dialer.features.teams import service  # noqa: PLC0415

        return await service.add(doer, _written(name), pools, list(settings.pools))

    made = _shown(settings, work)
    _say(made, json_, f"team {name} made, works in {_listed(made['pools'])}")
    if not json_:
        typer.echo(f"people go into it with 'dialer account add NAME --role ROLE --team {name}'")


@app.command(epilog="Example: dialer team change north --name nord --pool sales --pool support")
def change(
    team: TeamArgument,
    *,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    pool: PoolOption = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Rename a team, or have it work in these pools, and in no other."""
    settings = settings_from(config)
    given = chosen({"name": name, "pools": pool})

    async def work(doer: Doer) -> Team:
        from dialer.features.teams import service  # noqa: PLC0415

        found = service.known(await service.Places.read(doer.store), team)
        new = _written(given["name"]) if "name" in given else None
        await service.change(doer, found, new, given.get("pools"), list(settings.pools))
        return found

    made = _shown(settings, work)
    _say(made, json_, f"team {made['name']} works in {_listed(made['pools'])}")


@app.command()
def remove(team: TeamArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Remove a team that nobody belongs to, with its squads."""

    async def work(doer: Doer) -> None:
        from dialer.features.teams import service  # noqa: PLC0415

        await service.remove(doer, team)

    with_doer(settings_from(config), work)
    _say({"removed": team}, json_, f"team {team} removed")


@app.command("list")
def list_(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """All teams, their pools, squads and how many people."""

    async def work(doer: Doer) -> list[dict[str, Any]]:
        places = await _places(doer)
        return [places.plain(team) for team in places.teams.values()]

    found = with_doer(settings_from(config), work)
    if json_:
        print_json({"teams": found})
        return
    if not found:
        raise Failure("there is no team: make one with 'dialer team add NAME'")
    print_table(
        ("team", "pools", "people", "squads"),
        [
            (it["name"], _listed(it["pools"]), it["members"],
             ", ".join(f"{squad['name']} ({squad['members']})" for squad in it["squads"]))
            for it in found
        ],
    )  # fmt: skip


@squads.command("add", epilog="Example: dialer team squad add north early")
def add_squad(
    team: TeamArgument, name: SquadArgument, json_: JsonOption = False, config: ConfigOption = None
) -> None:
    """Make a squad of a team."""

    async def work(doer: Doer) -> Team:
        from dialer.features.teams import service  # noqa: PLC0415

        return await service.add_squad(doer, team, _written(name))

    _say(_shown(settings_from(config), work), json_, f"squad {name} of team {team} made")


@squads.command("change")
def rename_squad(
    team: TeamArgument,
    squad: SquadArgument,
    *,
    name: Annotated[str, typer.Option(help="Its new name.")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Rename a squad."""

    async def work(doer: Doer) -> Team:
        from dialer.features.teams import service  # noqa: PLC0415

        return await service.rename_squad(doer, team, squad, _written(name))

    _say(_shown(settings_from(config), work), json_, f"squad {squad} of team {team} is {name} now")


@squads.command("remove")
def remove_squad(
    team: TeamArgument, squad: SquadArgument, json_: JsonOption = False, config: ConfigOption = None
) -> None:
    """Remove a squad that nobody belongs to."""

    async def work(doer: Doer) -> None:
        from dialer.features.teams import service  # noqa: PLC0415

        await service.remove_squad(doer, team, squad)

    with_doer(settings_from(config), work)
    _say({"removed": squad, "team": team}, json_, f"squad {squad} of team {team} removed")


def _pools(settings: Settings, pools: Sequence[str] | None) -> list[str]:
    """Those that were said, or the only one there is. Raises Failure."""
    if pools:
        return list(pools)
    there = list(settings.pools)
    if len(there) == 1:
        return there
    raise Failure(
        f"say in which pools the team works: --pool NAME, several times, or --pool '*' "
        f"(there are: {', '.join(there)})"
    )


def _written(name: str) -> str:
    """A name as it is kept. Raises Failure."""
    plain = name.strip()
    if not 1 <= len(plain) <= 64:
        raise Failure("the name: 1 to 64 signs")
    return plain


async def _places(doer: Doer) -> Places:
    from dialer.features.teams.service import Places  # noqa: PLC0415

    return await Places.read(doer.store)


def _shown(settings: Settings, work: Work) -> dict[str, Any]:
    """What became of the team."""

    async def done(doer: Doer) -> dict[str, Any]:
        team = await work(doer)
        places = await _places(doer)
        return places.plain(places.teams[team.id])

    return with_doer(settings, done)


def _listed(pools: Sequence[str]) -> str:
    return ", ".join("every pool" if pool == "*" else pool for pool in pools) or "no pool"


def _say(found: dict[str, Any], json_: bool, line: str) -> None:
    print_json(found) if json_ else typer.echo(line)
