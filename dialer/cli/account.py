"""`dialer account …`: who may log in. Works on the database, whether a service runs or not."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_doer
from dialer.cli.options import ConfigOption, JsonOption, chosen
from dialer.cli.output import print_json, print_table

if TYPE_CHECKING:
    from dialer.kit.doer import Doer

T = TypeVar("T")
LACKS = {
    "team": "{name} sees nothing yet: the role {role} sees a team, and {name} is in none. "
    "'dialer account change {name} --team NAME' ('dialer team list', 'dialer team add NAME')",
    "pools": "{name} sees nothing yet: the team {team} works in no pool. "
    "'dialer team change {team} --pool NAME'",
    "rep": "{name} has no desk yet: 'dialer rep add CODE', then "
    "'dialer account change {name} --agent CODE'",
}
NO_ADMIN = (
    "there is no administrator yet: 'dialer serve' makes one at its start, "
    "or now: dialer account add admin --role admin"
)
app = typer.Typer(help="Who may log in.", no_args_is_help=True, rich_markup_mode=None)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the person logs in with.")]


@app.command(epilog="Example: dialer account add anna --role rep --agent anna --team north")
def add(
    name: NameArgument,
    *,
    role: Annotated[
        str, typer.Option(help="admin, ops, manager, supervisor, qa, rep, auditor, or one's own.")
    ],
    full_name: Annotated[str, typer.Option("--name", help="The person's name.")] = "",
    email: Annotated[str, typer.Option(help="Where mail for the person goes.")] = "",
    agent: Annotated[
        str | None, typer.Option(metavar="REP", help="The code of the rep this person is.")
    ] = None,
    team: Annotated[str | None, typer.Option(help="The team, by name.")] = None,
    squad: Annotated[str | None, typer.Option(help="A squad of the team.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Add an account; prints a one-time password, to be changed at the first login."""

    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.accounts import service  # noqa: PLC0415
        from dialer.features.teams.service import Places  # noqa: PLC0415

        new = service.NewPerson(
            name=name,
            full_name=full_name,
            email=email,
            role=role,
            agent=agent,
            team=team,
            squad=squad,
        )
        account, made = await service.add(doer, new)
        places = await Places.read(doer.store)
        return {**service.plain(account, places), "one_time_password": made}

    added = _do(config, work)
    if json_:
        print_json(added)
        return
    typer.echo(f"account {added['name']} added with the role {added['role']}")
    typer.echo(f"one-time password: {added['one_time_password']}")
    _warn(added)
    if not _do(config, _has_admin):
        typer.echo(NO_ADMIN)


@app.command(epilog="Example: dialer account change sue --role supervisor --team north")
def change(
    name: NameArgument,
    *,
    role: Annotated[str | None, typer.Option(help="Another role.")] = None,
    full_name: Annotated[str | None, typer.Option("--name", help="The person's name.")] = None,
    email: Annotated[
        str | None, typer.Option(help="Where mail for the person goes; '': nowhere.")
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(metavar="REP", help="The code of the rep this person is; '': none."),
    ] = None,
    team: Annotated[str | None, typer.Option(help="The team, by name; '': none.")] = None,
    squad: Annotated[
        str | None, typer.Option(help="A squad of the team; '': none, as who leads the team.")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give a person another role, name, rep, team or squad. What is not named stays."""
    given = chosen(
        {
            "role": role,
            "full_name": full_name,
            "email": email,
            "agent": agent,
            "team": team,
            "squad": squad,
        }
    )
    for key in ("agent", "team", "squad"):
        if given.get(key) == "":
            given[key] = None
    changed = _changed(name, given, config)
    if json_:
        print_json(changed)
        return
    where = " / ".join(it for it in (changed["team"], changed["squad"]) if it) or "no team"
    typer.echo(f"account {changed['name']}: {changed['role']}, {where}")
    _warn(changed)


@app.command("reset-2fa")
def reset_second_factor(
    name: NameArgument, json_: JsonOption = False, config: ConfigOption = None
) -> None:
    """Take the second factor off, for who lost the phone and the recovery codes."""

    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.accounts import service  # noqa: PLC0415
        from dialer.features.teams.service import Places  # noqa: PLC0415

        account = await service.drop_second_factor(doer, name)
        return service.plain(account, await Places.read(doer.store))

    changed = _do(config, work)
    if json_:
        print_json(changed)
    else:
        typer.echo(f"account {changed['name']} logs in without a second factor now")


@app.command()
def passwd(
    name: NameArgument,
    *,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for the password instead of making one.")
    ] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give an account a new password, to be changed at the next login; logs it out."""
    password = _asked() if ask else None

    async def work(doer: Doer) -> str | None:
        from dialer.features.accounts import service  # noqa: PLC0415

        if await service.find(doer.store, name) is None and not await service.has_admin(doer.store):
            raise Failure(f"there is no account {name!r}; {NO_ADMIN}")
        return await service.give_password(doer, name, password)

    made = _do(config, work)
    if json_:
        print_json({"name": name, "one_time_password": made})
    else:
        typer.echo(f"one-time password: {made}" if made else f"password of {name} set")


@app.command()
def disable(name: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Nobody logs in with this account any more; its sessions end, its tokens do not work."""
    _set_enabled(name, False, json_, config)


@app.command()
def enable(name: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Take back a 'disable'."""
    _set_enabled(name, True, json_, config)


@app.command("list")
def list_(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """All accounts."""

    async def work(doer: Doer) -> list[dict[str, Any]]:
        from dialer.features.accounts import service  # noqa: PLC0415
        from dialer.features.teams.service import Places  # noqa: PLC0415

        places = await Places.read(doer.store)
        return [service.plain(account, places) for account in await service.seen(doer, places)]

    found = _do(config, work)
    if json_:
        print_json({"accounts": found})
        return
    keys = ("name", "full_name", "role", "agent", "team", "squad", "enabled", "second_factor")
    yes_no = {True: "yes", False: "no"}
    print_table(
        keys, [[yes_no.get(it[key], it[key]) if isinstance(it[key], bool) else it[key]
                for key in keys] for it in found],
    )  # fmt: skip


def _set_enabled(name: str, enabled: bool, json_: bool, config: ConfigOption) -> None:
    changed = _changed(name, {"enabled": enabled}, config)
    if json_:
        print_json(changed)
    else:
        typer.echo(f"account {changed['name']} {'enabled' if enabled else 'disabled'}")


def _changed(name: str, given: dict[str, Any], config: ConfigOption) -> dict[str, Any]:
    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.accounts import service  # noqa: PLC0415
        from dialer.features.teams.service import Places  # noqa: PLC0415

        account = await service.change(doer, name, given)
        return service.plain(account, await Places.read(doer.store))

    return _do(config, work)


def _warn(account: dict[str, Any]) -> None:
    """Nobody should log in and find an empty page."""
    if account["lacks"] is not None:
        typer.echo(LACKS[account["lacks"]].format(**account))


async def _has_admin(doer: Doer) -> bool:
    from dialer.features.accounts import service  # noqa: PLC0415

    return await service.has_admin(doer.store)


def _do(config: ConfigOption, work: Callable[[Doer], Awaitable[T]]) -> T:
    return with_doer(settings_from(config), work)


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, again = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != again:
        raise Failure("the two passwords differ")
    return first
