"""A store with a campaign, and a way to write a list."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dialer.leads import ImportResult, import_leads
from dialer.memory.store import InMemoryStore
from dialer.ports.desk import LeadPage
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Campaign, Lead

NOW = 1_800_000_000.0
Write = Callable[..., Path]


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
async def campaign(store: InMemoryStore) -> Campaign:
    return await store.campaigns.create("c", pool="p", settings={}, now=NOW, who="ops")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str | bytes, *, encoding: str = "utf-8") -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return to_file


@dataclass
class Lists:
    """Lists as people have them, taken into a campaign."""

    store: InMemoryStore
    campaign: Campaign
    folder: Path

    async def take(
        self, content: str | bytes | Path, region: str = "CN", **said: Any
    ) -> ImportResult:
        path = content if isinstance(content, Path) else self.written(content)
        return await import_leads(path, self.campaign.id, self.store, default_region=region, **said)

    def written(self, content: str | bytes) -> Path:
        path = self.folder / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    async def leads(self) -> dict[str, Lead]:
        """By name."""
        found = await self.store.leads.page(LeadPage(campaign_id=self.campaign.id), EVERYTHING)
        return {lead.name: lead for lead in found}

    async def numbers(self) -> dict[str, list[tuple[str, str]]]:
        """Numbers and their kinds, by name."""
        leads = await self.leads()
        return {name: [(n.number, n.kind) for n in it.numbers] for name, it in leads.items()}

    def report(self, result: ImportResult) -> list[dict[str, str]]:
        assert result.report_path is not None
        with result.report_path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def lists(store: InMemoryStore, campaign: Campaign, tmp_path: Path) -> Lists:
    return Lists(store, campaign, tmp_path)
