"""Carries out what floors order: one small function per command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dialer.engine.hopper import Hopper
from dialer.engine.placer import Directory, Placer
from dialer.engine.records import RecordWriter
from dialer.engine.runner import FloorRunner
from dialer.engine.tallies import Tallies
from dialer.engine.trunks import TrunkBook
from dialer.floor import commands as cmd
from dialer.floor.events import AskerLeft
from dialer.ports.clock import Clock
from dialer.ports.leads import Leads
from dialer.ports.observer import Observer
from dialer.ports.recorder import Recorder
from dialer.ports.store import AgentSession, ClosedAttempt, Lead, LeadNext, LeadState, Store
from dialer.ports.switch import PhoneToCall, Switch


class Outlet:
    def __init__(
        self,
        *,
        switch: Switch,
        store: Store,
        leads: Leads,
        hopper: Hopper,
        placer: Placer,
        records: RecordWriter,
        recorder: Recorder,
        trunks: TrunkBook,
        directory: Directory,
        tallies: Callable[[str], Tallies],
        endpoint: Callable[[str], str],
        clock: Clock,
        observer: Observer,
        node: str,
    ) -> None:
        self._switch, self._store, self._leads, self._hopper = switch, store, leads, hopper
        self._placer, self._records, self._recorder = placer, records, recorder
        self._trunks, self._directory, self._tallies = trunks, directory, tallies
        self._endpoint, self._clock, self._observer = endpoint, clock, observer
        self._node = node
        self._sessions: dict[str, AgentSession] = {}
        self._do: dict[type[cmd.Command], Callable[[FloorRunner, Any], None]] = {
            cmd.Place: self._place,
            cmd.BringLeads: self._bring,
            cmd.GiveBack: lambda floor, c: self._hopper.give_back(c.leads),
            cmd.Connect: self._connect,
            cmd.PlayMessage: lambda floor, c: self._route(floor, c.attempt, "message"),
            cmd.Drop: lambda floor, c: self._route(floor, c.attempt, "hangup"),
            cmd.Hold: lambda floor, c: self._route(floor, c.attempt, f"hold:{c.limit:g}"),
            cmd.HangUp: lambda floor, c: self._switch.hang_up(c.channel),
            cmd.CallPhone: self._call_phone,
            cmd.AgentMoved: self._agent_moved,
            cmd.AttemptMoved: lambda floor, c: None,
            cmd.CloseAttempt: self._close,
            cmd.ForgetAttempt: self._forget,
            cmd.NoteWrapup: self._wrapup,
        }

    def dispatch(self, floor: FloorRunner, commands: Sequence[cmd.Command]) -> None:
        for command in commands:
            self._do[type(command)](floor, command)
        if commands:
            self._observer.commands(floor.floor.pool, commands)

    # --- calls ------------------------------------------------------------------------------------

    def _place(self, floor: FloorRunner, order: cmd.Place) -> None:
        self._tallies(floor.floor.pool).placed(order)
        self._placer.order(order, floor.post)

    def _bring(self, floor: FloorRunner, order: cmd.BringLeads) -> None:
        self._hopper.bring(order.campaign, order.count, floor.post)

    def _connect(self, floor: FloorRunner, order: cmd.Connect) -> None:
        self._tallies(floor.floor.pool).waited(floor.floor, order.agent)
        self._route(floor, order.attempt, order.leg)

    def _route(self, floor: FloorRunner, attempt: str, to: str) -> None:
        if not self._switch.route(attempt, to):
            floor.post(AskerLeft(attempt, self._clock.now()))

    def _call_phone(self, floor: FloorRunner, order: cmd.CallPhone) -> None:
        self._switch.call_phone(PhoneToCall(order.leg, order.agent, self._endpoint(order.agent)))

    # --- records ----------------------------------------------------------------------------------

    def _close(self, floor: FloorRunner, record: cmd.CloseAttempt) -> None:
        number = self._hopper.number(record.attempt)
        to_dial = self._hopper.forget(record.attempt)
        self._trunks.give_back(record.attempt)
        self._placer.committed.discard(record.attempt)
        self._tallies(floor.floor.pool).closed(record, number)
        recording = self._recording(record)
        if to_dial is not None:
            self._write_close(record, to_dial.lead, to_dial.number, recording)
        else:
            self._records.later(lambda: self._look_up_and_close(record, recording))

    def _recording(self, record: cmd.CloseAttempt) -> str | None:
        plan = self._directory.plan(record.campaign)
        if record.answered_at is None or plan is None or not plan.record:
            return None
        return self._recorder.finished(record.attempt, record.answered_at, record.ended_at)

    def _write_close(
        self, record: cmd.CloseAttempt, lead: Lead, number: str, recording: str | None
    ) -> None:
        outcome: Any = record.outcome
        next_ = self._leads.after(lead, number, outcome, record.hangup_cause, record.ended_at)
        self._records.close_attempt(closed(record, next_, recording))

    async def _look_up_and_close(self, record: cmd.CloseAttempt, recording: str | None) -> None:
        """An attempt from before this engine's start: its lead is read again."""
        lead = await self._store.leads.get(record.lead)
        cdr = await self._store.attempts.get(record.attempt)
        if lead is None or cdr is None:
            next_ = LeadNext(LeadState.DONE)
        else:
            outcome: Any = record.outcome
            next_ = self._leads.after(
                lead, cdr.number, outcome, record.hangup_cause, record.ended_at
            )
        await self._store.attempts.close([closed(record, next_, recording)])

    def _forget(self, floor: FloorRunner, order: cmd.ForgetAttempt) -> None:
        self._tallies(floor.floor.pool).forgotten(order)
        self._hopper.forget(order.attempt)
        self._trunks.give_back(order.attempt)
        if order.attempt in self._placer.committed:
            self._placer.committed.discard(order.attempt)
            self._records.later(lambda: self._store.attempts.withdraw([order.attempt]))
        else:
            self._records.later(lambda: self._leads.give_back([order.lead]))

    def _wrapup(self, floor: FloorRunner, note: cmd.NoteWrapup) -> None:
        self._records.later(
            lambda: self._store.attempts.wrapup(
                note.attempt,
                wrapup_seconds=note.wrapup_seconds,
                disposition=note.disposition or None,
            )
        )

    # --- reps -------------------------------------------------------------------------------------

    def _agent_moved(self, floor: FloorRunner, moved: cmd.AgentMoved) -> None:
        """Kept for a restart: who is here, at work or paused, and by which leg. Calls are not
        news.
        """
        if moved.state == "out":
            self._sessions.pop(moved.agent, None)
            self._records.session(moved.agent, None)
            return
        agent = floor.floor.agents[moved.agent]
        at_work = moved.state != "paused" or agent.resume
        before = self._sessions.get(moved.agent)
        session = AgentSession(
            agent_id=moved.agent,
            pool=floor.floor.pool,
            logged_in_at=before.logged_in_at if before else floor.floor.now,
            state="ready" if at_work else "paused",
            state_at=moved.since,
            reason="" if at_work else moved.reason,
            node=self._node,
            leg=agent.leg or "",
        )
        if before is None or _differs(before, session):
            self._sessions[moved.agent] = session
            self._records.session(moved.agent, session)


def _differs(a: AgentSession, b: AgentSession) -> bool:
    return (a.state, a.reason, a.leg, a.pool) != (b.state, b.reason, b.leg, b.pool)


def closed(record: cmd.CloseAttempt, next_: LeadNext, recording: str | None) -> ClosedAttempt:
    outcome: Any = record.outcome
    answered_by: Any = record.answered_by
    return ClosedAttempt(
        attempt_id=record.attempt,
        ended_at=record.ended_at,
        outcome=outcome,
        lead=next_,
        placed_at=record.placed_at,
        trunk=record.trunk,
        node=record.node,
        ringing_at=record.ringing_at,
        answered_at=record.answered_at,
        connected_at=record.connected_at,
        answered_by=answered_by,
        agent=record.agent,
        talk_seconds=record.talk_seconds,
        hangup_cause=record.hangup_cause,
        hangup_by=record.hangup_by,
        recording=recording,
    )
