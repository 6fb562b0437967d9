"""One step of a floor: an event and the time go in, commands come out. No clock, no chance, no
I/O.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from dialer.floor import bound, on_agent, on_attempt, on_party, placing
from dialer.floor import events as ev
from dialer.floor.agent_moves import agent_of_leg, call_phone, leave_if_settled
from dialer.floor.commands import Command, HangUp
from dialer.floor.matching import match
from dialer.floor.rules import CampaignRules, PoolRules
from dialer.floor.state import Agent, Attempt, Campaign, Floor
from dialer.floor.transitions import AGENT_TABLE, ATTEMPT_TABLE, Move
from dialer.words import Phase
from pacing import Pacer, PacingSettings, Window, open_pacer


class ImpossibleEvent(Exception):  # noqa: N818  (it names what came, as the events do)
    """This cannot happen in the present state; the floor is untouched."""

    def __init__(self, state: str, event: ev.Event, about: str) -> None:
        self.state, self.event, self.about = state, event, about
        super().__init__(f"{type(event).__name__} while {about} is {state}")


def make_pacer(rules: PoolRules, saved: bytes | None) -> Pacer:
    """The pacer these rules ask for, with what was learned before."""
    settings = PacingSettings(
        method=rules.method,
        max_abandon_rate=rules.max_abandon_rate,
        connect_within=rules.connect_within,
        ring_timeout=rules.ring_timeout,
        max_lines=rules.max_lines,
        seed=rules.seed,
        ratio=rules.ratio,
    )
    return open_pacer(settings, saved)


def open_floor(
    pool: str, run: str, rules: PoolRules, now: float, saved: bytes | None = None
) -> Floor:
    """An empty floor; `saved` is what a pacer had learned.

    `run` must never have been used before: leg ids are made of it.
    """
    pacer = make_pacer(rules, saved)
    return Floor(pool, run, rules, pacer, now=now, last_ask=now, ask_at=now)


def step(floor: Floor, event: ev.Event, now: float) -> list[Command]:
    """Let `event` happen at `now` (unix seconds; an earlier time than the last counts as the last).

    Raises ImpossibleEvent, before anything is changed, for what cannot happen now.
    """
    act = _find(floor, event)
    floor.now = max(floor.now, now)
    floor.out = []
    act()
    _expire(floor)
    match(floor)
    _let_go(floor)
    bound.go_on(floor)
    placing.ask(floor)
    return floor.out


def _let_go(floor: Floor) -> None:
    """Reps who asked to leave go as soon as nothing placed before still needs them."""
    for name in list(floor.leaving):
        leave_if_settled(floor, floor.agents[name])


# --- finding what an event means ------------------------------------------------------------------


def _find(floor: Floor, event: ev.Event) -> Callable[[], None]:
    if isinstance(event, ev.AttemptEvent):
        return _find_attempt(floor, event)
    if isinstance(event, ev.LegEvent):
        return _find_leg(floor, event)
    if isinstance(event, ev.AgentEvent):
        return _find_agent(floor, event)
    about_floor = _FLOOR_EVENTS[type(event)]
    return lambda: about_floor(floor, event)


def _find_attempt(floor: Floor, event: ev.AttemptEvent) -> Callable[[], None]:
    if isinstance(event, ev.AttemptRestored):
        return lambda: _restore_attempt(floor, event)
    attempt = floor.attempts.get(event.attempt)
    if attempt is None and isinstance(event, ev.OriginateFailed):
        # Told twice: by its hang-up, which often comes first, and by the answer to its order.
        return lambda: None
    if attempt is None:
        raise ImpossibleEvent("unknown", event, f"attempt {event.attempt}")
    move = ATTEMPT_TABLE[attempt.phase].get(type(event))
    if move is None:
        raise ImpossibleEvent(attempt.phase.value, event, f"attempt {event.attempt}")
    return lambda: move.do(floor, attempt, event)


def _find_agent(floor: Floor, event: ev.AgentEvent) -> Callable[[], None]:
    agent = floor.agents.get(event.agent) or Agent(event.agent, since=floor.now)
    move = _agent_move(floor, agent, event)

    def act() -> None:
        floor.agents[agent.agent] = agent
        move.do(floor, agent, event)

    return act


def _find_leg(floor: Floor, event: ev.LegEvent) -> Callable[[], None]:
    if isinstance(event, ev.LegParked) and event.leg in floor.outside:
        return lambda: on_party.outside_parked(floor, event)
    if isinstance(event, ev.LegGone) and agent_of_leg(event.leg).startswith("_"):
        # A call that fails is told twice, by its answer and by its end.
        return lambda: on_party.outside_gone(floor, event)
    of_two = isinstance(event, ev.LegsBridged) and event.leg not in floor.legs
    leg = event.other if of_two else event.leg  # type: ignore[attr-defined]
    agent = floor.agents.get(floor.legs.get(leg, ""))
    if agent is None or agent.leg != leg:
        if isinstance(event, ev.LegParked):
            return lambda: floor.out.append(HangUp(event.leg))
        if isinstance(event, ev.LegGone):
            # Told twice: by its hang-up, and by the answer to its call or by a look at the switch.
            return lambda: None
        raise ImpossibleEvent("unknown", event, f"leg {event.leg}")
    move = _agent_move(floor, agent, event)
    return lambda: move.do(floor, agent, event)


def _agent_move(floor: Floor, agent: Agent, event: ev.Event) -> Move:
    move = AGENT_TABLE[agent.state].get(type(event))
    why_not = agent.state.value if move is None else move.unless(floor, agent, event)
    if move is None or why_not:
        raise ImpossibleEvent(why_not, event, f"agent {agent.agent}")
    return move


def _restore_attempt(floor: Floor, event: ev.AttemptRestored) -> None:
    if event.attempt in floor.attempts:
        return
    if event.campaign not in floor.campaigns:
        campaign = floor.campaigns[event.campaign] = Campaign(event.campaign, CampaignRules())
        placing.stop_campaign(campaign)
    floor.counted += 1
    attempt = Attempt(
        attempt=event.attempt,
        lead=event.lead,
        campaign=event.campaign,
        group=event.group,
        number=floor.counted,
        phase=Phase.DIALING,
        placed_at=event.placed_at,
        trunk=event.trunk,
        node=event.node,
        mode=event.mode,
        sticky=event.agent or None,
        bound=event.agent or None,
        told="settled" if event.agent else "placed",
        # Recorded since it was answered, should it have been: then it can be paused.
        recording="on" if floor.campaigns[event.campaign].rules.record else "off",
    )
    placing.take_in(floor, attempt)
    if event.kept and event.agent:
        floor.owed[event.agent] = event.attempt


# --- the floor as a whole -------------------------------------------------------------------------


def _pool_set(floor: Floor, event: ev.PoolSet) -> None:
    """New rules take over what was learned, and are told who is here and what is under way."""
    if event.rules == floor.rules:
        return
    floor.pacer = _successor(event.rules, floor.pacer.save())
    floor.rules = event.rules
    _tell_all(floor)
    if floor.limits is not None:
        _limits(floor, floor.limits)
    if floor.windows is not None:
        _windows(floor, floor.windows)
    floor.ask_soon = True


def _successor(rules: PoolRules, saved: bytes) -> Pacer:
    """Not every method keeps what every other needs; then it learns anew."""
    try:
        return make_pacer(rules, saved)
    except ValueError:
        return make_pacer(rules, None)


def _tell_all(floor: Floor) -> None:
    for agent in floor.agents.values():
        floor.pacer.agent(floor.now, agent.agent, agent.told)
        if agent.leave:
            floor.pacer.leaving(floor.now, agent.agent)
    for attempt in floor.attempts.values():
        if attempt.told == "settled":
            continue
        floor.pacer.placed(floor.now, attempt.attempt, attempt.group)
        if attempt.ringing_at is not None:
            floor.pacer.ringing(floor.now, attempt.attempt)
        if attempt.told == "answered":
            floor.pacer.answered(floor.now, attempt.attempt, "human")


def _campaign_set(floor: Floor, event: ev.CampaignSet) -> None:
    placing.campaign_set(floor, event)
    if not event.rules.running:
        bound.campaign_ended(floor, event.campaign)


def _campaign_removed(floor: Floor, event: ev.CampaignRemoved) -> None:
    placing.campaign_removed(floor, event)
    bound.campaign_ended(floor, event.campaign)


def _limits(floor: Floor, event: ev.LimitsChanged) -> None:
    floor.limits, floor.ask_soon = event, True
    floor.pacer.limits(
        floor.now, lines=event.lines, calls_per_second=event.calls_per_second, out=event.out
    )


def _windows(floor: Floor, event: ev.WindowsChanged) -> None:
    floor.windows = event
    windows = [
        Window(w.campaign, w.limit, w.answered, w.abandoned, w.closes_at) for w in event.windows
    ]
    floor.pacer.windows(floor.now, windows)


def _switch(up: bool) -> Callable[[Floor, Any], None]:
    def act(floor: Floor, event: ev.Event) -> None:
        if floor.switch_up and not up:
            floor.lost_at = floor.now
        floor.switch_up = up
        floor.ask_soon = floor.ask_soon or up

    return act


def _doubted(floor: Floor, event: ev.ClockDoubted) -> None:
    floor.clock_doubt, floor.ask_soon = event.why, True


_FLOOR_EVENTS: dict[type[ev.Event], Callable[[Floor, Any], None]] = {
    ev.PoolSet: _pool_set,
    ev.CampaignSet: _campaign_set,
    ev.CampaignRemoved: _campaign_removed,
    ev.CallbackOffered: bound.callback_offered,
    ev.LeadsOffered: placing.leads_offered,
    ev.LimitsChanged: _limits,
    ev.WindowsChanged: _windows,
    ev.SwitchLost: _switch(up=False),
    ev.SwitchFound: _switch(up=True),
    ev.ClockDoubted: _doubted,
    ev.DialingEnded: placing.dialing_ended,
    ev.Ticked: lambda floor, event: None,
}


# --- after every event ----------------------------------------------------------------------------


def _expire(floor: Floor) -> None:
    """Do what is due. What has become void goes at once, so that no step is made for it."""
    timers = floor.timers
    while timers:
        at, _, kind, key = timers[0]
        valid, act = _TIMERS[kind]
        stands = valid(floor, key) == at
        if stands and at > floor.now:
            return
        heapq.heappop(timers)
        if stands:
            act(floor, key)


def _attempt_is_due(floor: Floor, key: str) -> float | None:
    attempt = floor.attempts.get(key)
    return attempt.deadline if attempt is not None else None


def _attempt_timer(floor: Floor, key: str) -> None:
    attempt = floor.attempts[key]
    attempt.deadline = None
    on_attempt.deadline(floor, attempt)


_TIMERS: dict[str, tuple[Callable[[Floor, str], float | None], Callable[[Floor, str], None]]] = {
    "attempt": (_attempt_is_due, _attempt_timer),
    "wrapup": (
        lambda floor, key: floor.agents[key].wrapup_ends,
        lambda floor, key: on_agent.wrapup_over(floor, floor.agents[key]),
    ),
    "preview": (
        lambda floor, key: floor.agents[key].preview_ends,
        lambda floor, key: bound.preview_is_over(floor, floor.agents[key]),
    ),
    "queue": (
        lambda floor, key: floor.agents[key].queue_at,
        lambda floor, key: bound.queue_is_over(floor, floor.agents[key]),
    ),
    "phone": (
        lambda floor, key: floor.agents[key].phone_at,
        lambda floor, key: call_phone(floor, floor.agents[key]),
    ),
}
