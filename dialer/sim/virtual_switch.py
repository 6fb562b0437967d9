"""An Asterisk that does not exist: the engine's Switch over a schedule and a world to ask.

It does what the dialplan in asterisk-conf/ does, and tells it in the order a real one does; one
contract suite holds both. What callees and phones do is the world's to say. Orders never tell
anything at once: everything that follows from one comes later, by the schedule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from dialer.floor.events import (
    AskerLeft,
    Bridged,
    Event,
    HungUp,
    LegGone,
    LegParked,
    LegsBridged,
    NotPlaced,
    OriginateFailed,
    PickedUp,
    Rang,
    RouteAsked,
    RouteAskedAgain,
    Unbridged,
)
from dialer.ports.switch import (
    CallToPlace,
    LedgerRow,
    LiveChannel,
    OutsideCall,
    PhoneToCall,
    SwitchDownError,
    SwitchListener,
    detection_limit_s,
)
from dialer.sim.timeline import Schedule
from dialer.sim.virtual_channels import Call, Fate, Leg, World
from dialer.words import AnsweredBy, HangupBy

__all__ = ["Fate", "VirtualSwitch", "World"]

#: From the answer to the dialplan's question, from our answer to what follows from it, and from an
#: order to hang up to the hang-up: as measured on an Asterisk on this machine's loopback.
ASK_S, OBEY_S, HANG_UP_S = 0.002, 0.004, 0.001
#: Somebody outside whom a rep calls answers after this time.
OUTSIDE_S = 3.0
#: The dialplan helps itself so long after connect_within.
MARGIN_S = 0.5
#: Rows of ended calls that are kept for those who ask.
LEDGER_ROWS = 10_000

NORMAL, NO_ANSWER, TIMED_OUT = 16, 19, 3
_NUMBER = re.compile(r"\+?[0-9]{3,20}")


class VirtualSwitch:
    """`message_s`: how long the message to abandoned callees is. Tells `listener` of `start`."""

    def __init__(
        self, schedule: Schedule, world: World, *, message_s: float = 8.0, keep_ledger: bool = True
    ) -> None:
        self.booted_at: float | None = schedule.now()
        self._schedule, self._world = schedule, world
        self._message_s, self._keep_ledger = message_s, keep_ledger
        self._listener: SwitchListener | None = None
        self._calls: dict[str, Call] = {}
        self._legs: dict[str, Leg] = {}
        self._rows: dict[str, LedgerRow] = {}
        self._is_up = False

    @property
    def ahead_s(self) -> float | None:
        return 0.0

    @property
    def is_up(self) -> bool:
        return self._is_up

    async def start(self, listener: SwitchListener) -> None:
        self._listener = listener
        self._is_up = True
        await listener.switch_up()

    async def close(self) -> None:
        self._listener = None
        self._is_up = False

    # --- orders -----------------------------------------------------------------------------------

    def place(self, calls: Sequence[CallToPlace]) -> None:
        now = self._schedule.now()
        for call in calls:
            if not _NUMBER.fullmatch(call.number):
                self._schedule.at(now, self._tell, NotPlaced(call.attempt, "bad_number"))
            elif self._is_up:
                self._place(call, now)
            else:
                self._schedule.at(now, self._tell, NotPlaced(call.attempt, "switch_down"))

    def _place(self, call: CallToPlace, now: float) -> None:
        fate = self._world.callee(call, now)
        state = self._calls[call.attempt] = Call(call, fate, now)
        gives_up_s = min(fate.after_s, call.ring_timeout_s)
        if fate.rings_after_s is not None and fate.rings_after_s < gives_up_s:
            self._schedule.at(now + fate.rings_after_s, self._ring, state)
        if fate.after_s >= call.ring_timeout_s or fate.ends == "no_answer":
            end, args = self._fail, (state, NO_ANSWER, TIMED_OUT, "network")
            self._schedule.at(now + call.ring_timeout_s, end, *args)
        elif fate.ends == "answer":
            self._schedule.at(now + fate.after_s, self._answer, state)
        else:
            self._schedule.at(now + fate.after_s, self._fail, state, fate.cause, 0, "callee")

    def call_phone(self, phone: PhoneToCall) -> None:
        now = self._schedule.now()
        leg = self._legs[phone.leg] = Leg(phone)
        seconds = self._world.phone(phone, now) if self._is_up else None
        if seconds is None or seconds > phone.answer_within_s:
            later = min(seconds or 0.0, phone.answer_within_s)
            self._schedule.at(now + later + HANG_UP_S, self._lose, leg, 0, False)
        else:
            self._schedule.at(now + seconds, self._park, leg)

    def route(self, attempt: str, to: str) -> bool:
        call = self._calls.get(attempt)
        if call is None or call.doing != "asking":
            return False
        call.doing = ""
        call.turn += 1
        self._schedule.at(self._schedule.now() + OBEY_S, self._obey, call, to, call.turn)
        return True

    def hang_up(self, channel: str) -> None:
        soon = self._schedule.now() + HANG_UP_S
        leg, call = self._legs.get(channel), self._calls.get(channel)
        if leg is not None:
            self._schedule.at(soon, self._lose, leg, NORMAL, False)
        elif call is not None:
            self._schedule.at(soon, self._end_by_order, call)

    def call_outside(self, call: OutsideCall) -> None:
        leg = self._legs[call.leg] = Leg(PhoneToCall(call.leg, "", call.number))
        self._schedule.at(self._schedule.now() + OUTSIDE_S, self._park, leg)

    def take_aside(self, channel: str) -> None:
        self._schedule.at(self._schedule.now() + OBEY_S, self._aside, channel)

    def join_legs(self, leg: str, other: str) -> None:
        self._schedule.at(self._schedule.now() + OBEY_S, self._join, leg, other)

    def ring_leg(self, leg: str) -> None:
        found = self._legs.get(leg)
        if found is not None and found.parked:
            self._schedule.at(self._schedule.now() + OBEY_S, self._park, found)

    def press_keys(self, leg: str, digits: str) -> None:
        """Nobody listens to keys here."""

    def pause_recording(self, attempt: str) -> None:
        """Nothing is recorded here."""

    def resume_recording(self, attempt: str, *, anew: bool = False) -> None:
        """Nothing is recorded here."""

    # --- what is true -----------------------------------------------------------------------------

    async def live_channels(self, unknown: Collection[str] = ()) -> list[LiveChannel]:
        if not self._is_up:
            raise SwitchDownError("the virtual switch is down")
        calls = [self._live_call(call, unknown) for call in self._calls.values()]
        return calls + [_live_leg(leg) for leg in self._legs.values() if not leg.gone]

    def _live_call(self, call: Call, unknown: Collection[str]) -> LiveChannel:
        asked = call.call.attempt in unknown
        return LiveChannel(
            channel=call.call.attempt,
            state="down" if call.state == "ended" else call.state,
            peer=call.leg.phone.leg if call.leg is not None else None,
            doing=call.doing,
            answered_at=call.answered_at if asked else None,
            bridged_at=call.bridged_at if asked else None,
        )

    async def ledger(self, attempts: Sequence[str], since: float) -> dict[str, LedgerRow]:
        rows = {attempt: self._rows[attempt] for attempt in attempts if attempt in self._rows}
        return {attempt: row for attempt, row in rows.items() if row.end >= since}

    # --- what the world or a test does to it ------------------------------------------------------

    def lose_phone(self, leg: str, *, bye: bool = False) -> None:
        """A rep's phone goes off the line: lost, or put down by its owner."""
        found = self._legs.get(leg)
        if found is not None:
            self._lose(found, NORMAL if bye else 0, bye)

    def go_down(self) -> None:
        """The link breaks; calls that are up go on, and nothing of them is told."""
        if self._is_up and self._listener is not None:
            self._is_up = False
            self._listener.switch_down()

    async def come_back(self) -> None:
        """The link is there again."""
        if self._listener is not None:
            self._is_up = True
            await self._listener.switch_up()

    # --- callees ----------------------------------------------------------------------------------

    def _ring(self, call: Call) -> None:
        if call.state == "down":
            call.state = "ringing"
            self._tell(Rang(call.call.attempt, self._schedule.now()))

    def _fail(self, call: Call, cause: int, reason: int, by: HangupBy) -> None:
        if call.state in {"down", "ringing"}:
            self._tell(OriginateFailed(call.call.attempt, reason, 0))
            self._over(call, cause, by, call.fate.code if by == "callee" else 0)

    def _answer(self, call: Call) -> None:
        if call.state not in {"down", "ringing"}:
            return
        now = self._schedule.now()
        call.state, call.answered_at = "up", now
        self._tell(PickedUp(call.call.attempt, now))
        if call.fate.patience_s < math.inf:
            self._schedule.at(now + call.fate.patience_s, self._lose_patience, call)
        listens_s = self._listens_s(call)
        self._schedule.at(now + ASK_S + listens_s, self._ask, call)

    def _ask(self, call: Call) -> None:
        """The dialplan's first question. The time it gives runs from the answer."""
        if call.state != "up":
            return
        now = self._schedule.now()
        call.asked_at = call.answered_at or now
        self._asking(call)
        by: AnsweredBy = call.fate.detected_as if call.call.detect_machines else "human"
        self._tell(RouteAsked(call.call.attempt, call.asked_at, by))

    @staticmethod
    def _listens_s(call: Call) -> float:
        """Never so long that no time is left for the way to a rep."""
        if not call.call.detect_machines:
            return 0.0
        return min(call.fate.detection_s, detection_limit_s(call.call.connect_within_s))

    def _ask_again(self, call: Call, result: str) -> None:
        if call.state == "up":
            self._asking(call)
            self._tell(RouteAskedAgain(call.call.attempt, self._schedule.now(), result))

    def _asking(self, call: Call) -> None:
        """Before a conversation the callee's time is one, however often the dialplan asks."""
        now = self._schedule.now()
        call.doing = "asking"
        call.turn += 1
        left = call.call.connect_within_s + MARGIN_S
        ends = now + left if call.talked else max(now + 0.1, call.asked_at + left)
        self._schedule.at(ends, self._help_itself, call, call.turn)

    def _help_itself(self, call: Call, turn: int) -> None:
        """Nobody answered the dialplan, or the hold is over."""
        if call.state != "up" or call.turn != turn:
            return
        held = call.doing == "hold"
        call.doing = ""
        self._tell(AskerLeft(call.call.attempt, self._schedule.now()))
        call.stage = "message" if held else "orphan"
        if call.talked and not held:
            self._end(call, "dialer")
        else:
            self._play(call)

    def _lose_patience(self, call: Call) -> None:
        if call.state == "up" and not call.talked:
            self._end(call, "callee")

    def _callee_hangs_up(self, call: Call, turn: int) -> None:
        if call.state == "up" and call.turn == turn:
            self._end(call, "callee")

    # --- what we say ------------------------------------------------------------------------------

    def _obey(self, call: Call, to: str, turn: int) -> None:
        if call.state != "up" or call.turn != turn:
            return
        if to.startswith("leg-"):
            self._bridge(call, to)
        elif to.startswith("join:"):
            self._join_in(call, to.removeprefix("join:"))
        elif to == "message":
            call.stage = "message"
            self._play(call)
        elif to == "hangup":
            self._end(call, "dialer")
        else:
            self._hold(call, float(to.partition(":")[2] or math.inf))

    def _bridge(self, call: Call, name: str) -> None:
        leg = self._legs.get(name)
        if leg is None or leg.gone or not (leg.parked or leg.call is not None):
            self._ask_again(call, "nonexistent")
        elif leg.call is not None:
            self._ask_again(call, "busy-leg")
        else:
            now = self._schedule.now()
            leg.parked, leg.call, call.leg = False, call, leg
            call.doing, call.talked, call.last_leg = "bridge", True, name
            call.bridged_at = call.bridged_at or now
            self._tell(Bridged(call.call.attempt, name, now))
            seconds = self._world.bridged(call.call.attempt, name, now)
            if seconds < math.inf:
                self._schedule.at(now + seconds, self._callee_hangs_up, call, call.turn)

    def _join_in(self, call: Call, name: str) -> None:
        leg = self._legs.get(name)
        if leg is None or leg.gone or leg.other is None or leg.call is not None:
            self._ask_again(call, "nonexistent")
            return
        leg.call, call.leg, call.doing, call.talked = call, leg, "bridge", True
        self._tell(Bridged(call.call.attempt, name, self._schedule.now()))

    def _join(self, name: str, other_name: str) -> None:
        leg, other = self._legs.get(name), self._legs.get(other_name)
        if leg is None or other is None or not (leg.parked and other.parked):
            return
        leg.parked = other.parked = False
        leg.other, other.other = other, leg
        self._tell(LegsBridged(name, other_name, self._schedule.now()))

    def _aside(self, channel: str) -> None:
        """Out of whatever bridge it is in; who is left alone in it leaves it too."""
        call, leg = self._calls.get(channel), self._legs.get(channel)
        if call is not None and call.leg is not None:
            self._part(call, park=call.leg.other is None)
            self._ask_again(call, "aside")
        elif leg is not None and not leg.gone and (leg.call is not None or leg.other is not None):
            self._leave(leg)
            self._park(leg)

    def _leave(self, leg: Leg) -> None:
        """Those it was with go on without it, if there are two of them."""
        call, other = leg.call, leg.other
        leg.other = None
        if other is not None:
            other.other = None
        if call is not None:
            self._part(call, park=False)
        if call is not None and other is not None:
            other.call, call.leg = call, other
            self._tell(Bridged(call.call.attempt, other.phone.leg, self._schedule.now()))
        elif call is not None:
            self._ask_again(call, "success")
        elif other is not None and other.call is None:
            self._park(other)

    def _play(self, call: Call) -> None:
        call.doing = "message"
        call.turn += 1
        ends = self._schedule.now() + self._message_s
        self._schedule.at(ends, self._played, call, call.turn)

    def _played(self, call: Call, turn: int) -> None:
        if call.state == "up" and call.turn == turn:
            self._end(call, "dialer")

    def _hold(self, call: Call, seconds: float) -> None:
        """A tone, and the question again at once: it may be answered until the hold is over."""
        now = self._schedule.now()
        call.turn += 1
        call.doing = "asking"
        if seconds < math.inf:
            self._schedule.at(now + seconds, self._hold_over, call, call.turn)
        self._tell(RouteAskedAgain(call.call.attempt, now, "held"))

    def _hold_over(self, call: Call, turn: int) -> None:
        if call.state == "up" and call.turn == turn:
            call.doing = "hold"
            self._help_itself(call, turn)

    def _end_by_order(self, call: Call) -> None:
        if call.state == "up":
            self._end(call, "dialer")
        else:
            self._fail(call, NORMAL, 0, "network")

    def _end(self, call: Call, by: HangupBy) -> None:
        """Hang up an answered callee, whatever is being done with him."""
        now = self._schedule.now()
        if call.doing == "asking":
            call.doing = ""
            self._tell(AskerLeft(call.call.attempt, now))
        self._part(call, park=True)
        self._over(call, NORMAL, by)

    def _part(self, call: Call, *, park: bool) -> None:
        leg = call.leg
        if leg is None:
            return
        call.leg = leg.call = None
        now = self._schedule.now()
        self._tell(Unbridged(call.call.attempt, leg.phone.leg, now))
        if park and leg.other is None:
            leg.parked = True
            self._tell(LegParked(leg.phone.leg, now))

    def _over(self, call: Call, cause: int, by: HangupBy, sip_code: int = 0) -> None:
        now = self._schedule.now()
        call.state, call.turn = "ended", call.turn + 1
        del self._calls[call.call.attempt]
        self._note(call, now, cause)
        self._tell(HungUp(call.call.attempt, now, cause, by, sip_code))

    def _note(self, call: Call, now: float, cause: int) -> None:
        if not self._keep_ledger:
            return
        if len(self._rows) >= LEDGER_ROWS:
            del self._rows[next(iter(self._rows))]
        answered = call.answered_at is not None
        unanswered = {17: "BUSY", 34: "CONGESTION"}.get(cause, "NO ANSWER")
        self._rows[call.call.attempt] = LedgerRow(
            attempt=call.call.attempt,
            start=call.placed_at,
            answer=call.answered_at,
            end=now,
            disposition="ANSWERED" if answered else unanswered,
            cause=cause if answered else None,
            leg=call.last_leg,
            bridged=call.bridged_at,
            stage=call.stage,
        )

    # --- reps' phones -----------------------------------------------------------------------------

    def _park(self, leg: Leg) -> None:
        if not leg.gone:
            leg.parked = True
            self._tell(LegParked(leg.phone.leg, self._schedule.now()))

    def _lose(self, leg: Leg, cause: int, bye: bool) -> None:
        if leg.gone:
            return
        leg.gone, leg.parked = True, False
        self._legs.pop(leg.phone.leg, None)
        self._leave(leg)
        self._tell(LegGone(leg.phone.leg, self._schedule.now(), cause, bye=bye))

    def _tell(self, event: Event) -> None:
        """While the link is down nothing is told: reconciling finds out."""
        is_refusal = isinstance(event, NotPlaced)
        if self._listener is not None and (self._is_up or is_refusal):
            self._listener.switch_event(event)


def _live_leg(leg: Leg) -> LiveChannel:
    peer = leg.call.call.attempt if leg.call is not None else None
    beside = leg.other.phone.leg if leg.other is not None and peer is None else None
    return LiveChannel(
        channel=leg.phone.leg,
        state="up" if leg.parked or leg.call or leg.other else "ringing",
        peer=peer,
        beside=beside,
        parked=leg.parked,
    )
