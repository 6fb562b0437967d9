"""Listening in: one supervisor, one rep, from call to call, until either has enough.

What is about to be heard is in the audit log, committed, before it is heard: each call, each mode.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog
from msgspec import Struct

from dialer.engine.listen_orders import REST, Order, RepCall, order_for
from dialer.ids import new_id
from dialer.ports.audit import Audit, AuditEntry
from dialer.ports.clock import Clock
from dialer.ports.control import Refusal, WatcherView
from dialer.ports.spying import Spying
from dialer.ports.store import StoreError
from dialer.ports.switch import SwitchDownError
from dialer.tasks import spawn, stop
from dialer.words import WatchMode

log = structlog.get_logger(__name__)

#: A page's phone takes the call by itself; one that rings is not there.
ANSWER_WITHIN_S = 10.0
#: Whether somebody may still listen is looked at this often, and before each call.
LOOK_EVERY_S = 15.0
#: What the switch tells of a call may be lost with its link: it is not waited for for ever.
LINK_LOST_S = 5.0
CHANNEL = "sup."
TAKEN = Refusal("taken-over", "the call is yours: end it to leave it")
State = Literal["calling", "waiting", "hearing", "talking", "taken", "ended"]


class Floors(Protocol):
    """What listening in must know of the floors."""

    def call_of(self, agent: str) -> RepCall | None: ...

    def is_up(self, attempt: str) -> bool: ...

    def is_announced(self, campaign: str) -> bool:
        """Reps of this campaign are told who listens."""
        ...

    def left(self, agent: str) -> None:
        """A supervisor was in this rep's conversation, and is no longer."""
        ...

    def take_over(self, agent: str, by: str) -> str:
        """Have the rep leave the conversation to `by`; "" when done, or why not."""
        ...


class Wish(Struct, frozen=True, kw_only=True):
    """Who wants to listen to whom. `may`: whether they still may."""

    who: str
    account: str
    session: str
    agent: str
    mode: WatchMode
    why: str
    endpoint: str
    may: Callable[[], Awaitable[bool]]


@dataclass
class Session:
    """One listening-in. `ordered` is where the phone was sent last, `is_there` whether it came
    there; `noted` is the call and mode that the audit log has last.
    """

    wish: Wish
    id: str
    began_at: float
    mode: WatchMode
    state: State = "calling"
    ordered: Order = REST
    attempt: str = ""
    is_there: bool = False
    #: The call it was in and is on the way out of, but to go on hearing it.
    leaves: str = ""
    why_ended: str = ""
    noted: tuple[str, WatchMode] | None = None
    heard: dict[str, None] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    up_or_ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def channel(self) -> str:
        return CHANNEL + self.id

    @property
    def is_over(self) -> bool:
        return self.state == "ended"


class Listening:
    """All listening-in of this process. `on_change` is told the rep whose watchers changed."""

    def __init__(
        self,
        spying: Spying,
        floors: Floors,
        audit: Audit,
        clock: Clock,
        on_change: Callable[[str], None] = lambda agent: None,
    ) -> None:
        self._spying, self._floors, self._audit, self._clock = spying, floors, audit, clock
        self.on_change = on_change
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        spying.start(self)

    # --- wishes -----------------------------------------------------------------------------------

    async def begin(self, wish: Wish) -> Session | Refusal:
        """Call the supervisor's phone, and have it hear the rep. Raises StoreError.

        Whoever listens to somebody already ends that; a call that was taken over is not cut off.
        """
        if any(other.state == "taken" for other in self.sessions(account=wish.account)):
            return TAKEN
        session = Session(wish, new_id(), self._clock.now(), wish.mode)
        call = self._floors.call_of(wish.agent)
        after = {"mode": wish.mode, "attempt": call.attempt if call else None, "why": wish.why}
        await self._note(session, "supervision.begin", wish.agent, after=after)
        # Now, for another may have been begun while this was noted.
        for other in self.sessions(account=wish.account):
            self.end(other, "another was begun")
        self._sessions[session.id] = session
        self._spying.call(session.channel, wish.endpoint, ANSWER_WITHIN_S)
        task = spawn(self._run(session), name="listening in")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await asyncio.wait_for(session.up_or_ended.wait(), ANSWER_WITHIN_S + LINK_LOST_S)
        except TimeoutError:
            self.end(session, "the phone was never told of")
        if session.is_over:
            return Refusal("phone-not-there", "your listening phone does not answer: open its page")
        return session

    def change(self, session: Session, mode: WatchMode) -> Refusal | None:
        """From now on so. What is heard or said differently is noted first."""
        if session.state == "taken":
            return TAKEN
        if mode == "take-over":
            call = self._floors.call_of(session.wish.agent)
            if call is None or not call.together:
                return Refusal("not-in-call", "the rep talks to nobody whom you could take over")
        session.mode = mode
        self._touch(session)
        return None

    def end(self, session: Session, why: str = "ended") -> None:
        if not session.is_over:
            session.why_ended = session.why_ended or why
            self._spying.hang_up(session.channel)
            self._over(session)

    def end_of(self, who: str, *, only: str | None = None, but: str | None = None) -> None:
        """Sessions of somebody are over: all, `only` one, or all `but` one."""
        for session in self.sessions():
            of = session.wish.session
            if session.wish.who == who and only in {None, of} and of != but:
                self.end(session, "logged out")

    # --- looking ----------------------------------------------------------------------------------

    def sessions(self, account: str | None = None) -> list[Session]:
        """Those that are not over, the oldest first."""
        return [s for s in self._sessions.values() if account in {None, s.wish.account}]

    def find(self, session: str) -> Session | None:
        return self._sessions.get(session)

    def watchers(self, agent: str) -> list[WatcherView]:
        """Who listens to a rep, or will with the next call."""
        return [
            WatcherView(s.wish.who, s.mode, self._is_announced(s))
            for s in self._sessions.values()
            if s.wish.agent == agent and s.state != "calling"
        ]

    def talking(self, attempt: str) -> Sequence[str]:
        """Supervisors who are heard by the callee of this attempt."""
        heard = {"talking", "taken"}
        return [
            s.wish.who for s in self._sessions.values() if s.attempt == attempt and s.state in heard
        ]

    def _is_announced(self, session: Session) -> bool:
        call = self._floors.call_of(session.wish.agent)
        return call is not None and self._floors.is_announced(call.campaign)

    # --- life -------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Nobody listens any more, and that is noted. A call that was taken over goes on."""
        for session in self.sessions():
            if session.state == "taken":
                session.why_ended = "the service stopped"
                self._over(session)
            else:
                self.end(session, "the service stopped")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2.0)
        await stop(*self._tasks)

    def floor_turned(self) -> None:
        """Something happened on a floor: every session looks where its rep is."""
        for session in self._sessions.values():
            session.changed.set()

    async def look(self) -> None:
        """For ever: end what is no longer allowed, also where no call begins."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for session in self.sessions():
                if not await self._may(session):
                    self.end(session, "no longer allowed")

    async def _run(self, session: Session) -> None:
        while not session.is_over:
            await session.changed.wait()
            session.changed.clear()
            try:
                await self._step(session)
            except StoreError as error:
                log.error("nobody listens without a note of it", error=str(error))
                self.end(session, "could not be noted")
        await self._note_end(session)

    async def _step(self, session: Session) -> None:
        if session.is_over:
            return
        if session.state == "taken":
            self._leave_when_over(session)
            return
        order = self._order(session)
        if order.attempt and (order.attempt, session.mode) != session.noted:
            await self._note_hearing(session, order)
            # The rep may have moved on while this was written.
            session.changed.set()
            return
        if order != session.ordered and session.state != "calling":
            self._carry_out(session, order)
        if session.mode == "take-over" and session.is_there and order.kind == "join":
            self._take_over(session)

    def _order(self, session: Session) -> Order:
        if session.state == "calling":
            return REST
        return order_for(session.mode, self._floors.call_of(session.wish.agent))

    async def _note_hearing(self, session: Session, order: Order) -> None:
        mode = session.mode
        if not await self._may(session):
            self.end(session, "no longer allowed")
            return
        after = {"agent": session.wish.agent, "supervision": session.id, "why": session.wish.why}
        await self._note(session, f"call.{mode}", order.attempt, after=after)
        session.noted = (order.attempt, mode)
        session.heard[order.attempt] = None

    async def _may(self, session: Session) -> bool:
        return session.is_over or await session.wish.may()

    def _carry_out(self, session: Session, order: Order) -> None:
        was_joined = session.ordered.kind == "join"
        session.leaves = order.attempt if was_joined and order.kind != "join" else ""
        session.ordered, session.is_there = order, False
        session.attempt = order.attempt
        if order.kind == "rest":
            self._spying.rest(session.channel)
        elif order.kind == "join":
            self._spying.join(session.channel, order.leg)
        else:
            self._spying.hear(session.channel, order.leg, whisper=order.kind == "whisper")

    def _take_over(self, session: Session) -> None:
        self._spying.stays(session.channel)
        why_not = self._floors.take_over(session.wish.agent, session.wish.who)
        if why_not:
            log.warning("a call could not be taken over", why=why_not)
            session.mode = "barge"
        else:
            session.state = "taken"
        self._touch(session)

    def _leave_when_over(self, session: Session) -> None:
        if not self._floors.is_up(session.attempt):
            self.end(session, "the call ended")

    # --- what the switch tells --------------------------------------------------------------------

    def spy_rests(self, channel: str) -> None:
        self._is_now(channel, "waiting", {"rest"})

    def spy_hears(self, channel: str) -> None:
        self._is_now(channel, "hearing", {"hear", "whisper"})

    def spy_joined(self, channel: str) -> None:
        self._is_now(channel, "talking", {"join"})

    def spy_gone(self, channel: str) -> None:
        session = self._of(channel)
        if session is not None:
            session.why_ended = session.why_ended or "the phone hung up"
            self._over(session)

    def spy_link_up(self) -> None:
        task = spawn(self._look_at_switch(), name="listening in: what is up")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look_at_switch(self) -> None:
        """Phones of nobody here are hung up, but where one is all that a callee has."""
        try:
            live = await self._spying.live()
        except SwitchDownError:
            return  # comes up again
        for channel, is_with_callee in live.items():
            if self._of(channel) is None and not is_with_callee:
                self._spying.hang_up(channel)
        for session in self.sessions():
            if session.channel not in live and session.state != "calling":
                self.spy_gone(session.channel)
            elif session.state != "taken":
                session.ordered = Order("rest", "unknown")
                self._touch(session)

    def _of(self, channel: str) -> Session | None:
        return self._sessions.get(channel.removeprefix(CHANNEL))

    def _is_now(self, channel: str, state: State, ordered: set[str]) -> None:
        session = self._of(channel)
        if session is None or session.state == "taken":
            return
        session.state, session.is_there = state, session.ordered.kind in ordered
        if session.is_there and session.leaves:
            session.leaves = ""
            self._floors.left(session.wish.agent)
        session.up_or_ended.set()
        self._touch(session)

    def _touch(self, session: Session) -> None:
        session.changed.set()
        self.on_change(session.wish.agent)

    def _over(self, session: Session) -> None:
        if session.state == "talking" or session.leaves:
            self._floors.left(session.wish.agent)
        session.state, session.leaves = "ended", ""
        self._sessions.pop(session.id, None)
        session.up_or_ended.set()
        self._touch(session)

    # --- the audit log ----------------------------------------------------------------------------

    async def _note(
        self, session: Session, what: str, subject: str, before: Any = None, after: Any = None
    ) -> None:
        who, now = session.wish.who, self._clock.now()
        entry = AuditEntry(at=now, who=who, what=what, subject=subject, before=before, after=after)
        await self._audit.record(entry)

    async def _note_end(self, session: Session) -> None:
        before = {"began_at": session.began_at, "calls": list(session.heard)}
        after = {"supervision": session.id, "why": session.why_ended}
        try:
            await self._note(session, "supervision.end", session.wish.agent, before, after)
        except StoreError as error:
            log.error("the end of a listening-in could not be noted", error=str(error))
