"""What may come of a campaign's calls: shown, and written into its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialer.features.dispositions import rules
from dialer.features.settings.public import Wanted
from dialer.features.settings.public import service as settings_service
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request, conflict
from dialer.settings.calling import dispositions_of


async def sheet(caller: Caller, name: str) -> dict[str, Any]:
    subject = f"campaign/{name}"
    latest = await caller.context.store.settings_versions.latest(subject)
    said = caller.context.settings().campaign[name].dispositions
    why_not = settings_service.why_not(caller, subject)
    return {
        "rows": rules.rows_of(dispositions_of(said)),
        "are_usual": not said,
        "version": latest.version if latest is not None else 0,
        "may_change": not why_not and caller.grant.may("settings.change"),
        "why_not": why_not,
    }


async def write(
    caller: Caller, name: str, rows: Sequence[Mapping[str, Any]], because: str, version: int
) -> dict[str, Any]:
    """Raises Refused; then nothing has changed."""
    if wrong := rules.faults(rows):
        raise bad_request("invalid-dispositions", wrong[0], wrong)
    if not rules.keeps_the_wish(rows):
        raise bad_request(
            "no-dnc-left",
            "one result must put the number on the do-not-call list: who asks for it is not called",
        )
    before = dispositions_of(caller.context.settings().campaign[name].dispositions)
    said = await caller.context.store.results.said_of(name, rules.lost(before, rows))
    if said:
        named = ", ".join(sorted(said))
        raise conflict(
            "disposition-used",
            f"{named}: said of calls already, so it can only be retired, which keeps its name",
            codes=named,
        )
    wanted = [Wanted(f"campaign/{name}", {"dispositions": rules.as_settings(rows)}, version)]
    await settings_service.change(caller, wanted, because)
    return await sheet(caller, name)
