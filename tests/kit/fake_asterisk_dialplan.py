"""The life of a channel at the fake Asterisk: dialing, the dialplan of a callee, a rep's leg.

It does what asterisk-conf/extensions.conf makes an Asterisk do, in the order of events that an
Asterisk has, and in the different order that it sometimes has.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from tests.kit.fake_asterisk_agi import AgiCall, End, agi_request
from tests.kit.fake_asterisk_channels import (
    RINGING,
    UP,
    Channel,
    bridge_headers,
    head,
    ledger_row,
    originate_headers,
)
from tests.kit.fake_asterisk_laws import FAILURES

T = TypeVar("T")
_MAX_ASKS = 1_000
_CAUSES = {number: text for number, text, _ in FAILURES.values()} | {16: "Normal Clearing"}
# One in a hundred AGI requests was seen before the event that says Up.
_AGI_FIRST = 0.01
_SHUFFLED = 0.3
#: On hold an engine that does not answer is asked again after this time.
STILL_S = 1.0


class Dialplan:
    """All channels of one node. `emit` takes whole events, `book` a line of the ledger."""

    def __init__(
        self,
        emit: Callable[[bytes], None],
        book: Callable[[str], None],
        *,
        rng: random.Random,
        system_name: str = "",
        message_s: float = 5.0,
        speed: float = 1.0,
    ) -> None:
        self.channels: dict[str, Channel] = {}
        self.by_name: dict[str, Channel] = {}
        self.counts = {"placed": 0, "answered": 0, "bridged": 0, "ended": 0, "orphans": 0}
        self._emit, self._book, self._rng = emit, book, rng
        self._system_name = system_name
        self._message_s, self._speed = message_s, speed

    def find(self, name: str) -> Channel | None:
        """A channel by its uniqueid or its name."""
        return self.channels.get(name) or self.by_name.get(name)

    def forget_all(self) -> None:
        """A crash: every channel is gone, nothing is told, no row is written."""
        for channel in list(self.channels.values()):
            self._retire(channel)

    # --- dialing

    def place(self, channel: Channel, timeout_s: float) -> None:
        """Dial; what happens is the channel's fate."""
        self.counts["placed"] += 1
        self.channels[channel.uniqueid] = channel
        self.by_name[channel.name] = channel
        fate = channel.fate
        if fate.kind in ("busy", "congestion", "unallocated"):
            channel.after("fail", fate.ring_after_s or 0.0, self._fail, channel, fate.kind)
            return
        channel.after("fail", timeout_s, self._fail, channel, "no_answer")
        if fate.ring_after_s is not None:
            channel.after("ring", fate.ring_after_s, self._ring, channel)
        if fate.kind == "answer" and fate.answer_after_s < timeout_s:
            channel.after("answer", fate.answer_after_s, self._answer, channel)

    def refuse(self, channel: Channel) -> None:
        """An Originate that makes no channel: no such trunk, or the id is taken."""
        self._tell("OriginateResponse", originate_headers(channel, "Failure", 0))

    def _ring(self, channel: Channel) -> None:
        if channel.fate.has_early_media:
            status = "PROGRESS"
        else:
            status = "RINGING"
            channel.state = RINGING
            self._tell("Newstate", channel.snapshot())
        self._tell("DialState", f"{channel.snapshot('Dest')}DialStatus: {status}\r\n")

    def _fail(self, channel: Channel, kind: str) -> None:
        cause, _, sip = FAILURES[kind]
        if kind != "no_answer":
            asked = f"{channel.snapshot()}Cause: {cause}\r\nTechCause: {sip}\r\n"
            self._tell("HangupRequest", asked)
        reason = 3 if kind == "no_answer" else 0
        disposition = {"busy": "BUSY", "congestion": "CONGESTION"}.get(kind, "NO ANSWER")
        response = ("OriginateResponse", originate_headers(channel, "Failure", reason))
        hangup = ("Hangup", self._hangup_headers(channel, cause, sip))
        for event, headers in self._in_some_order(response, hangup):
            self._tell(event, headers)
        self._finish(channel, disposition, cause)

    def _answer(self, channel: Channel) -> None:
        channel.cancel("fail", "ring")
        channel.state = UP
        channel.answered_at = time.time()
        self.counts["answered"] += 1
        agi_first = not channel.is_leg and self._rng.random() < _AGI_FIRST
        if agi_first:
            self._begin(channel)
        newstate = ("Newstate", channel.snapshot())
        response = ("OriginateResponse", originate_headers(channel, "Success", 4))
        for event, headers in self._in_some_order(newstate, response):
            self._tell(event, headers)
        if not agi_first:
            self._begin(channel)

    def _begin(self, channel: Channel) -> None:
        channel.context = channel.home
        if channel.is_leg:
            self._park(channel)
            return
        if channel.fate.patience_s is not None:
            channel.after("leave", channel.fate.patience_s, self.far_end_hangs_up, channel)
        self._ask(channel, "answered")

    # --- a callee asks for its rep

    def _ask(self, channel: Channel, reason: str) -> None:
        channel.doing = "asking"
        channel.priority = 25
        variables = channel.variables
        left_s = _number(variables, "DIALER_WAIT", 2.0) + _number(variables, "DIALER_MARGIN", 0.5)
        if not channel.has_talked:
            left_s = max(0.1, left_s - (time.time() - channel.answered_at))
        channel.after("limit", left_s, self._time_out, channel)
        self._open_agi(channel, reason)

    def _open_agi(self, channel: Channel, reason: str, *, second: bool = False) -> None:
        channel.asks += 1
        address = channel.variables.get("DIALER_AGI2" if second else "DIALER_AGI", "")
        if channel.asks > _MAX_ASKS:
            self._orphan(channel)
            return
        talked = f"{channel.bridged_at:.6f}" if channel.has_talked else ""
        args = (
            f"{channel.answered_at:.6f}", reason, "", channel.leg if talked else "", talked,
            f"{time.time():.6f}", "0",  # nobody's sound: it plays none
        )  # fmt: skip
        request = agi_request(address, channel.name, channel.uniqueid, channel.caller_id, args)

        def done(end: End, variables: dict[str, str]) -> None:
            channel.agi = None
            if channel.is_over:
                return
            if end == "refused" and not second and channel.variables.get("DIALER_AGI2"):
                self._open_agi(channel, reason, second=True)
            else:
                self._told(channel, variables.get("TO", ""))

        channel.agi = AgiCall(request, done)
        channel.agi.connect(address)

    def _told(self, channel: Channel, word: str) -> None:
        if word.startswith("leg-"):
            self._to_leg(channel, word)
        elif word == "message":
            self._message(channel)
        elif word == "hangup":
            self.hang_up(channel, 16)
        elif word.startswith("join:"):
            self._join_in(channel, word.removeprefix("join:"))
        elif word.startswith("hold"):
            self._hold(channel, word)
        elif not word and channel.doing == "hold" and channel.asks < _MAX_ASKS:
            channel.after("still", STILL_S, self._open_agi, channel, "held")
        else:
            self._orphan(channel)

    def _to_leg(self, channel: Channel, word: str) -> None:
        leg = self.channels.get(word)
        if leg is None or leg.state != UP:
            self._ask(channel, "nonexistent")
        elif leg.peer is not None:
            self._ask(channel, "busy-leg")
        else:
            self._bridge(channel, leg)

    def _message(self, channel: Channel) -> None:
        channel.stage = channel.stage or "message"
        channel.doing = "message"
        channel.cancel("limit")
        channel.after("played", self._message_s / self._speed, self.hang_up, channel, 16)

    def _hold(self, channel: Channel, word: str) -> None:
        channel.doing = "hold"
        limit_s = _number(channel.variables, "DIALER_MAX", 14_400.0)
        _, _, seconds = word.partition(":")
        channel.after("limit", float(seconds or limit_s), self._time_out, channel)
        self._open_agi(channel, "held")

    def _orphan(self, channel: Channel) -> None:
        self.counts["orphans"] += 1
        channel.stage = "orphan"
        if channel.has_talked:
            self.hang_up(channel, 16)
        else:
            self._message(channel)

    def _time_out(self, channel: Channel) -> None:
        """Extension T: nobody decided in time, or the hold is over."""
        self._end_agi(channel)
        if channel.doing == "asking":
            self._orphan(channel)
        elif channel.doing == "hold":
            self._message(channel)
        else:
            self.hang_up(channel, 16)

    # --- bridges

    def _park(self, leg: Channel) -> None:
        leg.bridge, leg.bridge_name, leg.priority = (
            str(uuid.UUID(int=self._bits())),
            leg.uniqueid,
            4,
        )
        self._tell("BridgeEnter", bridge_headers(leg, leg.bridge, leg.bridge_name, 1))

    def _unpark(self, leg: Channel) -> None:
        self._tell("BridgeLeave", bridge_headers(leg, leg.bridge, leg.bridge_name, 0))

    def _bridge(self, channel: Channel, leg: Channel) -> None:
        channel.cancel("leave", "limit")
        channel.leg, channel.doing, channel.priority = leg.uniqueid, "bridge", 57
        channel.bridged_at = channel.bridged_at or time.time()
        self.counts["bridged"] += 1
        self._unpark(leg)
        channel.peer, leg.peer = leg, channel
        bridge = channel.bridge = leg.bridge = str(uuid.UUID(int=self._bits()))
        channel.linkedid = leg.linkedid or leg.uniqueid
        first, second = self._in_some_order(leg, channel)
        self._tell("BridgeEnter", bridge_headers(first, bridge, "", 1))
        self._tell("BridgeEnter", bridge_headers(second, bridge, "", 2))
        limit_s = _number(channel.variables, "DIALER_MAX", 14_400.0)
        channel.after("limit", limit_s, self._time_out, channel)
        if channel.fate.talk_s is not None:
            channel.after("leave", channel.fate.talk_s, self.far_end_hangs_up, channel)

    def aside(self, channel: Channel) -> None:
        """AMI's Redirect: a callee asks, a leg parks, whatever they did before."""
        if channel.state != UP:
            return
        self._end_agi(channel)
        channel.cancel("limit", "leave", "played", "still")
        others = self._leave(channel)
        if channel.is_leg:
            if not others:
                self._unpark(channel)
            self._park(channel)
        for other in others:
            self._left_alone(other)
        if not channel.is_leg:
            channel.has_talked = True
            self._ask(channel, "aside")

    def join_legs(self, first: Channel, second: Channel) -> bool:
        """AMI's Bridge, of two parked legs."""
        if first.peer is not None or second.peer is not None:
            return False
        bridge = str(uuid.UUID(int=self._bits()))
        for count, leg in enumerate((first, second), 1):
            self._unpark(leg)
            leg.bridge = bridge
            self._tell("BridgeEnter", bridge_headers(leg, bridge, "", count))
        first.peer, second.peer = second, first
        return True

    def _join_in(self, channel: Channel, name: str) -> None:
        leg = self.channels.get(name)
        if leg is None or leg.peer is None or leg.third is not None:
            self._ask(channel, "nonexistent")
            return
        other = leg.peer
        channel.cancel("leave", "limit")
        channel.doing, channel.bridge = "bridge", leg.bridge
        channel.peer, channel.third = leg, other
        leg.third = other.third = channel
        self._tell("BridgeEnter", bridge_headers(channel, leg.bridge, "", 3))

    def _leave(self, leaver: Channel) -> list[Channel]:
        """Out of the bridge; those who stay in it, one or two."""
        others = [it for it in (leaver.peer, leaver.third) if it is not None]
        if not others:
            return []
        left = len(others)
        self._tell("BridgeLeave", bridge_headers(leaver, leaver.bridge, "", left))
        leaver.peer = leaver.third = None
        leaver.bridge = ""
        for other in others:
            rest = [it for it in others if it is not other]
            other.peer, other.third = (rest[0] if rest else None), None
        return others

    def _left_alone(self, channel: Channel) -> None:
        """Whoever has nobody in the bridge any more leaves it, too."""
        if channel.peer is not None:
            return
        self._tell("BridgeLeave", bridge_headers(channel, channel.bridge, "", 0))
        channel.bridge = ""
        if channel.is_leg:
            self._park(channel)
        else:
            channel.has_talked = True
            channel.cancel("leave")
            self._ask(channel, "success")

    # --- the end

    def far_end_hangs_up(self, channel: Channel, cause: int = 16) -> None:
        """BYE from the callee or from the rep's phone."""
        self._tell("HangupRequest", f"{channel.snapshot()}Cause: {cause}\r\n")
        self._end_call(channel, cause)

    def hang_up(self, channel: Channel, cause: int) -> None:
        """The node ends the channel: the dialplan, or an action."""
        if channel.state == UP:
            self._end_call(channel, cause)
            return
        response = ("OriginateResponse", originate_headers(channel, "Failure", 0))
        hangup = ("Hangup", self._hangup_headers(channel, cause))
        for event, headers in self._in_some_order(response, hangup):
            self._tell(event, headers)
        self._finish(channel, "NO ANSWER", cause)

    def _end_call(self, channel: Channel, cause: int) -> None:
        self._end_agi(channel)
        if channel.peer is None and channel.is_leg:
            self._unpark(channel)
        others = self._leave(channel)
        self._tell("SoftHangupRequest", f"{channel.snapshot()}Cause: {cause}\r\n")
        legs = [other for other in others if other.is_leg]
        for leg in legs:
            self._left_alone(leg)
        self._tell("Hangup", self._hangup_headers(channel, cause))
        self._finish(channel, "ANSWERED", cause)
        for other in others:
            if other not in legs:
                self._left_alone(other)

    def _hangup_headers(self, channel: Channel, cause: int, sip: int | None = None) -> str:
        text = _CAUSES.get(cause, "Unknown")
        tech = f"TechCause: {sip}\r\n" if sip is not None else ""
        return f"{channel.snapshot()}Cause: {cause}\r\nCause-txt: {text}\r\n{tech}"

    def _end_agi(self, channel: Channel) -> None:
        call, channel.agi = channel.agi, None
        if call is not None:
            call.hang_up()

    def _finish(self, channel: Channel, disposition: str, cause: int) -> None:
        self.counts["ended"] += 1
        self._retire(channel)
        if not channel.is_leg:
            self._book(ledger_row(channel, time.time(), disposition, cause))

    def _retire(self, channel: Channel) -> None:
        channel.is_over = True
        channel.cancel(*list(channel.timers))
        self._end_agi(channel)
        self.channels.pop(channel.uniqueid, None)
        self.by_name.pop(channel.name, None)

    # --- small things

    def _tell(self, event: str, headers: str) -> None:
        self._emit(f"{head(event, self._system_name)}{headers}\r\n".encode())

    def _in_some_order(self, first: T, second: T) -> tuple[T, T]:
        return (second, first) if self._rng.random() < _SHUFFLED else (first, second)

    def _bits(self) -> int:
        return self._rng.getrandbits(128)


def _number(variables: dict[str, str], name: str, default: float) -> float:
    try:
        return float(variables[name])
    except (KeyError, ValueError):
        return default
