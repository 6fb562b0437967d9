"""What pacers are told of the world beyond their floor: lines, rates and legal windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from dialer.engine.plans import CampaignPlan, EnginePlan
from dialer.engine.runner import FloorRunner
from dialer.engine.trunks import TrunkBook
from dialer.engine.windows import WindowBook
from dialer.floor import AgentState, Floor
from dialer.floor.events import LimitsChanged, WindowsChanged, WindowState
from dialer.ports.clock import FloorClock
from dialer.ports.store import Attempts


class PacingNews:
    """Tells each floor what changed, and nothing that did not."""

    def __init__(
        self,
        plan: Callable[[], EnginePlan],
        runners: Mapping[str, FloorRunner],
        trunks: TrunkBook,
        windows: WindowBook,
        clock: FloorClock,
    ) -> None:
        self._plan, self._runners = plan, runners
        self._trunks, self._windows, self._clock = trunks, windows, clock
        self._limits: dict[str, LimitsChanged] = {}
        self._states: dict[str, WindowsChanged] = {}

    async def read_windows(
        self, attempts: Attempts, plan: EnginePlan, ids: Mapping[str, str]
    ) -> None:
        """What the store has of windows that are not counted yet."""
        for campaign in plan.campaigns:
            if not self._is_counted(campaign):
                now = self._clock.now()
                await self._windows.read(attempts, campaign, ids[campaign.name], now)

    def _is_counted(self, campaign: CampaignPlan) -> bool:
        before = self._plan().campaign(campaign.name)
        same = before is not None and before.abandon_windows == campaign.abandon_windows
        return same and self._windows.knows(campaign.name)

    def tell_limits(self) -> None:
        for pool, runner in self._runners.items():
            names = self._trunks.usable(self._campaigns(pool))
            mine = _known_to_pacer(runner.floor, self._trunks)
            rate = self._trunks.calls_per_second(names)
            now = self._clock.steady()
            out = self._trunks.out(names)
            limits = LimitsChanged(self._trunks.lines(names, mine, now), rate, out)
            if limits != self._limits.get(pool, LimitsChanged(None, None)):
                self._limits[pool] = limits
                runner.post(limits)

    def tell_windows(self) -> None:
        now, offset = self._clock.now(), self._clock.offset()
        for pool, runner in self._runners.items():
            states = self._windows.states(self._campaigns(pool), runner.floor, now)
            windows = WindowsChanged([_in_floor_time(state, offset) for state in states])
            if windows != self._states.get(pool, WindowsChanged([])):
                self._states[pool] = windows
                runner.post(windows)

    def _campaigns(self, pool: str) -> list[CampaignPlan]:
        return [campaign for campaign in self._plan().campaigns if campaign.pool == pool]


def _in_floor_time(state: WindowState, offset: float) -> WindowState:
    if state.closes_at is None or not offset:
        return state
    return replace(state, closes_at=state.closes_at - offset)


def _known_to_pacer(floor: Floor, trunks: TrunkBook) -> int:
    """Lines that the floor's pacer counts as its own: calls it waits for, and reps who talk."""
    open_ = sum(a.told != "settled" and trunks.holds(a.attempt) for a in floor.attempts.values())
    return open_ + sum(a.state is AgentState.TALKING for a in floor.agents.values())
