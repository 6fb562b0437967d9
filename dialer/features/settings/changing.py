"""A change of settings from a screen: written into the files, tried first, and taken as a whole.

The settings files stay the one place of truth (docs/decisions/0005). A change is edited into their
text in memory, read and checked as every reload is; only then are the files replaced and the
change applied, and when that fails they get their old text back.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from msgspec import Struct

from dialer.ports.control import Refusal
from dialer.ports.steering import SettingsChange
from dialer.settings import Problem, Problems, Settings, diff, load
from dialer.settings.campaign_files import campaign_file
from dialer.settings.changes import Reload
from dialer.settings.edit import CannotEditError, Table, edited
from dialer.settings.keys import Subject, keys_of, names_a_file, written
from dialer.settings.problems import one_of, suggestion
from dialer.settings.secrets import replace_file

log = structlog.get_logger(__name__)


NO_FILE = Refusal(
    "no-settings-file",
    "the service runs without a settings file: start it with --config FILE, and settings can be "
    "changed here",
)


class Wanted(Struct, frozen=True):
    """Keys of one pool or campaign (pool/NAME, campaign/NAME) to change; None: unset.

    `version`: the one that was looked at; None: whichever it is.
    """

    subject: str
    changes: Mapping[str, Any]
    version: int | None = None


class Faults(Struct, frozen=True):
    """Why a change cannot be: every fault there is."""

    all: list[str]


class Changed(Struct, frozen=True):
    """New versions by subject, and what waits for a restart."""

    versions: dict[str, SettingsChange]
    waiting: list[str] = []


@dataclass(frozen=True)
class Tried:
    """A change that would do: whole texts by path, and what they come to."""

    before: dict[Path, str]
    after: dict[Path, str]
    reload: Reload


def place_of(settings: Settings, subject: str) -> tuple[Path | None, Table]:
    """The file that describes a pool or campaign, and the table there."""
    kind, _, name = subject.partition("/")
    if kind == "campaign" and (path := campaign_file(settings, name)).is_file():
        return path, ()
    return settings.source, (kind, name)


def not_writable(settings: Settings, subject: str) -> Refusal | None:
    """Why nothing of this pool or campaign can be changed here; None: it can."""
    path, _ = place_of(settings, subject)
    return _unwritable(path)


def written_keys(settings: Settings, subject: str) -> set[str]:
    """Which keys of it a settings file says; none where the file cannot be read."""
    path, table = place_of(settings, subject)
    if path is None:
        return set()
    try:
        data: Any = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError):
        return set()
    for part in table:
        data = data.get(part) if isinstance(data, dict) else None
    return written(data, keys_of(_kind(subject))) if isinstance(data, dict) else set()


def _kind(subject: str) -> Subject:
    return "pool" if subject.startswith("pool/") else "campaign"


def unknown_keys(wanted: Wanted) -> list[str]:
    """A line for each key that there is not, or that only the file may say."""
    known = {key.key: key for key in keys_of(_kind(wanted.subject))}
    found = []
    for key in wanted.changes:
        if key not in known:
            near = suggestion(key, list(known))
            found.append(f"{key}: there is no such key{near}; there are: {one_of(list(known))}")
        elif not known[key].editable or names_a_file(key, wanted.changes[key]):
            found.append(f"{key}: can name a file of the server, so only the settings file says it")
    return found


def tried(in_force: Settings, wanted: Sequence[Wanted]) -> Tried | Faults | Refusal:
    """What the files would be, and what that would change. Reads files, writes none."""
    if faults := [fault for it in wanted for fault in unknown_keys(it)]:
        return Faults(faults)
    here = load(in_force.source, os.environ)
    if isinstance(here, Problems):
        return Refusal("invalid-settings-file", f"mend the settings file first: {here.all[0]}")
    if (stale := _not_taken_yet(in_force, here)) is not None:
        return stale
    texts = _texts(here, wanted)
    return texts if isinstance(texts, Refusal | Faults) else _checked(in_force, *texts)


def _checked(
    in_force: Settings, before: dict[Path, str], after: dict[Path, str]
) -> Tried | Faults | Refusal:
    found = load(in_force.source, os.environ, after)
    if isinstance(found, Problems):
        return Faults([_told(problem) for problem in found.all])
    change = diff(in_force, found)
    if isinstance(change, str):
        return Refusal("needs-restart", change)
    return Tried(before, after, change)


def _not_taken_yet(in_force: Settings, here: Settings) -> Refusal | None:
    change = diff(in_force, here)
    if isinstance(change, Reload) and not change.live:
        return None
    return Refusal(
        "settings-file-changed", "the settings file was changed a moment ago: look again, repeat"
    )


def _texts(
    settings: Settings, wanted: Sequence[Wanted]
) -> tuple[dict[Path, str], dict[Path, str]] | Refusal | Faults:
    before: dict[Path, str] = {}
    after: dict[Path, str] = {}
    for it in wanted:
        path, table = place_of(settings, it.subject)
        if (refusal := _unwritable(path)) is not None or path is None:
            return refusal or NO_FILE
        try:
            text = after.get(path) or path.read_bytes().decode("utf-8-sig")
            before.setdefault(path, text)
            after[path] = edited(text, table, it.changes)
        except OSError as error:
            return Refusal("unreadable-settings-file", f"cannot read {path}: {error.strerror}")
        except CannotEditError as error:
            return Faults([str(error)])
    return before, after


def _unwritable(path: Path | None) -> Refusal | None:
    """A file without any write bit is meant to stay as it is, even for root."""
    if path is None:
        return NO_FILE
    target = path.resolve()
    try:
        locked = not target.stat().st_mode & 0o222
    except OSError:
        locked = False
    writable = os.access(target, os.W_OK) and os.access(target.parent, os.W_OK)
    if writable and not locked:
        return None
    return Refusal(
        "read-only-settings-file",
        f"{path} is read-only: change it where it comes from, or let the service write it",
    )


def _told(problem: Problem) -> str:
    return f"{problem.key}: {problem.message}" if problem.key else problem.message


def write_texts(texts: Mapping[Path, str]) -> None:
    """Each file in one step, on disk when this returns. Raises OSError."""
    for path, text in texts.items():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    """With the same owner and mode as before."""
    target = path.resolve()
    old = target.stat()
    replace_file(target, text, mode=old.st_mode & 0o777)
    with contextlib.suppress(OSError):
        os.chown(target, old.st_uid, old.st_gid)
