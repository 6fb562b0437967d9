"""`dialer leads lists|list|move|delete|imports|undo`: lead lists as a whole."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from dialer.cli.here import campaign_named, settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json, print_table
from dialer.words import LeadState, ListState

if TYPE_CHECKING:
    from dialer.ports.lists import LeadChoice
    from dialer.ports.store import Store

CampaignOption = Annotated[str, typer.Option(help="The campaign.")]
OneListOption = Annotated[str | None, typer.Option("--list", help="Only this list, by its name.")]
StatesOption = Annotated[
    list[LeadState] | None, typer.Option("--state", help="Only leads in this state, repeatable.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
UncalledOption = Annotated[bool, typer.Option("--uncalled", help="Only who was never called.")]


def add_to(app: typer.Typer) -> None:
    """The commands, as part of `dialer leads`."""
    for name, command in (
        ("lists", lists_), ("list", list_), ("move", move), ("delete", delete),
        ("imports", imports), ("undo", undo),
    ):  # fmt: skip
        app.command(name)(command)


def lists_(
    *,
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Lead lists, how they stand, and their leads by state."""
    settings = settings_from(config)

    async def work(store: Store) -> list[dict[str, Any]]:
        from dialer.features.leads import lists  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        return await lists.every(store, everything("a command on this machine"), campaign)

    found = with_store(settings, work)
    if json_:
        print_json({"lists": found})
        return
    rows = [
        (
            it["campaign"], it["list"], it["state"], it["priority"], it["weight"],
            *(it["leads"][state] for state in ("new", "retry", "done")), it["total"],
        )
        for it in found
    ]  # fmt: skip
    heads = ("campaign", "list", "state", "priority", "weight", "new", "retry", "done", "leads")
    print_table(heads, rows)


def list_(
    *,
    campaign: CampaignOption,
    list_name: Annotated[str, typer.Option("--list", help="The list, by its name.")],
    start: Annotated[bool, typer.Option("--start", help="Take leads of it again.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Take no more leads of it.")] = False,
    priority: Annotated[
        int | None,
        typer.Option(
            min=0, max=99, help="A list is dialed when those above have nothing due. Default: 50."
        ),
    ] = None,
    weight: Annotated[
        float | None,
        typer.Option(min=0.01, max=1000, help="Its share beside lists of the same priority."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Start or stop a list, or change its share."""
    if start and stop:
        raise typer.BadParameter("say --start or --stop, not both")
    state: ListState | None = "running" if start else "stopped" if stop else None
    settings = settings_from(config)

    async def work(store: Store) -> dict[str, Any]:
        from dialer.features.leads import lists  # noqa: PLC0415
        from dialer.ports.lists import ListChange  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        of = await lists.campaign_of(store, campaign, everything("a command on this machine"))
        said = ListChange(state=state, priority=priority, weight=weight)
        before, after = await lists.change(store, of, list_name, said)
        await _note(store, "leads.list", f"{campaign}: {list_name}", before, after)
        return {"campaign": campaign, "list": list_name, **after}

    done = with_store(settings, work)
    if json_:
        print_json(done)
    else:
        typer.echo(", ".join(f"{key} {it}" for key, it in done.items()))


def move(
    *,
    campaign: CampaignOption,
    list_name: OneListOption = None,
    state: StatesOption = None,
    to_campaign: Annotated[str | None, typer.Option(help="Default: the same campaign.")] = None,
    to_list: Annotated[str, typer.Option(help="The list they go to.")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Move leads to another list or campaign, with their callbacks."""
    settings = settings_from(config)
    target = campaign_named(settings, to_campaign or campaign)

    async def work(store: Store) -> dict[str, Any]:
        from dialer.features.leads import lists  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        scope = everything("a command on this machine")
        choice = await _choice(store, campaign, list_name, state)
        to = await lists.campaign_of(store, target, scope)
        done = await lists.move(store, choice, to, to_list, scope, now=time.time())
        answer: dict[str, Any] = msgspec.to_builtins(done)
        after = {"campaign": target, "list": to_list, **answer}
        await _note(store, "leads.move", campaign, {"list": list_name}, after)
        return answer

    done = with_store(settings, work)
    if json_:
        print_json(done)
    else:
        typer.echo(
            f"{done['moved']} leads moved; {done['busy']} are in a call and stay, "
            f"{done['taken']} stay, since {target} knows their number"
        )


def delete(
    *,
    campaign: CampaignOption,
    list_name: OneListOption = None,
    state: StatesOption = None,
    uncalled: UncalledOption = False,
    yes: YesOption = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Delete leads. Call records, recordings and the do-not-call list stay."""
    settings = settings_from(config)
    found = with_store(settings, lambda store: _count(store, campaign, list_name, state, uncalled))
    if found and not yes and not json_ and sys.stdin.isatty():
        typer.confirm(f"Delete {found} leads?", abort=True)

    async def work(store: Store) -> dict[str, Any]:
        from dialer.features.leads import lists  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        choice = await _choice(store, campaign, list_name, state, uncalled=uncalled)
        done = await lists.delete(store, choice, everything("a command on this machine"))
        answer: dict[str, Any] = msgspec.to_builtins(done)
        await _note(store, "leads.delete", campaign, {"list": list_name}, answer)
        return answer

    done = with_store(settings, work)
    if json_:
        print_json(done)
    else:
        typer.echo(f"{done['deleted']} leads deleted; {done['busy']} are in a call and stay")


def imports(
    *,
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Imports, the newest first, with the ids by which they are undone."""
    settings = settings_from(config)

    async def work(store: Store) -> list[dict[str, Any]]:
        from dialer.features.leads.lists import campaign_of  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        scope = everything("a command on this machine")
        of = None if campaign is None else (await campaign_of(store, campaign, scope)).id
        found = await store.lead_imports.page(scope, campaign_id=of, limit=200, below=None)
        return [{**msgspec.to_builtins(row.it), "campaign": row.campaign} for row in found]

    found = with_store(settings, work)
    if json_:
        print_json({"imports": found})
        return
    keys = ("id", "campaign", "list_name", "file", "who", "state", "imported", "rejected")
    print_table(keys, [tuple(it[key] for key in keys) for it in found])


def undo(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="As 'leads imports' says.")],
    *,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take the leads of an import out again, but those that were called."""
    settings = settings_from(config)

    async def work(store: Store) -> dict[str, Any]:
        from dialer.features.leads import importing  # noqa: PLC0415
        from dialer.kit.errors import not_found  # noqa: PLC0415
        from dialer.ports.scope import everything  # noqa: PLC0415

        scope = everything("a command on this machine")
        row = await store.lead_imports.get(import_id, scope)
        if row is None:
            raise not_found("import", import_id)
        done = await importing.undo(store, row.it, scope, now=time.time(), who="cli")
        answer = {"import": import_id, "taken_out": done.taken_out, "kept": done.kept}
        await _note(store, "leads.import-undo", row.campaign, None, answer)
        return answer

    done = with_store(settings, work)
    if json_:
        print_json(done)
    else:
        typer.echo(f"{done['taken_out']} leads taken out; {done['kept']} were called and stay")


async def _choice(
    store: Store,
    campaign: str,
    list_name: str | None,
    states: list[LeadState] | None,
    *,
    uncalled: bool = False,
) -> LeadChoice:
    from dialer.features.leads.lists import campaign_of  # noqa: PLC0415
    from dialer.ports.lists import LeadChoice  # noqa: PLC0415
    from dialer.ports.scope import everything  # noqa: PLC0415

    of = await campaign_of(store, campaign, everything("a command on this machine"))
    return LeadChoice(
        campaign_id=of.id, list_name=list_name, states=states or (), uncalled=uncalled
    )


async def _count(
    store: Store,
    campaign: str,
    list_name: str | None,
    states: list[LeadState] | None,
    uncalled: bool,
) -> int:
    from dialer.ports.scope import everything  # noqa: PLC0415

    choice = await _choice(store, campaign, list_name, states, uncalled=uncalled)
    found = await store.lead_lists.count(choice, everything("a command on this machine"))
    return sum(found.values())


async def _note(store: Store, what: str, subject: str, before: Any, after: Any) -> None:
    from dialer.ports.audit import AuditEntry  # noqa: PLC0415

    entry = AuditEntry(
        at=time.time(), who="cli", what=what, subject=subject, before=before, after=after
    )
    await store.audit.record(entry)
