"""A switch that does what a test says: the engine's orders are kept, its news are told by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dialer.floor.events import (
    Bridged,
    Event,
    HangupBy,
    HungUp,
    LegGone,
    LegParked,
    LegsBridged,
    NotPlaced,
    PickedUp,
    Rang,
    RouteAsked,
    RouteAskedAgain,
    Unbridged,
)
from dialer.ports.clock import FloorClock
from dialer.ports.switch import (
    CallToPlace,
    LedgerRow,
    LiveChannel,
    OutsideCall,
    PhoneToCall,
    SwitchDownError,
    SwitchListener,
)


class FakeSwitch:
    """Implements `dialer.ports.switch.Switch`.

    `placed`, `phones`, `routed`, `hung_up` and `controls` hold the orders in their order. Phones
    are parked at once unless `answer_phones` is off. What `live_channels` and `ledger` answer is in
    `channels` and `rows`; `asked` counts the looks.
    """

    def __init__(self, clock: FloorClock, *, is_up: bool = True) -> None:
        self.booted_at: float | None = None
        self.ahead: float | None = 0.0
        self.answer_phones = True
        self.refuse: str | None = None
        self.placed: list[CallToPlace] = []
        self.phones: list[PhoneToCall] = []
        self.routed: list[tuple[str, str]] = []
        self.hung_up: list[str] = []
        self.outside: list[OutsideCall] = []
        self.controls: list[tuple[str, ...]] = []
        self.channels: dict[str, LiveChannel] = {}
        self.rows: dict[str, LedgerRow] = {}
        self.asking: set[str] = set()
        self.asked = 0
        self.can_be_asked = True
        self.is_closed = False
        self._clock = clock
        self._is_up = is_up
        self._listener: SwitchListener | None = None

    @property
    def ahead_s(self) -> float | None:
        return self.ahead

    @property
    def is_up(self) -> bool:
        return self._is_up

    async def start(self, listener: SwitchListener) -> None:
        self._listener = listener
        if self._is_up:
            await listener.switch_up()

    async def close(self) -> None:
        self._listener, self._is_up, self.is_closed = None, False, True

    # --- orders -----------------------------------------------------------------------------------

    def place(self, calls: Sequence[CallToPlace]) -> None:
        for call in calls:
            reason = self.refuse if self._is_up else "switch_down"
            if reason is not None:
                self.tell(NotPlaced(call.attempt, reason))
                continue
            self.placed.append(call)
            self.channels[call.attempt] = LiveChannel(call.attempt, "down")

    def call_phone(self, phone: PhoneToCall) -> None:
        self.phones.append(phone)
        if not self._is_up:
            self.tell(LegGone(phone.leg, self._clock.steady(), 0))
        elif self.answer_phones:
            self.park(phone.leg)

    def route(self, attempt: str, to: str) -> bool:
        self.routed.append((attempt, to))
        was_asking = attempt in self.asking
        self.asking.discard(attempt)
        return was_asking

    def hang_up(self, channel: str) -> None:
        self.hung_up.append(channel)

    def call_outside(self, call: OutsideCall) -> None:
        self.outside.append(call)
        self.channels[call.leg] = LiveChannel(call.leg, "down")

    def take_aside(self, channel: str) -> None:
        """Done at once, as it is on a switch; `held` asks again for a callee with the tone."""
        self.controls.append(("aside", channel))
        self.part(channel)
        if channel.startswith("leg-"):
            self.park(channel)
        elif channel in self.channels:
            self.ask_again(channel, "aside")

    def join_legs(self, leg: str, other: str) -> None:
        self.controls.append(("join", leg, other))
        self.channels[leg] = LiveChannel(leg, "up", beside=other)
        self.channels[other] = LiveChannel(other, "up", beside=leg)
        self.tell(LegsBridged(leg, other, self._clock.steady()))

    def ring_leg(self, leg: str) -> None:
        self.controls.append(("ring", leg))
        self.park(leg)

    def press_keys(self, leg: str, digits: str) -> None:
        self.controls.append(("keys", leg, digits))

    def pause_recording(self, attempt: str) -> None:
        self.controls.append(("pause recording", attempt))

    def resume_recording(self, attempt: str, *, anew: bool = False) -> None:
        self.controls.append(("record anew" if anew else "record", attempt))

    # --- what is true -----------------------------------------------------------------------------

    async def live_channels(self, unknown: Collection[str] = ()) -> list[LiveChannel]:
        self.asked += 1
        if not (self.can_be_asked and self._is_up):
            raise SwitchDownError("the fake switch is down")
        return list(self.channels.values())

    async def ledger(self, attempts: Sequence[str], since: float) -> dict[str, LedgerRow]:
        return {name: self.rows[name] for name in attempts if name in self.rows}

    # --- news -------------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        if self._listener is not None:
            self._listener.switch_event(event)

    def go_down(self) -> None:
        self._is_up = False
        if self._listener is not None:
            self._listener.switch_down()

    async def come_up(self) -> None:
        self._is_up = True
        if self._listener is not None:
            await self._listener.switch_up()

    def park(self, leg: str) -> None:
        self.channels[leg] = LiveChannel(leg, "up", parked=True)
        self.tell(LegParked(leg, self._clock.steady()))

    def lose(self, leg: str, *, bye: bool = False) -> None:
        self.channels.pop(leg, None)
        self.tell(LegGone(leg, self._clock.steady(), 16 if bye else 44, bye))

    def ring(self, attempt: str) -> None:
        self.channels[attempt] = LiveChannel(attempt, "ringing")
        self.tell(Rang(attempt, self._clock.steady()))

    def answer(self, attempt: str) -> None:
        """Picked up, and the dialplan asks."""
        now = self._clock.steady()
        self.channels[attempt] = LiveChannel(attempt, "up", answered_at=now)
        self.asking.add(attempt)
        self.tell(PickedUp(attempt, now))
        self.tell(RouteAsked(attempt, now))

    def bridge(self, attempt: str, leg: str) -> None:
        now = self._clock.steady()
        before = self.channels.get(attempt)
        answered_at = now if before is None else before.answered_at
        self.channels[attempt] = LiveChannel(
            attempt, "up", peer=leg, answered_at=answered_at, bridged_at=now
        )
        self.channels[leg] = LiveChannel(leg, "up", peer=attempt)
        self.tell(Bridged(attempt, leg, now))

    def ask_again(self, attempt: str, result: str) -> None:
        """The callee stands in the dialplan again."""
        self.asking.add(attempt)
        self.tell(RouteAskedAgain(attempt, self._clock.steady(), result))

    def part(self, channel: str) -> None:
        """A bridge ends: its legs park."""
        found = self.channels.get(channel)
        if found is None:
            return
        self.channels[channel] = LiveChannel(channel, found.state)
        other = found.peer or found.beside
        if other is None or other not in self.channels:
            return
        callee, leg = (other, channel) if channel.startswith("leg-") else (channel, other)
        if found.peer is not None:
            self.tell(Unbridged(callee, leg, self._clock.steady()))
        if other.startswith("leg-"):
            self.park(other)
        else:
            self.channels[other] = LiveChannel(other, "up")
            self.ask_again(other, "success")

    def end(
        self,
        attempt: str,
        cause: int = 16,
        by: HangupBy = "callee",
        sip_code: int | None = None,
    ) -> None:
        """The callee's channel goes; a rep's leg returns to its place."""
        now = self._clock.steady()
        channel = self.channels.pop(attempt, None)
        self.asking.discard(attempt)
        if channel is not None and channel.peer is not None:
            self.tell(Unbridged(attempt, channel.peer, now))
            self.park(channel.peer)
        self.tell(HungUp(attempt, now, cause, by, sip_code))
