"""What `dialer asterisk install|start|stop|status|render` do, as plain functions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dialer.asterisk.apt import Progress
from dialer.asterisk.install import install_asterisk
from dialer.asterisk.node import AsteriskNode, NodeStatus
from dialer.asterisk.node_settings import AsteriskSettings
from dialer.asterisk.render import render, write_files
from dialer.asterisk.sounds import SoundError, message_file
from dialer.asterisk.tree import AsteriskInstall


def start_node(settings: AsteriskSettings, progress: Progress | None = None) -> NodeStatus:
    """Start a node that lives on after this process, and return when it is fully booted.

    Fetches Asterisk when there is none. Raises InstallError, SettingsError or NodeError.
    """
    install = install_asterisk(progress)
    node = AsteriskNode(with_messages(settings), install)
    node.start(detached=True)
    return node.status()


def stop_node(settings: AsteriskSettings) -> bool:
    """Stop a node that `start_node` started; False when none was running. Raises NodeError."""
    node = AsteriskNode(settings, _NOT_NEEDED)
    was_running = node.pid() is not None
    node.stop()
    return was_running


def node_status(settings: AsteriskSettings) -> NodeStatus:
    """Whether the node of these settings runs, its process and where it listens."""
    return AsteriskNode(settings, _NOT_NEEDED).status()


def render_to(
    folder: Path, settings: AsteriskSettings, install: AsteriskInstall | None = None
) -> list[Path]:
    """Write the configuration into `folder`; the files written, in order of their names.

    Without `install` it is for an Asterisk that somebody else runs, and has no asterisk.conf.
    Raises SettingsError before anything is written.
    """
    files = render(with_messages(settings), install)
    write_files(folder, files)
    return [folder / name for name in sorted(files)]


def with_messages(settings: AsteriskSettings) -> AsteriskSettings:
    """`settings` with a message for every language: the site's own file, else a spoken one.

    A language for which none can be made is left to Asterisk's own English words.
    """
    given = dict(settings.messages)
    for language in settings.languages:
        if language not in given:
            try:
                given[language] = message_file(language)
            except SoundError:
                given.setdefault(language, FALLBACK_MESSAGE)
    order = [language for language in settings.languages if language in given]
    return replace(settings, messages=tuple((language, given[language]) for language in order))


# Asterisk's core sounds: "nobody is available to take your call at the moment".
FALLBACK_MESSAGE = Path("vm-nobodyavail")

# Looking at a process needs no program to start.
_NOT_NEEDED = AsteriskInstall.absent()
