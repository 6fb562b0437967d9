"""After a restart: what the store holds open, as the events that bring floors back to it."""

from __future__ import annotations

import sys
from typing import cast

from msgspec.structs import replace

from dialer.floor.events import AgentRestored, AttemptRestored, CallLeft, LoggedIn
from dialer.ports.leads import ToDial
from dialer.ports.store import Agent, AgentSession, Lead, OpenAttempt
from dialer.words import CallMode


def attempt_restored(attempt: OpenAttempt, campaign: str) -> AttemptRestored:
    return AttemptRestored(
        attempt=attempt.attempt_id,
        campaign=campaign,
        lead=attempt.lead_id,
        group=campaign,
        placed_at=attempt.placed_at,
        trunk=attempt.trunk,
        node=attempt.node,
        # A default is left out of the log, and out of an order's checksum, only if it is the very
        # same text; that of a database is another object, and a replay would differ.
        mode=cast("CallMode", sys.intern(attempt.mode)),
        agent=attempt.for_agent or "",
        kept=True,
    )


def agent_restored(
    session: AgentSession,
    agent: Agent,
    campaigns: list[str] | None = None,
    wrapup: CallLeft | None = None,
    offset: float = 0.0,
) -> AgentRestored:
    """`offset`: what the floor's time lacks to the wall's."""
    return AgentRestored(
        agent=agent.id,
        state=session.state,
        leg=session.leg or None,
        reason=session.reason,
        skills=dict(agent.skills),
        campaigns=campaigns,
        weight=agent.weight,
        wrapup=wrapup,
        since=session.state_at - offset if session.state == "paused" else 0.0,
    )


def logged_in(agent: Agent, campaigns: list[str] | None) -> LoggedIn:
    """What the floor must know of a rep who comes: skills, campaigns, share of the calls."""
    return LoggedIn(agent.id, dict(agent.skills), campaigns, agent.weight)


def as_offered(lead: Lead, attempt: OpenAttempt) -> ToDial:
    """The lead as it was when it was offered: this attempt does not count yet."""
    numbers = tuple(
        replace(n, attempts=max(0, n.attempts - 1)) if n.number == attempt.number else n
        for n in lead.numbers
    )
    before = replace(lead, attempts=max(0, lead.attempts - 1), numbers=numbers)
    return ToDial(before, attempt.number)
