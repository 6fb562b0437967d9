"""Settings of pools and campaigns, the same way for both."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dialer.features.settings import service
from dialer.features.settings.changing import Wanted
from dialer.features.settings.schemas import (
    ChangeSettings,
    SettingsChanged,
    SettingsSheet,
    SettingsVersions,
    UndoSettings,
)
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.settings.keys import Subject

router = APIRouter(tags=["settings"])
_Reader = Annotated[Caller, Needs("settings.read")]
_Steerer = Annotated[Caller, Needs("settings.pacing")]
_SHEET = {200: {"model": SettingsSheet}, **responses(404)}
_CHANGED = {200: {"model": SettingsChanged}, **responses(404, 409)}
_VERSIONS = {200: {"model": SettingsVersions}, **responses(404)}


def _routes(kind: Subject) -> None:
    at, what = f"/{kind}s/{{name}}/settings", f"a {kind}"

    @router.get(at, summary=f"Every setting of {what}", name=f"get_{kind}", responses=_SHEET)
    async def get_settings(name: str, caller: _Reader) -> Response:
        """Value, default, source, range and meaning of each key."""
        subject = await _subject(caller, kind, name)
        return json_answer(await service.sheet(caller, subject))

    @router.put(at, summary=f"Change settings of {what}", name=f"put_{kind}", responses=_CHANGED)
    async def put_settings(name: str, body: ChangeSettings, caller: _Steerer) -> Response:
        """Written into the settings file and in force when this is answered, or nothing of it.

        409: someone else changed them meanwhile, or the file cannot be written; 422: every fault.
        """
        subject = await _subject(caller, kind, name)
        wanted = Wanted(subject, body.changes, body.version)
        outcome = await service.change(caller, [wanted], body.because)
        return json_answer(await service.answer(caller.context.store, subject, outcome))

    @router.post(
        f"{at}/undo",
        summary=f"Take the last change of {what} back",
        name=f"undo_{kind}",
        responses=_CHANGED,
    )
    async def undo_settings(name: str, body: UndoSettings, caller: _Steerer) -> Response:
        """The last change from the console that was not taken back yet; a version of its own."""
        subject = await _subject(caller, kind, name)
        outcome = await service.undo(caller, subject, body.version, body.because.strip())
        return json_answer(await service.answer(caller.context.store, subject, outcome))

    @router.get(
        f"{at}/versions",
        summary=f"Who changed settings of {what}, when and why",
        name=f"list_{kind}_versions",
        responses=_VERSIONS,
    )
    async def list_versions(
        name: str,
        caller: _Reader,
        below: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """Those made in the file as well. Newest first."""
        subject = await _subject(caller, kind, name)
        store = caller.context.store.settings_versions
        rows = await store.page(subject, below=below, limit=limit)
        following = rows[-1].version if len(rows) == limit else None
        shown = [service.version_row(row) for row in rows]
        return json_answer({"versions": shown, "next": following})


async def _subject(caller: Caller, kind: str, name: str) -> str:
    subject = f"{kind}/{name}"
    await service.reach_subject(caller, subject)
    return subject


_routes("pool")
_routes("campaign")
