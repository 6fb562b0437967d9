"""What of a change is told when the store fails in the middle of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from dialer.ports.store import StoreError
from dialer.service.service import Service
from dialer.settings import Settings
from dialer.testing.store import InMemoryStore


async def test_what_is_in_force_counts_as_taken_even_if_its_version_could_not_be_kept() -> None:
    """To say that nothing has changed would leave the floor with other rules than the file has."""
    service, applied = Service(Settings()), []

    async def apply(plan: Any) -> None:
        applied.append(plan)

    async def fail(settings: Settings, ids: Mapping[str, str]) -> None:
        raise StoreError("the database is away")

    service._store = InMemoryStore()  # type: ignore[assignment]
    service._machinery = SimpleNamespace(  # type: ignore[assignment]
        engine=SimpleNamespace(apply=apply),
        rulebook=SimpleNamespace(trying=lambda rules, ids: nullcontext()),
    )
    service._keep_settings = fail  # type: ignore[method-assign]
    await service._apply(Settings(), "plan", {})  # type: ignore[arg-type]

    assert applied == ["plan"]
