"""Reps and calls as screens see them, with who listens to them."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.engine.listening import Listening
from dialer.ports.control import AgentView, CallView, PartyView


def watched_agent(view: AgentView, listening: Listening | None) -> AgentView:
    if listening is None or not (watchers := listening.watchers(view.agent)):
        return view
    return replace(view, watchers=watchers)


def watched_call(view: CallView, listening: Listening | None) -> CallView:
    """A supervisor whom the callee hears is one of those who talk."""
    if listening is None or not (heard := listening.talking(view.attempt)):
        return view
    supervisors = [PartyView(who, "supervisor", who, "talking") for who in heard]
    return replace(view, parties=[*view.parties, *supervisors])
