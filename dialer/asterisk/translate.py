"""From manager events to floor events: header names go no further than this. Pure.

Asterisk tells a hang-up in several events and in varying order; what an earlier one said is kept
until the Hangup that closes the channel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from dialer.asterisk.messages import Message
from dialer.floor.events import (
    Bridged,
    Event,
    HungUp,
    LegGone,
    LegOffHold,
    LegOnHold,
    LegParked,
    LegsBridged,
    OriginateFailed,
    PickedUp,
    Rang,
    Unbridged,
)
from dialer.words import HangupBy

#: The events a node must send (the manager user's filter lets no others through).
WANTED = (
    "Newstate",
    "DialState",
    "OriginateResponse",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "ContactStatus",
    "Registry",
    "UserEvent",
    "ChanSpyStart",
    "FullyBooted",
)
LEG = "leg-"
#: The dialplan's word on a hang-up: the words beside a 603 were those of a network's analytics.
BLOCKED = "Blocked"
#: ActionIDs of our Originates: the answer to one carries nothing else that can be trusted.
ORIGINATE = "place."
_OUTSIDE = re.compile(r"leg-[^-]+-[^-]+-_")
_RINGING, _UP = "5", "6"
# Causes and reasons have at most three digits; str.isdigit would let through what int refuses.
_NUMBER = re.compile(r"[0-9]{1,9}")


def is_leg(channel: str) -> bool:
    return channel.startswith(LEG)


def is_outside(channel: str) -> bool:
    """A leg to somebody outside: its id ends in `_` and the attempt's."""
    return _OUTSIDE.match(channel) is not None


def _is_reps(channel: str) -> bool:
    return is_leg(channel) and not is_outside(channel)


def is_ours(channel: str) -> bool:
    """Channels Asterisk made by itself are named by time, with a dot in it."""
    return bool(channel) and "." not in channel


class Translator:
    """Keeps who is in which bridge and who asked for which hang-up.

    `clock` stamps what has no time; `since(stamp, now)` is when, by that clock, the switch stamped
    what is heard of `now`. Without it both are taken for one clock.
    """

    def __init__(
        self, clock: Callable[[], float], since: Callable[[float, float], float] = min
    ) -> None:
        self._clock, self._since = clock, since
        self._bridges: dict[str, list[str]] = {}
        self._hangup_by: dict[str, HangupBy] = {}
        self._blocked: set[str] = set()
        self._do: dict[str, Callable[[Message, str], list[Event]]] = {
            "Newstate": self._newstate,
            "HangupRequest": self._far_end_hung_up,
            "SoftHangupRequest": self._we_hang_up,
            "Hangup": self._hangup,
            "UserEvent": self._ended,
            "BridgeEnter": self._enter,
            "BridgeLeave": self._leave,
            "Hold": self._on_hold,
            "Unhold": self._off_hold,
        }

    def forget(self) -> None:
        """The link broke: nothing known of bridges holds any more."""
        self._bridges.clear()
        self._hangup_by.clear()
        self._blocked.clear()

    def seen_bridged(self, bridge: str, channels: list[str]) -> None:
        """A bridge found when asking the switch, so that its end is understood."""
        # Of several legs the first is the callee's: the order in which they came is kept.
        known = [channel for channel in self._bridges.get(bridge, ()) if channel in channels]
        new = [channel for channel in channels if is_ours(channel) and channel not in known]
        self._bridges[bridge] = known + new

    def beside(self, channel: str) -> list[str]:
        """Who else is in its bridge."""
        inside = next((each for each in self._bridges.values() if channel in each), [])
        return [other for other in inside if other != channel]

    def translate(self, message: Message) -> list[Event]:
        """The floor events that one manager event stands for: often none."""
        name = message.event
        if name == "OriginateResponse":
            return self._originate_response(message)
        if name == "DialState":
            return self._dial_state(message)
        channel = message.get("Uniqueid", "")
        do = self._do.get(name)
        if do is None or not is_ours(channel):
            return []
        return do(message, channel)

    def _at(self, message: Message) -> float:
        stamp = message.timestamp
        now = self._clock()
        return now if stamp is None or not math.isfinite(stamp) else self._since(stamp, now)

    def _newstate(self, message: Message, channel: str) -> list[Event]:
        if is_leg(channel):
            return []
        state = message.get("ChannelState")
        if state == _UP:
            return [PickedUp(channel, self._at(message))]
        return [Rang(channel, self._at(message))] if state == _RINGING else []

    def _dial_state(self, message: Message) -> list[Event]:
        # 183 gives no Newstate: a clock that starts at ringing needs this one.
        channel = message.get("DestUniqueid", "")
        rings = message.get("DialStatus") in {"RINGING", "PROGRESS"}
        if not rings or not is_ours(channel) or is_leg(channel):
            return []
        return [Rang(channel, self._at(message))]

    def _originate_response(self, message: Message) -> list[Event]:
        action = message.action_id
        if message.get("Response") != "Failure" or not action.startswith(ORIGINATE):
            return []
        channel = action[len(ORIGINATE) :]
        if not is_ours(channel):
            return []
        if is_leg(channel):
            return [LegGone(channel, self._at(message), 0)]
        return [OriginateFailed(channel, _number(message.get("Reason", "")), sip_code=0)]

    def _far_end_hung_up(self, message: Message, channel: str) -> list[Event]:
        self._hangup_by[channel] = "callee"
        return []

    def _we_hang_up(self, message: Message, channel: str) -> list[Event]:
        self._hangup_by.setdefault(channel, "dialer")
        return []

    def _ended(self, message: Message, channel: str) -> list[Event]:
        if message.get("UserEvent") == BLOCKED:
            self._blocked.add(channel)
        return []

    def _hangup(self, message: Message, channel: str) -> list[Event]:
        at, by = self._at(message), self._hangup_by.pop(channel, "network")
        cause = _number(message.get("Cause", ""))
        if is_leg(channel):
            return [LegGone(channel, at, cause, bye=by == "callee")]
        # Without a request to hang up the code is Asterisk's own: 480 when the ring time is over.
        sip_code = _number(message.get("TechCause", "")) if by == "callee" else 0
        blocked = channel in self._blocked
        self._blocked.discard(channel)
        return [HungUp(channel, at, cause, by, sip_code, blocked)]

    def _on_hold(self, message: Message, channel: str) -> list[Event]:
        """A callee's own hold changes nothing for the floor: the rep hears it."""
        return [LegOnHold(channel, self._at(message))] if _is_reps(channel) else []

    def _off_hold(self, message: Message, channel: str) -> list[Event]:
        return [LegOffHold(channel, self._at(message))] if _is_reps(channel) else []

    def _enter(self, message: Message, channel: str) -> list[Event]:
        at, bridge = self._at(message), message.get("BridgeUniqueid", "")
        if message.get("BridgeTechnology") == "holding_bridge":
            return [LegParked(channel, at)] if is_leg(channel) else []
        if not bridge:
            return []
        inside = self._bridges.setdefault(bridge, [])
        if channel not in inside:
            inside.append(channel)
        pair = _pair(inside)
        if pair is None and len(inside) > 1 and is_leg(inside[0]):
            return [LegsBridged(inside[0], inside[-1], at)]
        return [Bridged(pair[0], pair[1], at)] if pair and channel in pair else []

    def _leave(self, message: Message, channel: str) -> list[Event]:
        inside = self._bridges.get(message.get("BridgeUniqueid", ""))
        if inside is None or channel not in inside:
            return []
        pair = _pair(inside)
        inside.remove(channel)
        if not inside:
            del self._bridges[message["BridgeUniqueid"]]
        if pair is None or channel not in pair:
            return []
        at, next_pair = self._at(message), _pair(inside)
        told: list[Event] = [Unbridged(pair[0], pair[1], at)]
        # A second rep who is in the bridge by then takes over.
        return told + ([Bridged(next_pair[0], next_pair[1], at)] if next_pair else [])


def _number(text: str) -> int:
    """0 where Asterisk sent no number."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def _pair(inside: list[str]) -> tuple[str, str] | None:
    """The callee and the rep in a bridge, if both are there."""
    callee = next((channel for channel in inside if not is_leg(channel)), None)
    leg = next((channel for channel in inside if is_leg(channel)), None)
    return (callee, leg) if callee is not None and leg is not None else None
