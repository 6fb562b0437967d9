"""How a rep changes: state, phone, leave; records, pacing and the free list move together."""

from __future__ import annotations

from dialer.floor.commands import AgentMoved, CallPhone, HangUp, NoteWrapup
from dialer.floor.state import Agent, Attempt, Floor
from dialer.words import AgentState, PacedState, Phone
from routing import Candidate

#: Why a rep is paused whose phone was put on hold.
ON_HOLD = "phone-hold"
_WITHOUT_CALL = frozenset({AgentState.READY, AgentState.PAUSED, AgentState.WRAPUP})


def move_agent(
    floor: Floor, agent: Agent, state: AgentState, reason: str = "", phone: Phone | None = None
) -> None:
    """Change a rep's state, tell pacing what it may know, and keep the list of free reps right."""
    before, phone_before = agent.state, agent.phone
    if phone is not None and phone is not phone_before:
        agent.phone, agent.phone_since = phone, floor.now
    if before is not state or agent.reason != reason or agent.phone is not phone_before:
        agent.state, agent.reason = state, reason
        if before.public != state.public:
            agent.since = floor.now
        _tell_pacer(floor, agent)
        report_agent(floor, agent, before)
    refresh_free(floor, agent)


def _tell_pacer(floor: Floor, agent: Agent) -> None:
    """A rep with a call of their own is paused for it, from the lead that is shown till the end of
    the wrap-up: the pacer knows nothing of that call, and would learn wrong times from it.
    """
    if agent.state in {AgentState.PREVIEW, AgentState.DIALING}:
        agent.unpaced = True
    elif agent.state not in {AgentState.RESERVED, AgentState.TALKING, AgentState.WRAPUP}:
        agent.unpaced = False
    public = agent.state.public
    told: PacedState = "paused" if agent.unpaced else public  # type: ignore[assignment]
    if told != agent.told:
        agent.told = told
        floor.pacer.agent(floor.now, agent.agent, told)
        floor.ask_soon = True


def report_agent(floor: Floor, agent: Agent, before: AgentState | None = None) -> None:
    was = before or agent.state
    floor.out.append(
        AgentMoved(
            agent=agent.agent,
            state=agent.state.value,
            before=was.value,
            since=agent.since,
            reason=agent.reason,
            phone=agent.phone.value,
            attempt=agent.attempt or (agent.preview.offer.attempt if agent.preview else None),
        )
    )


def set_phone(floor: Floor, agent: Agent, phone: Phone) -> None:
    move_agent(floor, agent, agent.state, agent.reason, phone)


def refresh_free(floor: Floor, agent: Agent) -> None:
    is_free = agent.state is AgentState.READY and agent.phone is Phone.PARKED
    if not is_free:
        floor.free.pop(agent.agent, None)
    elif agent.agent not in floor.free:
        _line_up(floor, agent)
        floor.match_soon = True


def candidate(agent: Agent) -> Candidate:
    return Candidate(
        agent=agent.agent,
        idle_since=agent.idle_since,
        calls=agent.calls,
        skills=agent.skills,
        campaigns=agent.campaigns,
        weight=agent.weight,
    )


def _line_up(floor: Floor, agent: Agent) -> None:
    # Nearly always they are the newest; only a reservation that came to nothing brings one back
    # into the line.
    last = next(reversed(floor.free.values()), None)
    floor.free[agent.agent] = candidate(agent)
    if last is not None and agent.idle_since < last.idle_since:
        ordered = sorted(floor.free.items(), key=lambda item: item[1].idle_since)
        floor.free.clear()
        floor.free.update(ordered)


def make_ready(floor: Floor, agent: Agent) -> None:
    """Ready, or paused until their phone is back."""
    agent.idle_since = floor.now
    if not agent.queue and not floor.previewing:
        agent.wanted_after = None
    release(floor, agent)


def release(floor: Floor, agent: Agent) -> None:
    """No call is theirs: ready at their place in the line, or paused until their phone is back."""
    agent.attempt = None
    if agent.phone in {Phone.PARKED, Phone.BRIDGED}:
        agent.resume = False
        move_agent(floor, agent, AgentState.READY)
    else:
        agent.resume = True
        reason = ON_HOLD if agent.phone is Phone.HELD else "phone"
        move_agent(floor, agent, AgentState.PAUSED, reason)


def start_wrapup(floor: Floor, agent: Agent, attempt: Attempt) -> None:
    """The conversation is over: paperwork, unless the campaign allows none or it is already
    done.
    """
    agent.wrapup_of, agent.wrapup_lead = attempt.attempt, attempt.lead
    agent.wrapup_campaign, agent.wrapup_mode = attempt.campaign, attempt.mode
    agent.attempt = None
    limit = floor.rules_of(attempt).wrapup_limit
    move_agent(floor, agent, AgentState.WRAPUP)
    if limit <= 0 or agent.disposition is not None:
        finish_wrapup(floor, agent)
    else:
        agent.wrapup_ends = floor.timer(floor.now + limit, "wrapup", agent.agent)


def write_up_unseen(floor: Floor, agent: Agent, attempt: Attempt) -> None:
    """A talk of theirs ended while nobody looked; who has something else to do since is left to it.

    From a pause they return to it.
    """
    if agent.attempt is not None or agent.state not in _WITHOUT_CALL:
        return
    end_wrapup(floor, agent)
    if agent.state is AgentState.PAUSED and not agent.resume and not agent.leave:
        ask_to_leave_after(floor, agent, agent.reason)
    start_wrapup(floor, agent, attempt)


def finish_wrapup(floor: Floor, agent: Agent) -> None:
    end_wrapup(floor, agent)
    make_ready(floor, agent)
    leave_if_settled(floor, agent)


def end_wrapup(floor: Floor, agent: Agent) -> None:
    """Whatever paperwork is open is closed as it stands."""
    if agent.wrapup_of is None:
        return
    floor.out.append(
        NoteWrapup(
            attempt=agent.wrapup_of,
            agent=agent.agent,
            wrapup_seconds=floor.now - agent.since,
            disposition=agent.disposition,
            call_back_at=agent.call_back_at,
            call_back_owner=agent.call_back_owner,
            campaign=agent.wrapup_campaign,
            lead=agent.wrapup_lead,
        )
    )
    forget_wrapup(agent)


def forget_wrapup(agent: Agent) -> None:
    agent.wrapup_of = agent.disposition = agent.call_back_at = agent.wrapup_ends = None
    agent.call_back_owner = ""


# --- leaving --------------------------------------------------------------------------------------


def ask_to_leave(floor: Floor, agent: Agent, how: str, reason: str) -> None:
    """Note that they want to go; attempts placed until now may still need them."""
    agent.leave = "out" if how == "out" else "pause"
    agent.leave_reason = reason
    agent.leave_after = floor.counted
    floor.leaving[agent.agent] = None
    floor.pacer.leaving(floor.now, agent.agent)
    report_agent(floor, agent)
    leave_if_settled(floor, agent)


def ask_to_leave_after(floor: Floor, agent: Agent, reason: str) -> None:
    """Back to the pause they are in, after a call they take in it."""
    agent.leave, agent.leave_reason = "pause", reason
    agent.leave_after = 0
    floor.leaving[agent.agent] = None


def leave_if_settled(floor: Floor, agent: Agent) -> None:
    if not agent.leave or agent.state not in {AgentState.READY, AgentState.PAUSED}:
        return
    if agent.leave_unsure and agent.phone in {Phone.DOUBTED, Phone.CALLING}:
        return
    oldest = next(iter(floor.unsettled.values()), None)
    owed = oldest is not None and oldest <= agent.leave_after
    if agent.state is AgentState.READY and owed and floor.rules.leave_when_settled:
        return
    if agent.leave == "out":
        log_out(floor, agent)
    else:
        pause(floor, agent, agent.leave_reason)


def forget_leave(floor: Floor, agent: Agent) -> None:
    agent.leave = agent.leave_reason = ""
    agent.leave_unsure = False
    floor.leaving.pop(agent.agent, None)


def pause(floor: Floor, agent: Agent, reason: str) -> None:
    forget_leave(floor, agent)
    agent.resume, agent.wanted_after = False, None
    move_agent(floor, agent, AgentState.PAUSED, reason)


def log_out(floor: Floor, agent: Agent) -> None:
    forget_leave(floor, agent)
    agent.resume, agent.phone_at = False, None
    if agent.leg is not None:
        floor.out.append(HangUp(agent.leg))
        floor.legs.pop(agent.leg, None)
        agent.leg = None
    agent.phone, agent.on_hold = Phone.NONE, False
    move_agent(floor, agent, AgentState.OUT)


# --- phones ---------------------------------------------------------------------------------------


def call_phone(floor: Floor, agent: Agent) -> None:
    """Order one call to their phone, under a leg id that no restart and no retry repeats."""
    floor.counted_legs += 1
    leg = f"leg-{floor.run}-{floor.counted_legs}-{agent.agent}"
    agent.leg, agent.phone_at, agent.on_hold = leg, None, False
    floor.legs[leg] = agent.agent
    set_phone(floor, agent, Phone.CALLING)
    floor.out.append(CallPhone(agent.agent, leg))


def agent_of_leg(leg: str) -> str:
    """Leg ids are leg-<run>-<count>-<agent>; "" for any other name."""
    return leg.split("-", 3)[3] if leg.count("-") >= 3 else ""


def call_phone_later(floor: Floor, agent: Agent) -> None:
    waits = floor.rules.phone_retry
    wait = waits[min(agent.phone_tries, len(waits) - 1)]
    agent.phone_tries += 1
    agent.phone_at = floor.timer(floor.now + wait, "phone", agent.agent)
