"""What of settings is shown and who may change which key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dialer.features.settings.changing import (
    Changed,
    Faults,
    Wanted,
    not_writable,
    written_keys,
)
from dialer.features.settings.ledger import Author, defaults, kind_of_subject, subjects
from dialer.features.settings.parts import CHANGE_SETTINGS
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request, conflict, forbidden, not_found, unless
from dialer.kit.scope import OfPool, is_seen
from dialer.ports.control import Refusal
from dialer.ports.steering import KeyChange, SettingsChange
from dialer.ports.store import Store
from dialer.settings.keys import Key, keys_of

#: So many versions are looked through for the origin of a value, or for something to undo.
LOOK_BACK = 200


async def reach_subject(caller: Caller, subject: str) -> None:
    """Raises Refused when there is no such pool or campaign, or it is another team's."""
    kind, _, name = subject.partition("/")
    settings = caller.context.settings()
    if kind == "pool":
        found, pool = name in settings.pools, name
    else:
        found = name in settings.campaign
        pool = settings.campaign[name].pool if found else ""
    if not found or not is_seen(OfPool(pool), await caller.reach()):
        raise not_found(kind, name)


async def sheet(caller: Caller, subject: str) -> dict[str, Any]:
    """Every key of a pool or campaign."""
    store, settings = caller.context.store, caller.context.settings()
    history = await store.settings_versions.page(subject, limit=LOOK_BACK)
    latest = history[0] if history else None
    values = dict(subjects(settings))[subject]
    said = written_keys(settings, subject)
    by_console = touched_by_console(history)
    not_here = why_not(caller, subject)
    options = await _options(caller)
    keys = []
    for key in keys_of(kind_of_subject(subject)):
        source = "default" if key.key not in said else "file"
        source = "console" if source == "file" and key.key in by_console else source
        shown = msgspec.structs.asdict(key)
        may = key.editable and not not_here and may_change(caller, key)
        keys.append(
            {
                **shown,
                "value": values[key.key],
                "source": source,
                "editable": may,
                "options": options.get(key.form),
            }
        )
    return {
        "subject": subject,
        "version": latest.version if latest else 0,
        "changed_at": latest.changed_at if latest else None,
        "changed_by": latest.changed_by if latest else "",
        "because": latest.because if latest else "",
        "writable": not not_here,
        "why_not": not_here,
        "may_undo": not not_here and to_undo(history) is not None,
        "keys": keys,
    }


async def _options(caller: Caller) -> dict[str, list[dict[str, str]]]:
    """What a key of this form may name: pools in the caller's reach, and every trunk."""
    settings, reach = caller.context.settings(), await caller.reach()
    pools = [it for it in settings.pools if is_seen(OfPool(it), reach)]
    return {
        "pool": [{"value": it, "title": settings.pools[it].title or it} for it in pools],
        "trunk": [{"value": it.name, "title": it.name} for it in settings.trunk],
    }


def why_not(caller: Caller, subject: str, *, permitted: bool = False) -> str:
    """Why nothing of it can be changed here by this caller; "": it can. `permitted`: by another
    permission than that of the keys.
    """
    if CHANGE_SETTINGS.of(caller.context) is None:
        return "no engine runs behind this API"
    if not permitted and not caller.grant.may("settings.pacing"):
        return "you may look and not change"
    refusal = not_writable(caller.context.settings(), subject)
    return refusal.message if refusal is not None else ""


def touched_by_console(history: Sequence[SettingsChange]) -> set[str]:
    """Keys whose last change came from a screen."""
    found: dict[str, bool] = {}
    for version in history:
        for change in version.changes:
            found.setdefault(change.key, version.origin == "console")
    return {key for key, by_console in found.items() if by_console}


def may_change(caller: Caller, key: Key) -> bool:
    grant = caller.grant
    return grant.may("settings.change") or (key.pacing and grant.may("settings.pacing"))


async def check_keys(caller: Caller, subject: str, changes: Mapping[str, Any]) -> None:
    """Raises Refused for a key that the caller may not change, or not to this value."""
    known = {key.key: key for key in keys_of(kind_of_subject(subject))}
    refused = [it for it in changes if it in known and not may_change(caller, known[it])]
    if refused:
        raise forbidden(
            "not-allowed",
            f"{refused[0]} needs the permission 'settings.change'",
            refused,
        )
    pool = changes.get("pool") if subject.startswith("campaign/") else None
    if isinstance(pool, str):
        await caller.needs_pool(pool)


async def change(
    caller: Caller,
    wanted: Sequence[Wanted],
    because: str,
    undoes: int | None = None,
    *,
    permitted: bool = False,
) -> Changed:
    """Write, take and note a change. Raises Refused, and then nothing has changed.

    `permitted`: another permission than that of the keys allows it.
    """
    act = CHANGE_SETTINGS.of(caller.context)
    if act is None:
        raise conflict("no-engine", "no engine runs behind this API")
    for it in [] if permitted else wanted:
        await check_keys(caller, it.subject, it.changes)
    author = Author(caller.grant.who, because.strip(), "console", undoes)
    outcome = await act(wanted, author)
    if isinstance(outcome, Faults):
        raise bad_request("invalid-settings", outcome.all[0], outcome.all)
    if isinstance(outcome, Refusal):
        unless(outcome)
        raise AssertionError("a refusal is raised")
    for subject, version in outcome.versions.items():
        before = {it.key: it.before for it in version.changes}
        after = {it.key: it.after for it in version.changes}
        noted = {"changes": after, "because": author.because, "version": version.version}
        await caller.note("settings.change", subject, before=before, after=noted)
    return outcome


def to_undo(history: Sequence[SettingsChange]) -> SettingsChange | None:
    """The last change from a screen that was not taken back yet; history is newest first."""
    undone = {version.undoes for version in history}
    for version in history:
        from_screen = version.origin == "console" and version.undoes is None
        if from_screen and version.version not in undone:
            return version
    return None


async def undo(caller: Caller, subject: str, seen: int, because: str) -> Changed:
    """Take back the last change from a screen. Raises Refused."""
    store = caller.context.store
    history = await store.settings_versions.page(subject, limit=LOOK_BACK)
    last = to_undo(history)
    if last is None:
        raise conflict("nothing-to-undo", "no change from the console is left to take back")
    now = dict(subjects(caller.context.settings()))[subject]
    moved = [it.key for it in last.changes if now.get(it.key) != it.after]
    if moved:
        raise conflict(
            "changed-since", f"{', '.join(moved)} changed again since then: change it by hand"
        )
    usual = defaults(subject)
    back = {it.key: None if it.before == usual.get(it.key) else it.before for it in last.changes}
    because = because or f"undo of version {last.version}"
    return await change(caller, [Wanted(subject, back, seen)], because, last.version)


def plain(changes: Sequence[KeyChange]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(it) for it in changes]


async def answer(store: Store, subject: str, outcome: Changed) -> dict[str, Any]:
    made = outcome.versions.get(subject)
    latest = made or await store.settings_versions.latest(subject)
    return {
        "version": latest.version if latest else 0,
        "changes": plain(made.changes) if made else [],
        "waiting": outcome.waiting,
    }


def version_row(version: SettingsChange) -> dict[str, Any]:
    row = msgspec.structs.asdict(version)
    del row["subject"], row["settings"]
    return {**row, "changes": plain(version.changes)}
