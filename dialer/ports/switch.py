"""What the engine asks of a telephone switch, and what it must be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

from dialer.floor.events import Event

ChannelKind = Literal["attempt", "leg"]


class CallToPlace(msgspec.Struct, frozen=True):
    """One Originate towards a callee. Only ids and checked values: never a lead's own fields."""

    attempt: str
    campaign: str
    number: str
    caller_id: str
    trunk: str
    ring_timeout_s: float
    connect_within_s: float
    message: str
    language: str = "en"
    recording: str = ""
    detect_machines: bool = False


class PhoneToCall(msgspec.Struct, frozen=True):
    """One call to a rep's phone, to be parked when it answers."""

    leg: str
    agent: str
    endpoint: str
    answer_within_s: float = 20.0


class LiveChannel(msgspec.Struct, frozen=True):
    """A channel that is up on the switch now. `peer`: whom it is bridged to, by id."""

    channel: str
    state: Literal["down", "ringing", "up"]
    peer: str | None = None
    parked: bool = False
    #: What the dialplan does with it: "asking", "message", "bridge", "hold" or "".
    doing: str = ""
    answered_at: float | None = None
    bridged_at: float | None = None


class LedgerRow(msgspec.Struct, frozen=True):
    """The switch's own record of a call that ended. Times are unix seconds."""

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
    """One or more Asterisks. Events come in the order the switch tells them; none is told twice."""

    node: str

    async def start(
        self,
        on_event: Callable[[Event], None],
        on_up: Callable[[], None],
        on_down: Callable[[], None],
    ) -> None: ...

    async def close(self) -> None: ...

    @property
    def is_up(self) -> bool: ...

    async def place(self, calls: Sequence[CallToPlace]) -> list[str | None]:
        """Send the Originates, once. For each: None when it went out, else why it did not.

        A call whose fate is unknown (the link broke in between) counts as gone out: it is never sent again,
        and the next look at the switch tells what became of it.
        """
        ...

    async def call_phone(self, phone: PhoneToCall) -> str | None: ...

    def route(self, attempt: str, to: str) -> bool:
        """Answer the dialplan that asked for this attempt: a leg id, "message", "hangup" or "hold[:seconds]".

        False: nobody is asking (any more).
        """
        ...

    def hang_up(self, channel: str) -> None: ...

    async def live_channels(self) -> list[LiveChannel]: ...

    async def ledger(self, attempts: Sequence[str], since: float) -> dict[str, LedgerRow]: ...
