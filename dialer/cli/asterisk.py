"""`dialer asterisk …`: get, run and configure an Asterisk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json, print_table
from dialer.ports.scope import everything

if TYPE_CHECKING:
    from dialer.asterisk.node import AsteriskNode, NodeStatus
    from dialer.asterisk.node_settings import AsteriskSettings
    from dialer.settings import Settings

app = typer.Typer(
    help="Get, run and configure an Asterisk.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def install(
    refresh: Annotated[bool, typer.Option("--refresh", help="Look for newer packages.")] = False,
    json_: JsonOption = False,
) -> None:
    """Get Asterisk and what else is needed, without root: fetched once, shared by all clones."""
    from dialer.asterisk.apt import terminal_progress  # noqa: PLC0415
    from dialer.asterisk.install import install_asterisk  # noqa: PLC0415

    with _failures():
        found = install_asterisk(None if json_ else terminal_progress("Asterisk"), refresh=refresh)
    if json_:
        print_json({"version": found.version or None, "program": found.program.argv[-1]})
    else:
        instead = f" (not used: {found.passed_over})" if found.passed_over else ""
        typer.echo(f"Asterisk {found.version}: {found.program.argv[-1]}{instead}")


@app.command()
def start(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Write the configuration and start the managed Asterisk; it runs on until 'stop'."""
    settings = _managed(config)
    with _failures():
        node = _node(settings, quiet=json_)
        if node.pid() is None:
            node.start(detached=True)
        _show(node.settings.node, node.status(), json_)


@app.command()
def stop(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """End the managed Asterisk, and with it every call."""
    from dialer.asterisk.operate import node_status, stop_node  # noqa: PLC0415
    from dialer.settings.node import node_settings  # noqa: PLC0415

    settings = _managed(config)
    with _failures():
        node = node_settings(settings)
        stop_node(node)
        _show(node.node, node_status(node), json_)


@app.command()
def status(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Whether the managed Asterisk runs, and where. Fetches nothing."""
    from dialer.asterisk.operate import node_status  # noqa: PLC0415
    from dialer.settings.node import node_settings  # noqa: PLC0415

    settings = _managed(config)
    with _failures():
        node = node_settings(settings)
        _show(node.node, node_status(node), json_)


@app.command(epilog="Example: dialer asterisk render --out /tmp/conf")
def render(
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to. Default: asterisk-conf/ in the state folder."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write the configuration for an Asterisk of your own. The files hold secrets: mode 0600."""
    from dialer.asterisk.render import render as render_files  # noqa: PLC0415
    from dialer.asterisk.render import write_files  # noqa: PLC0415

    settings = settings_from(config)
    folder = out or settings.state_dir / "asterisk-conf"
    with _failures():
        files = render_files(_node_settings(settings))
        write_files(folder, files)
    if json_:
        print_json({"folder": str(folder.absolute()), "files": sorted(files)})
    else:
        typer.echo(f"{len(files)} files written to {folder}")


def _managed(config: Path | None) -> Settings:
    settings = settings_from(config)
    if settings.asterisk.run != "managed":
        raise Failure("asterisk.run is external: that Asterisk is run by somebody else")
    return settings


def _node(settings: Settings, *, quiet: bool) -> AsteriskNode:
    from dialer.asterisk.apt import terminal_progress  # noqa: PLC0415
    from dialer.asterisk.install import install_asterisk  # noqa: PLC0415
    from dialer.asterisk.node import AsteriskNode  # noqa: PLC0415

    progress = None if quiet else terminal_progress("Asterisk")
    return AsteriskNode(_node_settings(settings), install_asterisk(progress))


def _node_settings(settings: Settings) -> AsteriskSettings:
    from dialer.features.settings.voices import message_files  # noqa: PLC0415
    from dialer.settings.node import node_settings  # noqa: PLC0415

    endpoints = with_store(settings, _endpoints)
    return node_settings(settings, endpoints=endpoints, messages=message_files(settings))


async def _endpoints(store: Any) -> tuple[str, ...]:
    return tuple(
        agent.endpoint
        for agent in await store.agents.list(everything("every phone is written down"))
    )


def _show(name: str, found: NodeStatus, json_: bool) -> None:
    whole = {
        "state": found.state,
        "pid": found.pid,
        "version": found.version or None,
        "ami": f"{found.ami[0]}:{found.ami[1]}",
        "open_files": found.open_files,
        "run_dir": str(found.run_dir),
    }
    if json_:
        print_json(whole)
    else:
        print_table(("asterisk", name), list(whole.items()))


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """What the Asterisk rooms report as errors is a failed job here."""
    from dialer.asterisk.apt import FetchError  # noqa: PLC0415
    from dialer.asterisk.install import InstallError  # noqa: PLC0415
    from dialer.asterisk.node import NodeError  # noqa: PLC0415
    from dialer.asterisk.node_settings import SettingsError  # noqa: PLC0415
    from dialer.asterisk.sounds import SoundError  # noqa: PLC0415
    from dialer.settings.secrets import SecretsError  # noqa: PLC0415

    try:
        yield
    except (InstallError, NodeError, SettingsError, SecretsError, SoundError, FetchError) as error:
        raise Failure(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{error.filename or 'the system'}: {error.strerror}") from None
