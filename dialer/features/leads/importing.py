"""A file of leads goes in, is noted with what became of it, and can be taken out again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.leads.lists import in_pages
from dialer.ids import new_id
from dialer.kit.errors import conflict
from dialer.leads import ImportResult, ListFileError, Progress, import_leads
from dialer.ports.lists import LeadChoice, LeadImport
from dialer.ports.scope import Reach
from dialer.ports.store import Store, StoreError
from dialer.words import ImportState

OnProgress = Callable[[Progress], None]


class HowToRead(Struct, frozen=True, kw_only=True):
    """What is said of a file besides the file itself. `report`: where rejected rows go."""

    report: Path | None = None

    region: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, Sequence[str]] = {}
    fields: Sequence[str] = ()


class Cancelled(Exception):  # noqa: N818  (nothing is wrong)
    """Somebody wants no more of a file."""


def begun(campaign_id: str, *, list_name: str, file: str, who: str, at: float) -> LeadImport:
    return LeadImport(
        id=new_id(),
        campaign_id=campaign_id,
        list_name=list_name,
        file=file,
        who=who,
        at=at,
        state="running",
    )


async def run(
    store: Store,
    it: LeadImport,
    path: Path,
    how: HowToRead,
    on_progress: OnProgress | None = None,
) -> tuple[LeadImport, ImportResult]:
    """The import as it ended, and what came of it; noted in every case, also where this raises.

    Raises ListFileError, StoreError, Cancelled.
    """
    last: list[Progress] = []

    def moved(progress: Progress) -> None:
        last[:] = [progress]
        if on_progress is not None:
            on_progress(progress)

    try:
        result = await import_leads(
            path,
            it.campaign_id,
            store,
            mapping=how.mapping,
            default_region=how.region,
            encoding=how.encoding,
            report_path=how.report,
            on_progress=moved,
            import_id=it.id,
            list_name=it.list_name,
            fields=how.fields,
        )
    except (Cancelled, asyncio.CancelledError):
        await store.lead_imports.save(_ended(it, "cancelled", last))
        raise
    except (ListFileError, StoreError) as error:
        fault = str(error).replace(str(path), it.file)
        await store.lead_imports.save(_ended(it, "failed", last, fault=fault))
        raise
    done = replace(
        it,
        state="done",
        finished_at=time.time(),
        **{name: getattr(result, name) for name in COUNTED},
    )
    await store.lead_imports.save(done)
    return done, result


#: What is counted of an import, and of its progress.
COUNTED = ("rows", "imported", "duplicates", "rejected", "warned", "opted_out")


def _ended(
    it: LeadImport, state: ImportState, last: Sequence[Progress], fault: str = ""
) -> LeadImport:
    counts = {name: getattr(last[0], name) for name in COUNTED} if last else {}
    return replace(it, state=state, fault=fault, finished_at=time.time(), **counts)


async def undo(store: Store, it: LeadImport, scope: Reach, *, now: float, who: str) -> LeadImport:
    """Take out what of it was never called. Raises Refused.

    Who asked not to be called stays on the do-not-call list.
    """
    if it.state == "running":
        raise conflict("import-runs", "the import is still going on: cancel it first")
    if it.undone_at is not None:
        raise conflict("undone-already", "the import was undone before")
    every = LeadChoice(campaign_id=it.campaign_id, import_id=it.id)
    taken = 0
    async for ids in in_pages(store, replace(every, uncalled=True), scope):
        taken += (await store.lead_lists.delete(ids)).deleted
    kept = sum((await store.lead_lists.count(every, scope)).values())
    await store.lead_lists.drop(it.campaign_id, it.list_name)
    undone = replace(it, state="undone", undone_at=now, undone_by=who, taken_out=taken, kept=kept)
    await store.lead_imports.save(undone)
    return undone
