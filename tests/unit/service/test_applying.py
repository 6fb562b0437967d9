"""What of a change is told when the store fails in the middle of it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from dialer.memory.store import InMemoryStore
from dialer.ports.clock import SystemClock
from dialer.ports.store import StoreError
from dialer.service.in_force import InForce
from dialer.settings import Settings
from dialer.settings.campaigns import CampaignSettings


async def test_what_is_in_force_counts_as_taken_even_if_its_version_could_not_be_kept() -> None:
    """To say that nothing has changed would leave the floor with other rules than the file has."""
    store, applied = InMemoryStore(), []

    async def apply(plan: Any) -> None:
        applied.append(plan)

    async def fail(*_args: Any, **_more: Any) -> None:
        raise StoreError("the database is away")

    store.campaigns.set_settings = fail  # type: ignore[method-assign,assignment]
    in_force = InForce(store, SystemClock(), lambda: "eva")  # type: ignore[arg-type]
    await in_force.change(
        Settings(campaign={"spring": CampaignSettings()}),
        "plan",  # type: ignore[arg-type]
        {},
        engine=SimpleNamespace(apply=apply),  # type: ignore[arg-type]
        rulebook=SimpleNamespace(trying=lambda rules, ids: nullcontext()),  # type: ignore[arg-type]
    )

    assert applied == ["plan"]
