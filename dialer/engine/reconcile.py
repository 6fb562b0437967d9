"""What we believe against what the switch has: the events that we must have missed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dialer.floor.agent_moves import agent_of_leg
from dialer.floor.events import (
    AttemptEvent,
    Bridged,
    Event,
    LedgerTold,
    LegEvent,
    LegGone,
    LegParked,
    LegsBridged,
    PickedUp,
    Rang,
    Unbridged,
)
from dialer.floor.state import Agent, Attempt, Floor
from dialer.ports.switch import LedgerRow, LiveChannel
from dialer.words import HangupBy, Phase, Phone

#: A dial that neither the switch nor its ledger knows may still be on its way; it is given up this
#: long after it should have ended.
LOST_AFTER_S = 60.0
#: Phones that were called so lately need not be on the switch yet.
FRESH_S = 3.0

_CAUSE_OF_DISPOSITION = {"BUSY": 17, "NO ANSWER": 19, "CONGESTION": 34, "ANSWERED": 16}
#: On hold, or in a bridge with nobody but a supervisor: who leaves now was not abandoned.
_HAS_TALKED = frozenset({"hold", "bridge"})
_UNANSWERED = frozenset({Phase.PLACING, Phase.DIALING, Phase.RINGING})


def missed_events(
    floor: Floor,
    channels: Iterable[LiveChannel],
    ledger: Mapping[str, LedgerRow],
    now: float,
    booted_at: float | None = None,
) -> list[Event]:
    """Events that bring `floor` to where the switch is. Nothing to tell where both agree."""
    up = {channel.channel: channel for channel in channels}
    events: list[Event] = []
    for agent in floor.agents.values():
        events += _about_phone(floor, agent, up, now)
    for attempt in floor.attempts.values():
        channel = up.get(attempt.attempt)
        if channel is not None:
            events += _about_live(floor, attempt, channel)
        elif _is_out(attempt):
            row = ledger.get(attempt.attempt)
            events += _about_gone(floor, attempt, row, now, booted_at)
    events += [LegGone(leg, now, 0) for leg in floor.outside if leg not in up]
    events += _unknown_legs(floor, up)
    return events


def gone(floor: Floor, channels: Iterable[LiveChannel]) -> list[str]:
    """Attempts to look up in the ledger: those we hold that the switch does not have."""
    up = {channel.channel for channel in channels}
    return [a.attempt for a in floor.attempts.values() if a.attempt not in up and _is_out(a)]


def agreed(first: Sequence[Event], second: Sequence[Event]) -> list[Event]:
    """What two looks, a moment apart, both found missing: the second's word on it.

    While the link is up a look can overtake the events that are on their way.
    """
    known = {(type(event), subject(event)) for event in first}
    return [event for event in second if (type(event), subject(event)) in known]


def subject(event: Event) -> str:
    """The attempt or leg an event is about."""
    if isinstance(event, AttemptEvent):
        return event.attempt
    return event.leg if isinstance(event, LegEvent) else ""


def _is_out(attempt: Attempt) -> bool:
    # An order that is still with the gate or the store is answered for by the placer, always.
    return attempt.phase is not Phase.PLACING


def _about_phone(
    floor: Floor, agent: Agent, up: Mapping[str, LiveChannel], now: float
) -> list[Event]:
    if agent.leg is None:
        return []
    channel = up.get(agent.leg)
    if channel is None:
        fresh = agent.phone is Phone.CALLING and now - agent.phone_since < FRESH_S
        return [] if fresh else [LegGone(agent.leg, now, 0)]
    is_known = agent.phone in {Phone.PARKED, Phone.HELD} and not agent.aside
    if channel.parked and not is_known:
        return [LegParked(agent.leg, now)]
    if channel.beside is not None and not _consults(floor, agent):
        # Left in a conversation that has lost its callee.
        return [LegsBridged(agent.leg, channel.beside, now)]
    return []


def _consults(floor: Floor, agent: Agent) -> bool:
    attempt = floor.attempts.get(agent.attempt or "")
    return attempt is not None and attempt.party is not None


def _about_live(floor: Floor, attempt: Attempt, channel: LiveChannel) -> list[Event]:
    key = attempt.attempt
    if channel.state == "ringing" and attempt.phase in {Phase.PLACING, Phase.DIALING}:
        return [Rang(key, floor.now)]
    if channel.state != "up":
        return []
    events: list[Event] = []
    if attempt.phase in _UNANSWERED:
        events.append(PickedUp(key, channel.answered_at or floor.now))
    if channel.peer is not None and attempt.bridged_at is None:
        events.append(Bridged(key, channel.peer, channel.bridged_at or floor.now))
    elif channel.peer is None and attempt.bridged_at is not None:
        events.append(Unbridged(key, "", floor.now))
    elif attempt.connected_at is None and channel.bridged_at and channel.doing in _HAS_TALKED:
        at = channel.bridged_at
        events += [Bridged(key, "", at), Unbridged(key, "", at)]
    return events


def _about_gone(
    floor: Floor, attempt: Attempt, row: LedgerRow | None, now: float, booted_at: float | None
) -> list[Event]:
    if row is not None:
        return [_told(row)]
    if booted_at is not None and _died_with_switch(floor, attempt, booted_at):
        # It died with this call in it and wrote no record: the call ended when the link did.
        ended_at = booted_at if floor.lost_at is None else floor.lost_at
        return [LedgerTold(attempt.attempt, max(ended_at, attempt.placed_at), 0, "network")]
    # What was seen on the switch and is not there any more has ended; a dial that was never seen
    # may have been lost on the way, or not have arrived.
    lost_after = floor.rules_of(attempt).ring_timeout + LOST_AFTER_S
    if attempt.phase is Phase.DIALING and now - attempt.placed_at <= lost_after:
        return []
    return [LedgerTold(attempt.attempt, now, 0, "network")]


def _died_with_switch(floor: Floor, attempt: Attempt, booted_at: float) -> bool:
    """The switch started after this call was placed; it tells its start in whole seconds."""
    if floor.lost_at is not None and booted_at > floor.lost_at - 1.0:
        return attempt.placed_at <= floor.lost_at
    return attempt.placed_at < booted_at


def _told(row: LedgerRow) -> LedgerTold:
    cause = row.cause or _CAUSE_OF_DISPOSITION.get(row.disposition, 0)
    connected = row.bridged is not None and row.leg is not None and row.answer is not None
    return LedgerTold(
        attempt=row.attempt,
        ended_at=row.end,
        cause=cause,
        by=_by(row, connected),
        answered_at=row.answer,
        connected_at=row.bridged if connected else None,
        agent=agent_of_leg(row.leg) if connected and row.leg else None,
        wrapup=connected,
    )


def _by(row: LedgerRow, connected: bool) -> HangupBy:
    if row.answer is None:
        return "network"
    if row.stage in {"message", "orphan"} and not connected:
        return "dialer"
    return "callee"


def _unknown_legs(floor: Floor, up: Mapping[str, LiveChannel]) -> list[Event]:
    """Parked phones nobody here called: the floor ends them."""
    return [
        LegParked(name, floor.now)
        for name, channel in up.items()
        if name.startswith("leg-")
        and channel.parked
        and name not in floor.legs
        and name not in floor.outside
        and _is_of(floor, agent_of_leg(name))
    ]


def _is_of(floor: Floor, owner: str) -> bool:
    """A rep of this floor, or somebody asked into one of its conversations."""
    return owner in floor.agents or (owner[:1] == "_" and owner[1:] in floor.attempts)
