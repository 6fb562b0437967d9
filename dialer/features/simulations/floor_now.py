"""The live floor as a simulation needs it: who is at work, what pacing knows, today's calls."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence

from dialer.engine.engine import Engine
from dialer.floor import AgentState
from dialer.floor.state import Agent
from dialer.kit.scope import everything
from dialer.ports.cdr import Cdr
from dialer.ports.control import Refusal
from dialer.ports.store import Store
from dialer.settings import CampaignSettings, Settings
from dialer.sim.effect import FloorNow, Line, Reps
from dialer.sim.records import Record, from_cdrs
from dialer.words import CampaignState
from dialer.zonedata import local_zone, names_a_place

#: Calls so far back tell how callees behave now; few of them: a whole day's.
RECENT_S, DAY_S = 2 * 3600.0, 24 * 3600.0
ENOUGH_CALLS, MOST_CALLS = 200, 4000
_AT_WORK = (AgentState.READY, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAPUP)

Windows = Mapping[tuple[str, str], tuple[int, int]]
Leads = Mapping[str, Mapping[str, int]]


async def floor_now(
    engine: Engine,
    store: Store,
    settings: Settings,
    pool: str,
    *,
    windows: Windows,
    leads: Leads,
    reps: int | None = None,
) -> FloorNow | Refusal:
    """`reps`: simulate so many in place of those who are there. A refusal says what is missing."""
    campaigns = dialed_by_itself(engine, settings, pool)
    if not campaigns:
        return Refusal("nothing-to-simulate", "no campaign of this pool is dialed by the pacer")
    floor = engine.runners[pool].floor
    groups = [Reps(reps)] if reps else _groups(list(floor.agents.values()))
    if not groups:
        return Refusal("nobody-at-work", "nobody is at work: say for how many reps to simulate")
    dialable = {name: may_be_dialed(leads.get(name, {})) for name in campaigns if name in leads}
    if dialable and not any(dialable.values()):
        if reps is None:
            return Refusal("no-leads", "no lead of this pool's campaigns may be called")
        dialable = {}  # a floor that is only thought of has a list that lasts
    now = engine.clock.now()
    return FloorNow(
        at=now,
        # Callees of a simulation live by it, and nobody lives by EST5EDT.
        zone=zone if names_a_place(zone := local_zone()) else "UTC",
        reps=groups,
        paused=sum(agent.state is AgentState.PAUSED for agent in floor.agents.values()),
        records={name: await _records(engine, store, name, now) for name in campaigns},
        ledger={name: tightest for name in campaigns if (tightest := _tightest(windows, name))},
        dialable={name: max(1, count) for name, count in dialable.items()},
        lines=[
            Line(trunk.name, trunk.max_lines, trunk.calls_per_second) for trunk in settings.trunk
        ],
    )


def dialed_by_itself(engine: Engine, settings: Settings, pool: str) -> dict[str, CampaignSettings]:
    """The running campaigns that are paced; all that are paced where none runs."""
    paced = {n: it for n, it in settings.campaigns_of(pool).items() if it.mode == "auto"}
    states = engine.campaign_states
    running = {n: it for n, it in paced.items() if states.get(n) == CampaignState.RUNNING.value}
    return running or paced


def _groups(agents: Sequence[Agent]) -> list[Reps]:
    counts: Counter[tuple[tuple[tuple[str, int], ...], tuple[str, ...], float]] = Counter()
    for agent in agents:
        if agent.state in _AT_WORK:
            skills = tuple(sorted(agent.skills.items()))
            counts[skills, tuple(sorted(agent.campaigns or ())), agent.weight] += 1
    return [
        Reps(count, dict(skills), own, weight)
        for (skills, own, weight), count in sorted(counts.items())
    ]


def may_be_dialed(states: Mapping[str, int]) -> int:
    """Leads, by their states, that a campaign may still dial."""
    # Those in the hopper are about to be dialed: on a short list that may be all there are.
    return sum(states.get(state, 0) for state in ("new", "queued", "retry"))


def _tightest(windows: Windows, campaign: str) -> tuple[int, int] | None:
    """Abandoned and answered of the window whose share is the highest."""
    own = [counts for (name, _), counts in windows.items() if name == campaign and counts[1]]
    return max(own, key=lambda counts: counts[0] / counts[1], default=None)


async def _records(engine: Engine, store: Store, name: str, now: float) -> list[Record]:
    known = engine.campaigns.get(name)
    if known is None:
        return []
    found: list[Record] = []
    for span in (RECENT_S, DAY_S):
        last: deque[Cdr] = deque(maxlen=MOST_CALLS)
        async for cdr in store.attempts.export(
            everything("figures"), known.id, since=now - span, ended_only=True
        ):
            last.append(cdr)
        found = from_cdrs(list(last))
        if len(found) >= ENOUGH_CALLS:
            break
    return found
