"""Carries out what floors order: one small function per command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from msgspec.structs import replace

from dialer.engine.desk import DeskBook
from dialer.engine.in_use import NumbersInUse
from dialer.engine.judging import REST_S, Judge
from dialer.engine.offers import Offers
from dialer.engine.placer import Directory, Placer
from dialer.engine.records import RecordWriter
from dialer.engine.runner import FloorRunner
from dialer.engine.tallies import Tallies
from dialer.engine.trunks import TrunkBook
from dialer.engine.wall_times import commands_in_wall_time
from dialer.engine.windows import WindowBook
from dialer.engine.wrapups import Wrapups
from dialer.floor import commands as cmd
from dialer.floor.events import AskerLeft, LegGone
from dialer.floor.state import Agent
from dialer.ids import new_id
from dialer.ports.callbacks import lead_until
from dialer.ports.calls import CallStep
from dialer.ports.clock import FloorClock
from dialer.ports.leads import Leads, ToDial
from dialer.ports.observer import Observer
from dialer.ports.recorder import Recorder
from dialer.ports.store import AgentSession, ClosedAttempt, LeadNext, Store
from dialer.ports.switch import OutsideCall, PhoneToCall, Switch
from dialer.words import AgentState, LeadState, Phase, Phone, SessionState, Spares

log = structlog.get_logger(__name__)

REFUSED_BY_SWITCH = "switch_refused"
#: An attempt's phases that prove its trunk, and whether by ringing.
_HEARD = {Phase.RINGING.value: True, Phase.ANSWERED.value: False, Phase.WAITING.value: False}
#: Q.850 34, no circuit available: no trunk of the campaign has a line for somebody outside.
NO_LINE_CAUSE = 34
#: The dialplan's own end of a hold comes this much after ours, which knows what to do then.
HOLD_MARGIN_S = 1.0


class Outlet:
    """`on_doubt`: a phone is not believed any more, and the switch should be asked about it."""

    def __init__(
        self,
        *,
        switch: Switch,
        store: Store,
        leads: Leads,
        offers: Offers,
        placer: Placer,
        records: RecordWriter,
        recorder: Recorder,
        trunks: TrunkBook,
        in_use: NumbersInUse,
        directory: Directory,
        tallies: Callable[[str], Tallies],
        windows: WindowBook,
        on_doubt: Callable[[], None],
        endpoint: Callable[[str], str],
        clock: FloorClock,
        observer: Observer,
        node: str,
        desk: DeskBook,
    ) -> None:
        self._desk = desk
        self._switch, self._store, self._leads, self._offers = switch, store, leads, offers
        self._placer, self._records, self._recorder = placer, records, recorder
        self._trunks, self._directory, self._tallies = trunks, directory, tallies
        self._in_use = in_use
        self._windows, self._on_doubt = windows, on_doubt
        self._endpoint, self._clock, self._observer = endpoint, clock, observer
        self._node, self._judge = node, Judge(trunks)
        #: From floors' time to the wall's, as it is for the orders of one turn.
        self._offset = 0.0
        #: Numbers that reps call into a conversation, by the token the floor has for each.
        self.outside: dict[str, str] = {}
        self._sessions: dict[str, AgentSession] = {}
        self.wrapups = Wrapups(
            store=store, leads=leads, records=records, desk=desk, directory=directory
        )
        self._do: dict[type[cmd.Command], Callable[[FloorRunner, Any], None]] = {
            cmd.Place: self._place,
            cmd.BringLeads: self._bring,
            cmd.GiveBack: self._give_back,
            cmd.Connect: self._connect,
            cmd.PlayMessage: lambda floor, c: self._route(floor, c.attempt, "message"),
            cmd.Drop: lambda floor, c: self._route(floor, c.attempt, "hangup"),
            cmd.Hold: self._hold,
            cmd.HangUp: lambda floor, c: self._switch.hang_up(c.channel),
            cmd.TakeAside: lambda floor, c: self._switch.take_aside(c.channel),
            cmd.JoinLegs: lambda floor, c: self._switch.join_legs(c.leg, c.other),
            cmd.JoinIn: lambda floor, c: self._route(floor, c.attempt, f"join:{c.leg}"),
            cmd.CallOutside: self._call_outside,
            cmd.Ring: lambda floor, c: self._switch.ring_leg(c.leg),
            cmd.PressKeys: lambda floor, c: self._switch.press_keys(c.leg, c.digits),
            cmd.PauseRecording: lambda floor, c: self._switch.pause_recording(c.attempt),
            cmd.ResumeRecording: lambda floor, c: self._switch.resume_recording(
                c.attempt, anew=c.anew
            ),
            cmd.CallPhone: self._call_phone,
            cmd.AgentMoved: self._agent_moved,
            cmd.AttemptMoved: self._attempt_moved,
            cmd.CloseAttempt: self._close,
            cmd.ForgetAttempt: self._forget,
            cmd.NoteWrapup: lambda floor, c: self.wrapups.note(c, self._wall_now(floor)),
            cmd.SkipLead: lambda floor, c: desk.skip(floor.floor, c),
            cmd.NoteMishap: lambda floor, c: desk.mishap(c),
            cmd.NoteStep: self._step,
        }

    def dispatch(self, floor: FloorRunner, commands: Sequence[cmd.Command]) -> None:
        """Times are the floor's up to here, and the wall's from here on."""
        if commands:
            self._offset = self._clock.offset()
            commands = commands_in_wall_time(commands, self._offset)
        for command in commands:
            try:
                self._do[type(command)](floor, command)
            except Exception:
                # The orders that follow are about other calls.
                log.exception("an order could not be carried out", order=type(command).__name__)
        if commands:
            self._observer.commands(floor.floor.pool, commands)

    def _wall_now(self, floor: FloorRunner) -> float:
        """The time of the floor's turn, by the wall."""
        return floor.floor.now + self._offset

    # --- calls ------------------------------------------------------------------------------------

    def _place(self, floor: FloorRunner, order: cmd.Place) -> None:
        self._tallies(floor.floor.pool).placed(order)
        self._placer.order(order, floor.post, floor.floor.seen if order.mode == "auto" else None)

    def _bring(self, floor: FloorRunner, order: cmd.BringLeads) -> None:
        self._offers.bring(order.campaign, order.count, floor.post)

    def _give_back(self, floor: FloorRunner, order: cmd.GiveBack) -> None:
        self._offers.forget_leads(order.leads)
        self._records.later(lambda: self._leads.give_back(order.leads))

    def _hold(self, floor: FloorRunner, order: cmd.Hold) -> None:
        self._route(floor, order.attempt, f"hold:{order.limit + HOLD_MARGIN_S:g}")

    def _connect(self, floor: FloorRunner, order: cmd.Connect) -> None:
        self._route(floor, order.attempt, order.leg)

    def _route(self, floor: FloorRunner, attempt: str, to: str) -> None:
        if not self._switch.route(attempt, to):
            floor.post(AskerLeft(attempt, self._clock.steady()))

    def _call_outside(self, floor: FloorRunner, order: cmd.CallOutside) -> None:
        """By a line of the campaign's, and with its caller number; never an attempt."""
        number, now = self.outside.pop(order.outside, ""), self._clock.steady()
        plan = self._directory.plan(order.campaign)
        trunk = self._trunks.take_for_outside(order.leg, plan, now) if plan is not None else None
        if plan is None or trunk is None:
            floor.post(LegGone(order.leg, now, NO_LINE_CAUSE))
            return
        self._in_use.hold(order.leg, [number])
        caller_id = self._trunks.caller_id(plan, trunk)
        answer_within_s = plan.rules.transfer_limit
        self._switch.call_outside(
            OutsideCall(order.leg, number, caller_id, trunk.name, answer_within_s)
        )

    def _step(self, floor: FloorRunner, note: cmd.NoteStep) -> None:
        step = CallStep(
            id=new_id(),
            attempt_id=note.attempt,
            at=note.at,
            what=note.what,
            agent=note.agent,
            label=note.label,
        )
        self._records.later(lambda: self._store.call_steps.add(step))

    def _call_phone(self, floor: FloorRunner, order: cmd.CallPhone) -> None:
        self._switch.call_phone(PhoneToCall(order.leg, order.agent, self._endpoint(order.agent)))

    # --- records ----------------------------------------------------------------------------------

    def _attempt_moved(self, floor: FloorRunner, moved: cmd.AttemptMoved) -> None:
        rings = _HEARD.get(moved.phase)
        if rings is not None:
            self._judge.heard(moved.attempt, self._clock.steady(), rings=rings)

    def _close(self, floor: FloorRunner, record: cmd.CloseAttempt) -> None:
        number = self._offers.number(record.attempt)
        blame, before = self._judge.ended(record, self._clock.steady())
        to_dial = self._offers.forget(record.attempt)
        self._trunks.give_back(record.attempt)
        self._in_use.release(record.attempt)
        self._placer.committed.discard(record.attempt)
        self._tallies(floor.floor.pool).closed(record, number)
        self._windows.closed(record, self._wall_now(floor))
        recording = self._recording(record)
        if blame == "lead" or to_dial is None:
            self._desk.called_back(record, to_dial)
            next_ = LeadNext(LeadState.DONE) if to_dial is None else self._next(record, to_dial)
            self._records.close_attempt(closed(record, next_, recording))
        else:
            self._spare(record, to_dial, blame)
        if before:
            again_at = record.ended_at + REST_S
            self._records.later(
                lambda: self._store.attempts.pardon(before, why="trunk", now=again_at)
            )
        if record.agent is not None and not _may_say(floor, record.agent):
            self.wrapups.nobody_says(record.attempt, record.campaign)

    def _spare(self, record: cmd.CloseAttempt, to_dial: ToDial, blame: Spares) -> None:
        """It never came as far as the number: the lead is as it was, and is called again soon."""
        lead, again_at = to_dial.lead, record.ended_at + self._judge.rest_s(record.lead)
        self._desk.not_called_back(to_dial, again_at)
        state = to_dial.over or (LeadState.RETRY if lead.attempts else LeadState.NEW)
        next_ = LeadNext(state, again_at)
        plan = self._directory.plan(record.campaign)
        if to_dial.callback is not None and plan is not None:
            until = lead_until(to_dial.callback, plan.callback_grace_s)
            next_ = replace(until, next_call_at=max(until.next_call_at, again_at))
        spared = closed(record, next_, None)
        self._records.close_attempt(replace(spared, pardon=blame))

    def _recording(self, record: cmd.CloseAttempt) -> str | None:
        plan = self._directory.plan(record.campaign)
        if record.answered_at is None or plan is None or not plan.record:
            return None
        return self._recorder.finished(record.attempt, record.answered_at, record.ended_at)

    def _next(self, record: cmd.CloseAttempt, to_dial: ToDial) -> LeadNext:
        next_ = self._leads.after(
            to_dial.lead,
            to_dial.number,
            record.outcome,
            record.hangup_cause,
            record.ended_at,
            number_is=record.number_is,
        )
        if next_.state is LeadState.DNC:
            return next_
        if to_dial.over is not None and record.outcome != "connected":
            return LeadNext(to_dial.over, record.ended_at)
        plan = self._directory.plan(record.campaign)
        if record.agent is None or plan is None or not plan.rules.sticky:
            return next_
        return replace(next_, owner=record.agent)

    def _forget(self, floor: FloorRunner, order: cmd.ForgetAttempt) -> None:
        self._tallies(floor.floor.pool).forgotten(order)
        self._offers.forget(order.attempt)
        if order.rule == REFUSED_BY_SWITCH:
            self._trunks.refused_by_switch(order.attempt, self._clock.steady())
        self._trunks.over(order.attempt, self._clock.steady())
        self._trunks.give_back(order.attempt)
        self._in_use.release(order.attempt)
        withdrawn = order.attempt in self._placer.committed
        self._placer.committed.discard(order.attempt)
        self._records.later(lambda: self._take_back(order, withdrawn=withdrawn))

    async def _take_back(self, order: cmd.ForgetAttempt, *, withdrawn: bool) -> None:
        """The lead is as it was; both writes are harmless where there is nothing to undo."""
        if withdrawn:
            await self._store.attempts.withdraw([order.attempt])
        await self._leads.give_back([order.lead])
        if order.rule == REFUSED_BY_SWITCH:
            lead = await self._store.leads.get(order.lead)
            if lead is not None and lead.state in {LeadState.NEW, LeadState.RETRY}:
                later = max(lead.next_call_at, self._clock.now() + REST_S)
                await self._store.leads.set_next(order.lead, LeadNext(lead.state, later))

    # --- reps -------------------------------------------------------------------------------------

    def restored(self, session: AgentSession) -> None:
        """A rep who was logged in before this engine."""
        self._sessions[session.agent_id] = session

    def _agent_moved(self, floor: FloorRunner, moved: cmd.AgentMoved) -> None:
        """Kept for a restart: who is here, at work or paused, and by which leg. Calls are not
        news.
        """
        ended = self._desk.agent_moved(floor.floor, moved)
        if ended is not None:
            self._tallies(floor.floor.pool).worked(ended)
        if moved.state == "out":
            self._sessions.pop(moved.agent, None)
            self._records.session(moved.agent, None)
            return
        if moved.phone == Phone.DOUBTED.value:
            self._on_doubt()
        agent = floor.floor.agents[moved.agent]
        state, reason = _to_keep(agent, moved)
        before = self._sessions.get(moved.agent)
        session = AgentSession(
            agent_id=moved.agent,
            pool=floor.floor.pool,
            logged_in_at=before.logged_in_at if before else self._wall_now(floor),
            state=state,
            state_at=moved.since,
            reason=reason,
            node=self._node,
            leg=agent.leg or "",
        )
        if before is None or _differs(before, session):
            self._sessions[moved.agent] = session
            self._records.session(moved.agent, session)


def _to_keep(agent: Agent, moved: cmd.AgentMoved) -> tuple[SessionState, str]:
    """State and reason for a restart: whether a rep is at work, and wants to go after the call."""
    if moved.state == "paused" and not agent.resume:
        return "paused", moved.reason
    if agent.leave:
        return "pausing" if agent.leave == "pause" else "leaving", agent.leave_reason
    return "ready", ""


def _may_say(floor: FloorRunner, agent: str) -> bool:
    """Whether this rep is here, or was until now, to write the call up."""
    found = floor.floor.agents.get(agent)
    return found is not None and found.state is not AgentState.OUT


def _differs(a: AgentSession, b: AgentSession) -> bool:
    return (a.state, a.reason, a.leg, a.pool) != (b.state, b.reason, b.leg, b.pool)


def closed(record: cmd.CloseAttempt, next_: LeadNext, recording: str | None) -> ClosedAttempt:
    return ClosedAttempt(
        attempt_id=record.attempt,
        ended_at=record.ended_at,
        outcome=record.outcome,
        lead=next_,
        placed_at=record.placed_at,
        trunk=record.trunk,
        node=record.node,
        ringing_at=record.ringing_at,
        answered_at=record.answered_at,
        connected_at=record.connected_at,
        answered_by=record.answered_by,
        agent=record.agent,
        talk_seconds=record.talk_seconds,
        hangup_cause=record.hangup_cause,
        hangup_by=record.hangup_by,
        recording=recording,
        sip_code=record.sip_code,
    )
