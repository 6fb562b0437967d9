"""`dialer person …`: all that is kept of a person, handed out or erased."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption, RegionOption
from dialer.cli.output import print_json

if TYPE_CHECKING:
    from dialer.features.persons.service import PeopleDesk
    from dialer.ports.store import Store

T = TypeVar("T")
app = typer.Typer(
    help="All that is kept of one person.", no_args_is_help=True, rich_markup_mode=None
)
NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="+493012345678, or as written in --region.")
]


@app.command(epilog="Example: dialer person export +493012345678 --out person")
def export(
    number: NumberArgument,
    region: RegionOption = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to. Default: person-… here; with --json none."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write one JSON document of everything, and the recordings as WAV, into a folder."""

    def folder(pseudonym: str) -> Path | None:
        return out or (None if json_ else Path(f"person-{pseudonym[-8:]}"))

    async def work(desk: PeopleDesk, whole: str) -> tuple[dict[str, object], Path | None]:
        target = folder(desk.name_of(whole))
        return await desk.export(whole, now=time.time(), folder=target), target

    document, target = _at_desk(config, number, region, work)
    if json_:
        print_json(document)
        return
    typer.echo(f"{target}: {_told(document['counts'])}")


@app.command(epilog="Example: dialer person erase +493012345678 --reason 'letter of 3 March'")
def erase(
    number: NumberArgument,
    *,
    region: RegionOption = "",
    reason: Annotated[
        str, typer.Option(help="Why, for the audit log; nothing that tells who.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Erase a person: leads, notes, callbacks and recordings go, records keep no number.

    The number is never called again; the do-not-call list knows it by a keyed hash.
    """
    if not yes and not json_ and sys.stdin.isatty():
        typer.confirm(f"Erase everything about {number}? It cannot be undone", abort=True)

    async def work(desk: PeopleDesk, whole: str) -> dict[str, int]:
        return await desk.erase(whole, now=time.time(), reason=reason)

    erased = _at_desk(config, number, region, work)
    if json_:
        print_json({"erased": erased})
    else:
        typer.echo(f"erased: {_told(erased)}")


def _at_desk(
    config: Path | None,
    number: str,
    region: str,
    work: Callable[[PeopleDesk, str], Awaitable[T]],
) -> T:
    from dialer.cli.recordings import library_of  # noqa: PLC0415
    from dialer.features.dnc.service import written  # noqa: PLC0415
    from dialer.features.persons.service import PeopleDesk  # noqa: PLC0415
    from dialer.ports.people import Pseudonyms  # noqa: PLC0415
    from dialer.settings.secrets import PEOPLE, SecretsFile  # noqa: PLC0415

    settings = settings_from(config)

    async def on(store: Store) -> T:
        key = SecretsFile(settings.state_dir).get_or_make(PEOPLE)
        desk = PeopleDesk(
            store,
            library_of(settings),
            settings.state_dir / "imports",
            Pseudonyms(key.encode()),
            who="cli",
        )
        return await work(desk, written([number], region)[0])

    return with_store(settings, on)


def _told(counts: object) -> str:
    assert isinstance(counts, dict)
    named = [f"{count} {what.replace('_', ' ')}" for what, count in counts.items() if count]
    return ", ".join(named) or "nothing was kept"
