"""The reps of a scenario, and the world as the virtual switch asks it.

Reps act on what their screens would show them: the floor's own state and its moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from dialer.floor import events as ev
from dialer.floor.agent_moves import agent_of_leg
from dialer.floor.commands import AgentMoved
from dialer.floor.state import Floor
from dialer.ports.switch import CallToPlace, PhoneToCall
from dialer.settings.calling import minutes
from dialer.sim.callees import Callees
from dialer.sim.laws import Law
from dialer.sim.scenario import BreakSettings, RepSettings, Scenario, ShiftSettings
from dialer.sim.timeline import Schedule
from dialer.sim.virtual_switch import Fate
from dialer.words import AgentState

BREAK, PAUSE = "break", "pause"


@dataclass(slots=True)
class Rep:
    """One rep's laws. `pace` is a factor on talk and wrap-up."""

    agent: str
    shift: ShiftSettings
    talk: Law
    wrapup: Law
    pace: float
    away_until: float = -math.inf  #: his phone cannot be reached
    pause_s: float = 0.0


class Desk:
    """Implements dialer.sim.virtual_switch.World for one scenario.

    `plan` comes before anything else, `open` before time goes on; `lose_phone` is the switch's.
    """

    floor: Floor
    post: Callable[[ev.Event], None]

    def __init__(
        self,
        scenario: Scenario,
        *,
        schedule: Schedule,
        callees: Mapping[str, Callees],
        chance: Random,
    ) -> None:
        self.scenario, self.schedule = scenario, schedule
        self.callees, self.chance = callees, chance
        self.lose_phone: Callable[[str], None] = lambda leg: None
        self.settings: RepSettings = scenario.reps
        self.starts_at = scenario.scenario.starts_at
        self.ends_at = self.starts_at + scenario.scenario.hours * 3600
        self.reps: dict[str, Rep] = {}
        #: Calls that were answered, by whom in truth; a campaign's name with it.
        self.answered_by: dict[str, tuple[str, str]] = {}
        self._phone_answers = self.settings.phone_answers.build()
        self._phone_away = self.settings.phone_away.build()
        self._pause = self.settings.pause.build()
        self._hint_before = self.settings.hint_before.build()

    def open(self, floor: Floor, post: Callable[[ev.Event], None]) -> None:
        """The floor is there: `post` hands it an event."""
        self.floor, self.post = floor, post

    # --- the day's plan ---------------------------------------------------------------------------

    def plan(self) -> list[str]:
        """Everybody's coming, going and breaks; who they are."""
        number = 0
        for shift in self.scenario.shifts:
            for _ in range(shift.reps):
                number += 1
                self._plan_rep(self._hire(f"r{number:03}", shift))
        return list(self.reps)

    def _hire(self, agent: str, shift: ShiftSettings) -> Rep:
        settings = self.settings
        spread = settings.pace_spread if shift.pace_spread is None else shift.pace_spread
        pace = math.exp(self.chance.gauss(-0.5 * spread * spread, spread)) if spread else 1.0
        talk = (shift.talk or settings.talk).build()
        wrapup = (shift.wrapup or settings.wrapup).build()
        rep = self.reps[agent] = Rep(agent, shift, talk, wrapup, pace)
        return rep

    def _plan_rep(self, rep: Rep) -> None:
        start = self._time(rep.shift.start, self.starts_at)
        end = self._time(rep.shift.end, self.ends_at)
        if end <= start:
            end += 86_400
        end = min(end, self.ends_at)
        spread = self.settings.login_spread_s
        comes = max(self.starts_at, start) + self.chance.random() * spread
        if comes >= end:
            return
        self.schedule.at(comes, self._log_in, rep)
        self.schedule.at(end, self._log_out, rep)
        for plan in rep.shift.breaks:
            self._plan_break(rep, plan, start)
        self._plan_next(rep, comes, self.settings.pauses_per_hour, self._want_pause)
        self._plan_next(rep, comes, self.settings.phone_drops_per_hour, self._drop_phone)

    def _plan_break(self, rep: Rep, plan: BreakSettings, start: float) -> None:
        at = self._time(plan.at, start)
        if at < start:
            at += 86_400
        taken, offset = self.chance.random() < plan.share, self.chance.random()
        if taken and at < self.ends_at:
            asks = at + offset * plan.spread_minutes * 60
            self.schedule.at(asks, self._ask_pause, rep, BREAK, plan.minutes * 60)

    def _plan_next(self, rep: Rep, after: float, per_hour: float, act: Callable[..., None]) -> None:
        if per_hour > 0:
            wait = -math.log(1.0 - self.chance.random()) * 3600 / per_hour
            if after + wait < self.ends_at:
                self.schedule.at(after + wait, act, rep)

    def _time(self, time_of_day: str | None, default: float) -> float:
        if time_of_day is None:
            return default
        callees = next(iter(self.callees.values()))
        midnight = self.starts_at - callees.second_of_day(self.starts_at)
        return midnight + minutes(time_of_day) * 60

    # --- what reps do -----------------------------------------------------------------------------

    def _state(self, rep: Rep) -> AgentState:
        agent = self.floor.agents.get(rep.agent)
        return AgentState.OUT if agent is None else agent.state

    def _log_in(self, rep: Rep) -> None:
        shift = rep.shift
        campaigns = list(shift.campaigns) or None
        self.post(ev.LoggedIn(rep.agent, dict(shift.skills), campaigns, shift.weight))
        self.post(ev.ReadyAsked(rep.agent))

    def _log_out(self, rep: Rep) -> None:
        if self._state(rep) is not AgentState.OUT:
            self.post(ev.LogoutAsked(rep.agent))

    def _ask_pause(self, rep: Rep, reason: str, seconds: float) -> None:
        if self._state(rep) not in {AgentState.OUT, AgentState.PAUSED}:
            rep.pause_s = seconds
            self.post(ev.PauseAsked(rep.agent, reason))

    def _want_pause(self, rep: Rep) -> None:
        now = self.schedule.now()
        self._ask_pause(rep, PAUSE, self._pause.draw(self.chance))
        self._plan_next(rep, now, self.settings.pauses_per_hour, self._want_pause)

    def _come_back(self, rep: Rep) -> None:
        if self._state(rep) is AgentState.PAUSED:
            self.post(ev.ReadyAsked(rep.agent))

    def _drop_phone(self, rep: Rep) -> None:
        now = self.schedule.now()
        agent = self.floor.agents.get(rep.agent)
        if agent is not None and agent.leg is not None:
            rep.away_until = now + self._phone_away.draw(self.chance)
            self.lose_phone(agent.leg)
        self._plan_next(rep, now, self.settings.phone_drops_per_hour, self._drop_phone)

    def moved(self, move: AgentMoved) -> None:
        """What a rep's screen tells him."""
        rep = self.reps[move.agent]
        if move.state == move.before:
            return
        if move.state == "wrapup":
            seconds = rep.wrapup.draw(self.chance) * rep.pace
            wrapup_of = self.floor.agents[rep.agent].wrapup_of
            self.schedule.at(self.schedule.now() + seconds, self._finish, rep, wrapup_of)
        elif move.state == "paused" and move.reason in {BREAK, PAUSE}:
            self.schedule.at(self.schedule.now() + rep.pause_s, self._come_back, rep)

    def _finish(self, rep: Rep, attempt: str | None) -> None:
        agent = self.floor.agents[rep.agent]
        if agent.state is AgentState.WRAPUP and agent.wrapup_of == attempt:
            self.post(ev.CallFinished(rep.agent))

    def _hang_up(self, rep: Rep, attempt: str) -> None:
        agent = self.floor.agents[rep.agent]
        if agent.state is AgentState.TALKING and agent.attempt == attempt:
            self.post(ev.HangupAsked(rep.agent))

    def _hint(self, rep: Rep, attempt: str) -> None:
        agent = self.floor.agents[rep.agent]
        if agent.state is AgentState.TALKING and agent.attempt == attempt:
            self.post(ev.FinishingHinted(rep.agent))

    # --- the world, as the switch asks it ---------------------------------------------------------

    def callee(self, call: CallToPlace, now: float) -> Fate:
        fate = self.callees[call.campaign].fate(call, now)
        if fate.ends == "answer":
            self.answered_by[call.attempt] = (fate.answered_by, call.campaign)
        return fate

    def phone(self, phone: PhoneToCall, now: float) -> float | None:
        rep = self.reps[phone.agent]
        return None if now < rep.away_until else self._phone_answers.draw(self.chance)

    def bridged(self, attempt: str, leg: str, now: float) -> float:
        rep, chance = self.reps[agent_of_leg(leg)], self.chance
        by, campaign = self.answered_by[attempt]
        callees = self.callees[campaign]
        if by == "machine":
            seconds = callees.machine_talk.draw(chance)
            self.schedule.at(now + seconds, self._hang_up, rep, attempt)
            return math.inf
        seconds = (callees.talk or rep.talk).draw(chance) * rep.pace
        if chance.random() < self.settings.hint_rate:
            before = self._hint_before.draw(chance)
            self.schedule.at(now + max(0.0, seconds - before), self._hint, rep, attempt)
        if chance.random() < callees.settings.callee_ends_rate:
            return seconds
        self.schedule.at(now + seconds, self._hang_up, rep, attempt)
        return math.inf

    def forget(self, attempt: str) -> str:
        """The attempt has ended; who answered in truth ("" if nobody did)."""
        return self.answered_by.pop(attempt, ("", ""))[0]
