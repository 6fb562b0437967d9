"""Files that were uploaded and are not in yet, and those that are just going in."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from dialer.features.leads.public import importing
from dialer.leads import Progress
from dialer.leads.beginning import Beginning
from dialer.ports.lists import LeadImport

#: A draft that nobody starts is gone after so long.
KEPT_S = 6 * 3600.0
#: No import goes on for so long: what still lies there was left by a service that was killed.
STRAY_S = 24 * 3600.0
#: So many drafts of one person are kept.
EACH = 5


@dataclass
class Draft:
    id: str
    campaign: str
    file: str
    who: str
    path: Path
    at: float
    seen: Beginning | None = None


@dataclass
class Going:
    """An import that goes on; `wanted` false: it stops at its next batch."""

    it: LeadImport
    progress: Progress | None = None
    wanted: bool = True

    def moved(self, progress: Progress) -> None:
        self.progress = progress
        if not self.wanted:
            raise importing.Cancelled


@dataclass
class Drafts:
    """Both, by id."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    going: dict[str, Going] = field(default_factory=dict)

    async def keep(self, draft: Draft) -> None:
        await self._prune(draft.who)
        self.drafts[draft.id] = draft

    def of(self, draft_id: str, who: str) -> Draft | None:
        """A draft is nobody's but who sent it."""
        found = self.drafts.get(draft_id)
        return found if found is not None and found.who == who else None

    async def drop(self, draft: Draft) -> None:
        self.drafts.pop(draft.id, None)
        await asyncio.to_thread(shutil.rmtree, draft.path.parent, ignore_errors=True)

    async def drop_old(self, folder: Path, now: float) -> None:
        """Those nobody came back to, and what lies in the folder of uploads and is nobody's."""
        for draft in [it for it in self.drafts.values() if it.at < now - KEPT_S]:
            await self.drop(draft)
        mine = {it.path.parent for it in self.drafts.values()}
        await asyncio.to_thread(_remove_strays, folder, mine, now - STRAY_S)

    async def _prune(self, who: str) -> None:
        of_them = sorted((it for it in self.drafts.values() if it.who == who), key=lambda it: it.at)
        for draft in of_them[: max(0, len(of_them) - EACH + 1)]:
            await self.drop(draft)


def _remove_strays(folder: Path, mine: set[Path], before: float) -> None:
    for stray in folder.glob("*"):
        if stray not in mine and stray.stat().st_mtime < before:
            shutil.rmtree(stray, ignore_errors=True)
