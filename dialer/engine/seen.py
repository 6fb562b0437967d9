"""What screens see of a rep, a call and a campaign: read one by one, and put together in one place.

A floor is what its reps, calls and campaigns are; whoever asks for one rep pays for one rep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialer.engine.scheduled import with_schedules
from dialer.engine.standing import with_hold_backs
from dialer.engine.tallies import day_figures
from dialer.engine.views import agent_view, call_view, campaign_views, ended_views
from dialer.engine.wall_times import agent_in_wall_time, call_in_wall_time
from dialer.engine.watched import watched_agent, watched_call
from dialer.ports.control import AgentView, CallView, CampaignView, DayFigures, EndedView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialer.engine.engine import Engine
    from dialer.engine.listening import Listening


def rep_seen(
    engine: Engine, listening: Listening | None, pool: str, agent: str
) -> AgentView | None:
    """A rep of this floor, times by the wall; None: there is no such floor or rep."""
    runner = engine.runners.get(pool)
    found = None if runner is None else runner.floor.agents.get(agent)
    if runner is None or found is None:
        return None
    known = engine.agents.get(agent)
    name = agent if known is None else known.name
    view = agent_view(runner.floor, found, name, engine.tallies[pool], runner.since)
    view = engine.moves.shown(watched_agent(view, listening))
    return agent_in_wall_time(view, engine.clock.offset())


def rep_anywhere(engine: Engine, listening: Listening | None, agent: str) -> AgentView | None:
    """Who has moved is on two floors, on the old one as out."""
    views = [
        view
        for pool, runner in engine.runners.items()
        if agent in runner.floor.agents
        and (view := rep_seen(engine, listening, pool, agent)) is not None
    ]
    return next((view for view in reversed(views) if view.state != "out"), None) or (
        views[-1] if views else None
    )


def call_seen(
    engine: Engine, listening: Listening | None, pool: str, attempt: str
) -> CallView | None:
    runner = engine.runners.get(pool)
    found = None if runner is None else runner.floor.attempts.get(attempt)
    if found is None:
        return None
    view = watched_call(call_view(found, engine.offers.number), listening)
    return call_in_wall_time(view, engine.clock.offset())


def campaigns_seen(
    engine: Engine,
    pool: str,
    states: Mapping[str, str],
    leads: Mapping[str, Mapping[str, int]],
) -> list[CampaignView]:
    """`states` of the pool's campaigns and their lead counts, by name."""
    floor, tallies = engine.runners[pool].floor, engine.tallies[pool]
    views = campaign_views(floor, tallies, states=states, leads=leads)
    return with_hold_backs(engine, pool, with_schedules(views, engine.scheduled))


def day_seen(engine: Engine, pool: str) -> DayFigures:
    """Of all its campaigns together."""
    return day_figures(engine.tallies[pool].sums())


def ended_seen(engine: Engine, pool: str) -> list[EndedView]:
    """The last ones, the newest first."""
    tallies = engine.tallies.get(pool)
    return [] if tallies is None else ended_views(tallies)
