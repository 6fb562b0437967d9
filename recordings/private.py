"""Recordings are for nobody else on the machine: files 0600, folders 0700.

A switch that is not the dialer's own may run as another user. Its way to the raw files stays as
whoever set it up has made it for the group, but is never open to everybody.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

from recordings.naming import RAW, day_folders

log = structlog.get_logger(__name__)

FILE, FOLDER = 0o600, 0o700
_GROUP = 0o2070


def make_folder(folder: Path, root: Path, mode: int = FOLDER) -> None:
    """The folder and those above it up to `root`; `mkdir` gives the mode to the last one only."""
    if folder.is_dir():
        return
    if folder != root:
        make_folder(folder.parent, root, mode)
    folder.mkdir(parents=folder == root, exist_ok=True)
    folder.chmod(mode)


def raw_mode(root: Path, *, shared: bool) -> int:
    """Of folders that the switch writes into: `shared` ones are the group's as `raw/` is."""
    raw = root / RAW
    return FOLDER | (raw.stat().st_mode & _GROUP if shared and raw.is_dir() else 0)


def tighten(root: Path, *, shared: bool = False) -> int:
    """Take from everybody else what earlier versions left open; returns how many things changed.

    A folder that is as it should be has been gone through: its files come first, so that a run
    that was interrupted is done again, and the next start has nothing to do.
    """
    changed = 0
    for folder, files, is_shared in _folders(root, shared=shared):
        mode = folder.stat().st_mode
        wanted = FOLDER | (mode & _GROUP if is_shared else 0)
        if stat.S_IMODE(mode) == wanted:
            continue
        try:
            for name in files:
                changed += _set(folder / name, FILE)
            changed += _set(folder, wanted)
        except OSError as error:
            log.warning(
                "others may read recordings", path=str(folder), error=error.strerror,
                remedy="give the folder to the dialer's user, or chmod -R go= it",
            )  # fmt: skip
    return changed


def _folders(root: Path, *, shared: bool) -> Iterator[tuple[Path, list[str], bool]]:
    """Those of recordings, the innermost first; whatever else lies in `root` is not touched."""
    for top, is_shared in [
        *((folder, False) for _, folder in day_folders(root)),
        *((folder, shared) for _, folder in day_folders(root / RAW)),
    ]:
        for path, _, files in os.walk(top, topdown=False):
            yield Path(path), files, is_shared
    for folder in (root / RAW, root):
        if folder.is_dir():
            yield folder, [], shared


def _set(path: Path, mode: int) -> bool:
    if path.is_symlink() or stat.S_IMODE(path.stat().st_mode) == mode:
        return False
    path.chmod(mode)
    return True
