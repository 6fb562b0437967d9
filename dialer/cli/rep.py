"""`dialer rep …`: reps and their phones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dialer.cli.client import running_service, service_of
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption, levels
from dialer.cli.output import print_json, print_table

if TYPE_CHECKING:
    from dialer.ports.store import Store
    from dialer.settings import Settings

app = typer.Typer(help="Reps and their phones.", no_args_is_help=True, rich_markup_mode=None)
CodeArgument = Annotated[str, typer.Argument(metavar="REP", help="The rep's code, or name.")]


@app.command(epilog="Example: dialer rep add anna --name 'Anna Novak' --pool sales --phone sip")
def add(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="What the rep logs in with: letters and digits.")
    ],
    *,
    name: Annotated[str, typer.Option(help="The rep's name.")] = "",
    pool: Annotated[str, typer.Option(help="The pool the rep works in.")] = "default",
    phone: Annotated[
        str,
        typer.Option(help="webrtc: a browser; sip: a phone that registers; static: at --contact."),
    ] = "webrtc",
    contact: Annotated[str, typer.Option(help="A static phone: sip:NAME@HOST:PORT.")] = "",
    endpoint: Annotated[
        str, typer.Option(help="Name of the phone in Asterisk. Default: the code.")
    ] = "",
    skill: Annotated[
        list[str] | None, typer.Option(metavar="NAME=LEVEL", help="A skill; several times.")
    ] = None,
    language: Annotated[str, typer.Option(help="The rep's language.")] = "en",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Add a rep and a phone; prints what the phone registers with."""
    settings = settings_from(config)
    new = {
        "code": code, "name": name, "pool": pool, "endpoint": endpoint, "phone": phone,
        "contact": contact, "skills": levels(skill or []), "language": language,
    }  # fmt: skip
    service = running_service(settings)
    if service is not None:
        added = service.post("/api/v1/agents", new)
    else:
        added = with_store(settings, lambda store: _add(store, settings, new))
    if json_:
        print_json(added)
        return
    typer.echo(f"rep {added['code']} added to pool {added['pool']}; the phone:")
    for key, value in added["account"].items():
        typer.echo(f"  {key}: {value}")
    if added.get("notice"):
        typer.echo(added["notice"])


async def _add(store: Store, settings: Settings, new: dict[str, Any]) -> dict[str, Any]:
    from dialer.api.agents import service  # noqa: PLC0415

    agent = await service.add(store, settings, service.NewRep(**new))
    account = service.phone_account(settings, settings.state_dir, agent)
    notice = (
        "give your Asterisk the phone: dialer asterisk render"
        if settings.asterisk.run == "external"
        else None
    )
    return {**service.describe(agent, None), "account": account, "notice": notice}


@app.command()
def login(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Log in: the rep's phone is called once and held; the rep is paused until ready."""
    _steer(rep, "login", None, json_, config)


@app.command()
def ready(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Ready for calls."""
    _steer(rep, "ready", None, json_, config)


@app.command()
def pause(
    rep: CodeArgument,
    reason: Annotated[str, typer.Option(help="Why: lunch, training …")] = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """No more calls for now; in mid-call: after it."""
    _steer(rep, "pause", {"reason": reason}, json_, config)


@app.command()
def logout(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Go home; in mid-call: after it."""
    _steer(rep, "logout", None, json_, config)


@app.command()
def hangup(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """End the rep's conversation; the phone stays on the line."""
    _steer(rep, "hangup", None, json_, config)


@app.command()
def finish(
    rep: CodeArgument,
    *,
    disposition: Annotated[
        str | None, typer.Option(help="What came of the call, as the campaign names it.")
    ] = None,
    call_back_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When to call again: 2026-01-31T09:30+01:00."),
    ] = None,
    pause_: Annotated[bool, typer.Option("--pause", help="Pause afterwards.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Through with the paperwork: ready for the next call."""
    body: dict[str, Any] = {"disposition": disposition, "then_pause": pause_}
    if call_back_at is not None:
        body["call_back_at"] = call_back_at
    _steer(rep, "finish", body, json_, config)


def _steer(
    rep: str, order: str, body: dict[str, Any] | None, json_: bool, config: ConfigOption
) -> None:
    found = service_of(settings_from(config)).post(f"/api/v1/agents/{rep}/{order}", body)
    if json_:
        print_json(found)
    else:
        typer.echo(f"rep {found['code']} {found['state']}")


@app.command("list")
def list_(
    pool: Annotated[str | None, typer.Option(help="Only this pool.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """All reps; with their states where a service runs."""
    settings = settings_from(config)
    service = running_service(settings)
    if service is not None:
        found = service.get("/api/v1/agents", pool=pool)["agents"]
    else:
        found = with_store(settings, lambda store: _list(store, pool))
    if json_:
        print_json({"agents": found})
        return
    keys = ("code", "name", "pool", "state", "reason", "calls", "skills")
    print_table(keys, [[rep[key] for key in keys] for rep in found])


async def _list(store: Store, pool: str | None) -> list[dict[str, Any]]:
    from dialer.api.agents import service  # noqa: PLC0415

    return await service.describe_all(store, pool=pool)
