"""What the engine works by: settings already validated, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dialer.floor.rules import CampaignRules, PoolRules
from dialer.words import TrunkOrder, WindowKind


class TrunkPlan(msgspec.Struct, frozen=True):
    """A way out. None: no limit."""

    name: str
    max_lines: int | None = None
    calls_per_second: float | None = None
    caller_ids: tuple[str, ...] = ()


class CampaignPlan(msgspec.Struct, frozen=True):
    """How one campaign dials. `rules` is what its floor must know; the rest is for the shell."""

    name: str
    pool: str
    rules: CampaignRules = CampaignRules()
    trunks: tuple[str, ...] = ()
    trunk_order: TrunkOrder = "best_first"
    caller_ids: tuple[str, ...] = ()
    language: str = "en"
    message: str = ""
    record: bool = True
    detect_machines: bool = False
    #: Outside numbers that calls may be transferred to, by name.
    transfer_numbers: Mapping[str, str] = {}
    #: A wrap-up that ends without a disposition is noted as such.
    disposition_required: bool = False
    #: So long after a call its rep may change what came of it.
    result_change_s: float = 3600.0
    callback_grace_s: float = 900.0
    skip_minutes: float = 60.0
    #: Reps are told who listens to their calls.
    announce_listening: bool = False
    #: Each is kept to the campaign's max_abandon_rate by itself.
    abandon_windows: tuple[WindowKind, ...] = ("day",)


class PoolPlan(msgspec.Struct, frozen=True):
    name: str
    rules: PoolRules = PoolRules()


class EnginePlan(msgspec.Struct, frozen=True):
    """Everything at once: a reload replaces it whole or not at all."""

    pools: tuple[PoolPlan, ...]
    campaigns: tuple[CampaignPlan, ...]
    trunks: tuple[TrunkPlan, ...]

    def campaign(self, name: str) -> CampaignPlan | None:
        return next((c for c in self.campaigns if c.name == name), None)
