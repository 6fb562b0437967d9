"""`dialer rep …`: reps and their phones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from dialer.cli.client import running_service, service_of
from dialer.cli.here import settings_from, with_doer, with_store
from dialer.cli.options import ConfigOption, JsonOption, chosen, levels
from dialer.cli.output import print_json, print_table
from dialer.ports.scope import everything

if TYPE_CHECKING:
    from dialer.kit.doer import Doer
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
    weight: Annotated[
        float,
        typer.Option(min=0, max=100, help="Share of calls where a campaign's routing is weighted."),
    ] = 1.0,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Add a rep and a phone; prints what the phone registers with."""
    settings = settings_from(config)
    new = {
        "code": code, "name": name, "pool": pool, "endpoint": endpoint, "phone": phone,
        "contact": contact, "skills": levels(skill or []), "language": language,
        "weight": weight,
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
    from dialer.features.agents import service  # noqa: PLC0415

    agent = await service.add(store, settings, service.NewRep(**new))
    account = service.phone_account(settings, settings.state_dir, agent)
    notice = (
        "give your Asterisk the phone: dialer asterisk render"
        if settings.asterisk.run == "external"
        else None
    )
    return {**service.describe(agent, None), "account": account, "notice": notice}


@app.command(epilog="Example: dialer rep change anna --skill german=3 --pool support")
def change(
    rep: CodeArgument,
    *,
    name: Annotated[str | None, typer.Option(help="The rep's name.")] = None,
    pool: Annotated[str | None, typer.Option(help="Another pool; in mid-call: after it.")] = None,
    phone: Annotated[str | None, typer.Option(help="webrtc, sip or static.")] = None,
    contact: Annotated[str | None, typer.Option(help="A static phone: sip:NAME@HOST:PORT.")] = None,
    skill: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LEVEL", help="A skill; several times: these and no other."),
    ] = None,
    weight: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Share of calls where a campaign's routing is weighted."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="The rep's language.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Change a rep or the phone. What is not named stays.

    Name, skills, language and phone count from the rep's next start of work on.
    """
    given = chosen(
        {
            "name": name, "pool": pool, "phone": phone, "contact": contact,
            "skills": None if skill is None else levels(skill), "weight": weight,
            "language": language,
        }
    )  # fmt: skip
    _print_changed(_changed(rep, given, config), json_)


@app.command()
def disable(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """The rep starts work no more; who is at work goes home, in mid-call after it."""
    _print_changed(_changed(rep, {"enabled": False}, config), json_)


@app.command()
def enable(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Take back a 'disable'."""
    _print_changed(_changed(rep, {"enabled": True}, config), json_)


def _changed(rep: str, given: dict[str, Any], config: ConfigOption) -> dict[str, Any]:
    settings = settings_from(config)
    service = running_service(settings)
    if service is None:
        return with_doer(settings, lambda doer: _change(doer, settings, rep, given))
    path = f"/api/v1/agents/{quote(rep, safe='')}"
    pool = given.pop("pool", None)
    moved = service.post(f"{path}/move", {"pool": pool}) if pool is not None else {}
    return {**moved, **(service.patch(path, given) if given else {})}


async def _change(
    doer: Doer, settings: Settings, rep: str, given: dict[str, Any]
) -> dict[str, Any]:
    from dialer.features.agents import service  # noqa: PLC0415

    changed, is_other = await service.change(doer, settings, rep, given)
    account = service.phone_account(settings, settings.state_dir, changed) if is_other else {}
    return {**service.describe(changed, None), "account": account, "notice": None}


def _print_changed(found: dict[str, Any], json_: bool) -> None:
    if json_:
        print_json(found)
        return
    enabled = "" if found["enabled"] else ", disabled"
    typer.echo(f"rep {found['code']} ({found['name']}) in pool {found['pool']}{enabled}")
    for key, value in (found.get("account") or {}).items():
        typer.echo(f"  {key}: {value}")
    if found.get("notice"):
        typer.echo(found["notice"])


@app.command()
def phone(rep: CodeArgument, json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Show what a rep's phone registers with."""
    settings = settings_from(config)

    async def work(store: Store) -> dict[str, Any]:
        from dialer.features.agents import service  # noqa: PLC0415
        from dialer.kit.scope import everything  # noqa: PLC0415

        found = await service.known(store, rep, everything("a command on this machine sees all"))
        return service.phone_account(settings, settings.state_dir, found)

    account = with_store(settings, work)
    if json_:
        print_json(account)
        return
    for key, value in account.items():
        typer.echo(f"{key}: {value}")


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
    keys = ("code", "name", "pool", "state", "reason", "calls", "skills", "enabled")
    shown = [{**rep, "enabled": "yes" if rep["enabled"] else "no"} for rep in found]
    print_table(keys, [[rep[key] for key in keys] for rep in shown])


async def _list(store: Store, pool: str | None) -> list[dict[str, Any]]:
    from dialer.features.agents import service  # noqa: PLC0415

    return await service.describe_all(
        store, everything("whoever reads the state folder may read all"), pool=pool
    )
