"""A store with a campaign, and a way to write a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dialer.ports.store import Campaign
from dialer.testing.store import InMemoryStore

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
