"""What the engine asks of a telephone switch, and what it must be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from dialer.floor.events import Event
from dialer.words import ChannelState

#: From the detector's word to the moment both sides hear each other, on a busy machine.
ROUTE_S = 0.5
#: Below this a detector hears nothing that it could judge by.
LEAST_DETECTION_S = 0.5


def detection_limit_s(connect_within_s: float) -> float:
    """How long a machine detector may listen: `connect_within` runs from the answer, and the way to
    the rep has to fit into it as well.
    """
    return max(LEAST_DETECTION_S, connect_within_s - ROUTE_S)


class CallToPlace(msgspec.Struct, frozen=True):
    """One Originate towards a callee. Only ids and checked values: never a lead's own fields.

    `message`: the sound to play when nobody is free; "" is the switch's own for `language`.
    """

    attempt: str
    campaign: str
    number: str
    caller_id: str
    trunk: str
    ring_timeout_s: float
    connect_within_s: float
    message: str = ""
    language: str = "en"
    recording: str = ""
    detect_machines: bool = False


class PhoneToCall(msgspec.Struct, frozen=True):
    """One call to a rep's phone, to be parked when it answers."""

    leg: str
    agent: str
    endpoint: str
    answer_within_s: float = 20.0


class OutsideCall(msgspec.Struct, frozen=True):
    """One call to somebody outside whom a rep asks into a conversation; parked when it is
    answered.
    """

    leg: str
    number: str
    caller_id: str
    trunk: str
    answer_within_s: float = 30.0


class LiveChannel(msgspec.Struct, frozen=True):
    """A channel that is up on the switch now. `peer`: whom it is bridged to, by id."""

    channel: str
    state: ChannelState
    peer: str | None = None
    #: A leg that hears this leg, with no callee in between.
    beside: str | None = None
    parked: bool = False
    #: What the dialplan does with it: "asking", "message", "bridge", "hold" or "".
    doing: str = ""
    answered_at: float | None = None
    bridged_at: float | None = None


class LedgerRow(msgspec.Struct, frozen=True):
    """The switch's own record of a call that ended. Times are in unix seconds as they are read,
    and steady ones where the engine sees them.
    """

    attempt: str
    start: float
    answer: float | None
    end: float
    disposition: str
    cause: int | None
    leg: str | None = None
    bridged: float | None = None
    stage: str = ""


class Switch(Protocol):
    """One or more Asterisks. What happens comes as events, in the order the switch tells it.

    Nothing here waits for the switch and nothing raises: an order that cannot be carried out comes
    back as the event that says so.
    """

    #: When the switch started: no call from before is alive. None: not known.
    booted_at: float | None

    @property
    def ahead_s(self) -> float | None:
        """How far the switch's wall clock is ahead of ours; None: not measured."""
        ...

    @property
    def is_up(self) -> bool: ...

    async def start(self, listener: SwitchListener) -> None:
        """Take requests for routes and connect; `listener.switch_up` follows, now or later."""
        ...

    async def close(self) -> None: ...

    def place(self, calls: Sequence[CallToPlace]) -> None:
        """Send the Originates, once. NotPlaced follows for those that certainly did not go out.

        A call whose fate is unknown (the link broke in between) counts as gone out: it is never
        sent again, and the next look at the switch tells what became of it.
        """
        ...

    def call_phone(self, phone: PhoneToCall) -> None:
        """LegParked or LegGone follows."""
        ...

    def route(self, attempt: str, to: str) -> bool:
        """Answer the dialplan that asked for this attempt.

        `to` is a leg id, "join:<leg>" (into the conversation that leg is in), "message", "hangup",
        "hold" or "hold:<seconds>". False: nobody is asking (any more).
        """
        ...

    def hang_up(self, channel: str) -> None: ...

    def call_outside(self, call: OutsideCall) -> None:
        """LegParked or LegGone follows."""
        ...

    def take_aside(self, channel: str) -> None:
        """Out of its bridge: of a callee RouteAskedAgain "aside" follows, of a leg LegParked."""
        ...

    def join_legs(self, leg: str, other: str) -> None:
        """Two parked legs into one bridge: LegsBridged follows."""
        ...

    def ring_leg(self, leg: str) -> None:
        """A parked leg hears ringing; LegParked follows."""
        ...

    def press_keys(self, leg: str, digits: str) -> None:
        """Keypad tones from a leg to whoever it is bridged to."""
        ...

    def pause_recording(self, attempt: str) -> None:
        """Silence in the recording from now on, from both sides."""
        ...

    def resume_recording(self, attempt: str, *, anew: bool = False) -> None:
        """`anew`: there were other phones since the pause, whom the old recorder may not hear."""
        ...

    async def live_channels(self, unknown: Collection[str] = ()) -> list[LiveChannel]:
        """What is up now, with the times of those in `unknown`.

        Raises SwitchDownError when the switch cannot be asked.
        """
        ...

    async def ledger(self, attempts: Sequence[str], since: float) -> dict[str, LedgerRow]:
        """The rows of those attempts that have ended, from the switch's own record."""
        ...


class SwitchDownError(Exception):
    """The switch cannot be asked now."""


class SwitchListener(Protocol):
    """Who is told. Calls must not block."""

    def switch_event(self, event: Event) -> None: ...

    async def switch_up(self) -> None:
        """The link is up; what happened while it was down is not told and must be asked for.

        Events that come meanwhile wait until this returns.
        """
        ...

    def switch_down(self) -> None: ...
