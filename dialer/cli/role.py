"""`dialer role …`: what people may do. Works on the database, whether a service runs or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dialer.cli.here import settings_from, with_doer
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json, print_table

if TYPE_CHECKING:
    from dialer.kit.doer import Doer
    from dialer.ports.accounts import Role
    from dialer.words import Scope

app = typer.Typer(help="Roles: sets of permissions.", no_args_is_help=True, rich_markup_mode=None)
NameArgument = Annotated[str, typer.Argument(metavar="ROLE", help="The role's name.")]
TitleOption = Annotated[str | None, typer.Option(help="What people read.")]
SeesOption = Annotated[
    str | None, typer.Option("--sees", metavar="SCOPE", help="Whose data: own, squad, team or all.")
]
MayOption = Annotated[
    list[str] | None,
    typer.Option(
        "--may", metavar="PERMISSION", help="One more; several times ('role show admin')."
    ),
]
NotOption = Annotated[
    list[str] | None, typer.Option("--not", metavar="PERMISSION", help="Not this; several times.")
]


@app.command("list")
def list_(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """All roles: those of the program, and one's own."""

    async def work(doer: Doer) -> list[dict[str, Any]]:
        from dialer.features.roles import service  # noqa: PLC0415

        return [service.plain(role) for role in await service.every(doer.store)]

    found = with_doer(settings_from(config), work)
    if json_:
        print_json({"roles": found})
        return
    print_table(
        ("role", "title", "sees", "permissions", "own"),
        [
            (it["name"], it["title"], it["scope"], len(it["permissions"]),
             "" if it["built_in"] else "yes")
            for it in found
        ],
    )  # fmt: skip


@app.command()
def show(role: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """What a role may do."""

    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.roles import service  # noqa: PLC0415

        return service.plain(await service.known(doer.store, role))

    found = with_doer(settings_from(config), work)
    if json_:
        print_json(found)
        return
    from dialer.features.every import PERMISSIONS  # noqa: PLC0415

    typer.echo(f"{found['title'] or found['name']}: sees {found['scope']}")
    rows = [(it, PERMISSIONS.get(it, "")) for it in found["permissions"]]
    print_table(("permission", "to"), rows)


@app.command(
    epilog="Example: dialer role add coach --like supervisor --title Coach --not calls.dial"
)
def add(
    role: NameArgument,
    *,
    like: Annotated[
        str | None, typer.Option(metavar="ROLE", help="Begin with what this one may do.")
    ] = None,
    title: TitleOption = None,
    sees: SeesOption = None,
    may: MayOption = None,
    not_: NotOption = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a role of one's own."""

    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.roles import service  # noqa: PLC0415
        from dialer.kit.errors import conflict  # noqa: PLC0415

        if any(it.name == role for it in await service.every(doer.store)):
            raise conflict("already-exists", f"there is a role {role!r} already")
        begun = await service.known(doer.store, like) if like else None
        permissions = _allowed(begun, may, not_)
        return await _put(
            doer, role, begun, title=title or role, sees=sees, permissions=permissions
        )

    _say(with_doer(settings_from(config), work), json_, "made")


@app.command(epilog="Example: dialer role change coach --may calls.listen")
def change(
    role: NameArgument,
    *,
    title: TitleOption = None,
    sees: SeesOption = None,
    may: MayOption = None,
    not_: NotOption = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give a role of one's own more or less; counts for everybody who has it."""

    async def work(doer: Doer) -> dict[str, Any]:
        from dialer.features.roles import service  # noqa: PLC0415

        before = await service.known(doer.store, role)
        permissions = _allowed(before, may, not_)
        return await _put(doer, role, before, title=title, sees=sees, permissions=permissions)

    _say(with_doer(settings_from(config), work), json_, "changed")


@app.command()
def remove(role: NameArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Remove a role of one's own that nobody has."""

    async def work(doer: Doer) -> None:
        from dialer.features.roles import service  # noqa: PLC0415

        await service.remove(doer, role)

    with_doer(settings_from(config), work)
    print_json({"removed": role}) if json_ else typer.echo(f"role {role} removed")


async def _put(
    doer: Doer,
    name: str,
    begun: Role | None,
    *,
    title: str | None,
    sees: str | None,
    permissions: frozenset[str],
) -> dict[str, Any]:
    from dialer.features.roles import service  # noqa: PLC0415

    shown = title if title is not None else begun.title if begun else name
    return service.plain(await service.put(doer, name, shown, permissions, _scope(begun, sees)))


def _allowed(begun: Role | None, may: list[str] | None, not_: list[str] | None) -> frozenset[str]:
    allowed = begun.permissions if begun is not None else frozenset()
    return (allowed | set(may or ())) - set(not_ or ())


def _scope(begun: Role | None, sees: str | None) -> Scope:
    """Raises typer.BadParameter."""
    from dialer.words import Scope  # noqa: PLC0415

    if sees is None:
        return begun.scope if begun else Scope.OWN
    try:
        return Scope(sees)
    except ValueError:
        known = ", ".join(it.value for it in Scope)
        raise typer.BadParameter(f"{sees!r} is none of {known}", param_hint="--sees") from None


def _say(role: dict[str, Any], json_: bool, done: str) -> None:
    if json_:
        print_json(role)
    else:
        may = len(role["permissions"])
        typer.echo(f"role {role['name']} {done}: sees {role['scope']}, {may} permissions")
