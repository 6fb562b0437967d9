"""An Asterisk as the engine's Switch: AMI for orders and news, FastAGI for who takes this
callee.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

import structlog

from agi import AgiServer, AgiSession
from dialer import descriptors
from dialer.asterisk import contacts, controls, originate
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed, AmiError, EncodeError, LinkDown
from dialer.asterisk.ledger import read_rows
from dialer.asterisk.lost_phones import LostPhones
from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import SettingsError, Trunk
from dialer.asterisk.snapshot import live_channels, wants_times, with_times
from dialer.asterisk.sources import REPORT, SoundSources
from dialer.asterisk.spying import AsteriskSpying
from dialer.asterisk.switch_time import SwitchTime
from dialer.asterisk.translate import WANTED, Translator, is_leg, is_outside
from dialer.asterisk.trunk_news import REGISTRATIONS, TrunkNews
from dialer.floor.events import (
    AskerLeft,
    Event,
    HungUp,
    LegGone,
    NotPlaced,
    PhoneRegistered,
    RouteAsked,
    RouteAskedAgain,
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
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)
#: What AMD says of a machine; NOTSURE counts as a person, whom a rep must not miss.
MACHINE = "MACHINE"
#: Calls that ask the engine something at a time; where descriptors are few, a quarter of them:
#: whoever floods the port leaves the rest to the link, the store and recordings.
AGI_SESSIONS = 10_000


class AsteriskSwitch:
    """`agi_advertise`: the host Asterisk reaches this engine by, if not `agi_host`.

    `ledger`: the node's cdr_custom file; None where it cannot be read from here, and then calls
    whose end was missed are closed only after their time is over. `tls`: a client context, where
    the manager is reached over TLS. `agi_second` (host:port) is asked where this engine's AGI
    server refuses; `margin_s` and `max_call_s` as in `originate.to_callee`.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str,
        secret: str,
        trunks: Sequence[Trunk],
        clock: FloorClock,
        ledger: Path | None = None,
        agi_host: str = "127.0.0.1",
        agi_port: int = 0,
        agi_advertise: str = "",
        agi_second: str = "",
        margin_s: float = originate.MARGIN_S,
        max_call_s: float | None = None,
        node: str = "local",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.node = node
        #: Asked each time the link comes up, before anything else: raises where the switch is not
        #: ours to steer.
        self.guard: Callable[[], Awaitable[None]] | None = None
        self.booted_at: float | None = None
        self._clock, self._ledger = clock, ledger
        self._trunks = {trunk.name: trunk for trunk in trunks}
        self._trunk_news = TrunkNews(trunks)
        self._advertise = agi_advertise or agi_host
        self._to_callee = partial(
            originate.to_callee, agi_second=agi_second, margin_s=margin_s, max_call_s=max_call_s
        )
        self._max_call_s = max_call_s
        self._listener: SwitchListener | None = None
        self._sessions: dict[str, AgiSession] = {}
        self._leg_of: dict[str, str] = {}
        most = min(AGI_SESSIONS, descriptors.allowed() // 4)
        self.agi = AgiServer(self._asked, agi_host, agi_port, max_sessions=most)
        self.ami = AmiClient(
            host,
            port,
            username,
            secret,
            on_event=self._message,
            on_up=self._up,
            on_down=self._down,
            wanted=(*WANTED, REPORT),
            tls=tls,
        )
        #: What its clock says, and how that lies to ours.
        self.time = SwitchTime(self.ami, clock, node)
        self._translator = Translator(clock.steady, self.time.since)
        self._measuring: asyncio.Task[None] | None = None
        #: Calls whose recorder is to begin anew when its pause is over.
        self._deaf_recorders: set[str] = set()
        self._lost_phones = LostPhones(self.ami, self._leg_of, self.hang_up)
        #: How supervisors listen, over the same link.
        self.spying = AsteriskSpying(self.ami)
        self._sources = SoundSources(
            self.ami, self._translator.beside, self._record_new_source, self.spying.listen_anew
        )

    @property
    def is_up(self) -> bool:
        return self.ami.is_up

    @property
    def ahead_s(self) -> float | None:
        return self.time.ahead_s

    async def start(self, listener: SwitchListener) -> None:
        """AGI first: a callee answered before the link is up must find somebody to ask."""
        self._listener = listener
        await self.agi.start()
        await self.ami.start()
        self._measuring = spawn(self.time.run(), name="measure the switch's clock")

    async def close(self) -> None:
        await stop(self._measuring)
        await self.ami.close()
        await self.agi.close()

    def set_trunks(self, trunks: Sequence[Trunk]) -> None:
        self._trunks = {trunk.name: trunk for trunk in trunks}
        self._trunk_news.set_trunks(trunks)

    # --- orders -----------------------------------------------------------------------------------

    def place(self, calls: Sequence[CallToPlace]) -> None:
        """All in one write. Whatever fails for certain comes back as NotPlaced."""
        good: list[tuple[str, originate.Headers]] = []
        agi = f"{self._advertise}:{self.agi.port}"
        for call in calls:
            try:
                headers = self._to_callee(call, self._trunks[call.trunk], agi)
                good.append((call.attempt, headers))
            except SettingsError as error:
                self._refuse(call.attempt, "bad_number", str(error))
            except EncodeError as error:
                self._refuse(call.attempt, "bad_settings", str(error))
            except KeyError:
                self._refuse(call.attempt, "bad_settings", f"there is no trunk {call.trunk!r}")
        if not self.ami.is_up:
            for attempt, _ in good:
                self._tell(NotPlaced(attempt, "switch_down"))
            return
        replies = self.ami.send_nowait([headers for _, headers in good])
        for (attempt, _), reply in zip(good, replies, strict=True):
            reply.add_done_callback(partial(self._placed, attempt))

    def _refuse(self, attempt: str, reason: str, why: str) -> None:
        """Only a bad number is the lead's fault; by any other reason it may be called again."""
        log.error("a call that must not be placed", attempt=attempt, why=why)
        self._tell(NotPlaced(attempt, reason))

    def _placed(self, attempt: str, reply: asyncio.Future[Message]) -> None:
        """Only a plain refusal means that no call was made; a lost answer means nothing."""
        error = None if reply.cancelled() else reply.exception()
        if isinstance(error, ActionFailed):
            log.warning("Asterisk refused an Originate", attempt=attempt, why=error.text)
            self._tell(NotPlaced(attempt, "switch_refused"))

    def call_phone(self, phone: PhoneToCall) -> None:
        self._leg_of[phone.endpoint] = phone.leg
        try:
            headers = originate.to_phone(phone)
        except EncodeError as error:
            log.error("a phone that cannot be called", agent=phone.agent, why=str(error))
            self._tell(LegGone(phone.leg, self._clock.steady(), 0))
            return
        (reply,) = self.ami.send_nowait([headers])
        reply.add_done_callback(lambda done: self._phone_called(phone.leg, done))

    def call_outside(self, call: OutsideCall) -> None:
        try:
            headers = originate.to_outside(call, self._trunks[call.trunk], self._max_call_s)
        except (EncodeError, SettingsError, KeyError) as error:
            log.error("a party that cannot be called", leg=call.leg, why=str(error))
            self._tell(LegGone(call.leg, self._clock.steady(), 0))
            return
        (reply,) = self.ami.send_nowait([headers])
        reply.add_done_callback(lambda done: self._phone_called(call.leg, done))

    def _phone_called(self, leg: str, reply: asyncio.Future[Message]) -> None:
        error = None if reply.cancelled() else reply.exception()
        if isinstance(error, ActionFailed | LinkDown):
            self._tell(LegGone(leg, self._clock.steady(), 0))

    def route(self, attempt: str, to: str) -> bool:
        session = self._sessions.pop(attempt, None)
        return session is not None and session.finish_with("TO", to)

    def hang_up(self, channel: str) -> None:
        self._order([("Action", "Hangup"), ("Channel", channel), ("Cause", "16")])

    def take_aside(self, channel: str) -> None:
        self._order(controls.take_aside(channel))

    def join_legs(self, leg: str, other: str) -> None:
        self._order(controls.join_legs(leg, other))

    def ring_leg(self, leg: str) -> None:
        self._order(controls.redirect(leg, controls.RING))

    def press_keys(self, leg: str, digits: str) -> None:
        self._order(*controls.press_keys(leg, digits))

    def pause_recording(self, attempt: str) -> None:
        self._order(*controls.mute_recording(attempt, muted=True))

    def resume_recording(self, attempt: str, *, anew: bool = False) -> None:
        if anew or attempt in self._deaf_recorders:
            self._deaf_recorders.discard(attempt)
            spawn(self._record_anew(attempt), name="record anew")
        else:
            self._order(*controls.mute_recording(attempt, muted=False))

    async def _record_anew(self, attempt: str) -> None:
        """A recorder that has heard another phone before may leave the present one out."""
        ask = [("Action", "Getvar"), ("Channel", attempt), ("Variable", "DIALER_REC")]
        try:
            (reply,) = self.ami.send_nowait([ask])
            start = controls.start_recorder(attempt, (await reply).get("Value", ""))
            self._order(controls.stop_recorder(attempt))
            await asyncio.sleep(controls.OFF_THE_CHANNEL_S)
            self._order(start, controls.mute_recording(attempt, muted=False)[0])
        except (AmiError, EncodeError) as error:
            log.error("a recording does not go on", attempt=attempt, error=str(error))

    async def _record_new_source(self, attempt: str) -> None:
        """A recorder does not hear a callee whose sound has changed its source."""
        names = ("DIALER_REC", "DIALER_MUTED")
        asks = [[("Action", "Getvar"), ("Channel", attempt), ("Variable", name)] for name in names]
        replies = await asyncio.gather(*self.ami.send_nowait(asks), return_exceptions=True)
        path, muted = (r.get("Value", "") if isinstance(r, Message) else "" for r in replies)
        if path and muted == "1":
            self._deaf_recorders.add(attempt)
        elif path:
            await self._record_anew(attempt)

    def _order(self, *orders: controls.Headers) -> None:
        # A channel that is gone already was to be gone, or tells so itself; a lost link is
        # reconciled.
        for reply in self.ami.send_nowait(list(orders)):
            reply.add_done_callback(lambda done: done.cancelled() or done.exception())

    # --- what is true -----------------------------------------------------------------------------

    async def live_channels(self, unknown: Collection[str] = ()) -> list[LiveChannel]:
        try:
            items = await self.ami.action_list("CoreShowChannels")
            # At once: a bridge that ends while we ask for times must be known to end.
            self._note_bridges(items)
            channels = live_channels(items)
            self._sources.only({channel.channel for channel in channels})
            wanted = wants_times(channels, unknown)
            times = await self._times(wanted)
        except AmiError as error:
            raise SwitchDownError(str(error)) from None
        return self.time.channels(with_times(channels, times))

    async def _times(self, channels: Sequence[str]) -> dict[str, tuple[str, str]]:
        """(CDR(answer,u), DIALER_BRIDGED) of each channel, as text; "" where it is gone already.

        Raises LinkDown or ActionTimeout.
        """
        names = ("CDR(answer,u)", "DIALER_BRIDGED")
        actions = [
            [("Action", "Getvar"), ("Channel", channel), ("Variable", name)]
            for channel in channels
            for name in names
        ]
        replies = await asyncio.gather(*self.ami.send_nowait(actions), return_exceptions=True)
        for reply in replies:
            if isinstance(reply, BaseException) and not isinstance(reply, ActionFailed):
                raise reply
        values = [r.get("Value", "") if isinstance(r, Message) else "" for r in replies]
        return {channel: (values[2 * i], values[2 * i + 1]) for i, channel in enumerate(channels)}

    def _note_bridges(self, items: Sequence[Message]) -> None:
        bridges: dict[str, list[str]] = {}
        for item in items:
            channel, bridge = item.get("Uniqueid", ""), item.get("BridgeId", "")
            if bridge:
                bridges.setdefault(bridge, []).append(channel)
            if is_leg(channel) and not is_outside(channel):
                endpoint = item.get("Channel", "").removeprefix("PJSIP/").rpartition("-")[0]
                self._leg_of[endpoint] = channel
        for bridge, channels in bridges.items():
            if len(channels) > 1:
                self._translator.seen_bridged(bridge, channels)

    async def ledger(self, attempts: Sequence[str], since: float) -> dict[str, LedgerRow]:
        if self._ledger is None:
            return {}
        try:
            its_since = self.time.in_its_time(since)
            rows = await asyncio.to_thread(read_rows, self._ledger, attempts, its_since)
            return {attempt: self.time.row(row) for attempt, row in rows.items()}
        except OSError as error:
            # Without it the link must still come up: those calls are closed by their time.
            log.error("the node's ledger cannot be read", path=str(self._ledger), error=str(error))
            return {}

    # --- news -------------------------------------------------------------------------------------

    async def _up(self) -> None:
        self._translator.forget()
        if self.guard is not None:
            await self.guard()
        try:
            await self.time.meet()
            self.booted_at = await self.time.boot_time()
        except LinkDown:  # lost again before it was up: the client says so, and tries anew
            return
        if self._listener is not None:
            await self._listener.switch_up()
            spawn(self._lost_phones.look(), name="look for lost phones")
        self.spying.link_up()
        spawn(self._look_at_trunks(), name="look at trunks")

    async def _look_at_trunks(self) -> None:
        """How they stand now; changes are told."""
        news, asked = self._trunk_news, self._trunk_news.variables()
        ask = [[("Action", "Getvar"), ("Variable", variable)] for variable in asked.values()]
        replies = await asyncio.gather(*self.ami.send_nowait(ask), return_exceptions=True)
        for trunk, reply in zip(asked, replies, strict=True):
            if isinstance(reply, Message):
                self._tell_all(news.contact(trunk, reply.get("Value", "")))
        if news.has_registrations():
            try:
                self._tell_all(news.listed(await self.ami.action_list(REGISTRATIONS)))
            except AmiError as error:
                log.info("registrations could not be asked for", error=str(error))

    def _down(self, reason: str) -> None:
        if self._listener is not None:
            self._listener.switch_down()

    def _message(self, message: Message) -> None:
        self.spying.message(message)
        if message.event in {"ContactStatus", "Registry"}:
            self._tell_all(self._trunk_news.message(message))
            self._contact(message)
            return
        if message.event == REPORT:
            self._sources.reported(message)
            return
        for event in self._translator.translate(message):
            if isinstance(event, HungUp):
                self._sources.ended(event.attempt)
                self._deaf_recorders.discard(event.attempt)
            self._tell(event)

    def _contact(self, message: Message) -> None:
        """A phone that is gone (a page's WebSocket closed, a desk phone that answers no more): its
        leg is ended.

        Left alone the leg would stay up, and callees would be bridged to nobody.
        The leg may be a new page's already, so Asterisk is asked what it was dialed to.
        """
        if endpoint := contacts.registered(message):
            self._tell(PhoneRegistered(endpoint))
            if not contacts.is_page(message) and endpoint in self._leg_of:
                # Started anew, perhaps: a phone that has forgotten its call says so, and it ends.
                self._order(controls.ask_to_go_on(self._leg_of[endpoint]))
        self._lost_phones.told(message)

    def _asked(self, session: AgiSession) -> None:
        """The dialplan asks: /route; answered at, reason, AMD's word, last leg and when they talked
        first, and what its clock says now.
        """
        request = session.request
        attempt, args = request.uniqueid, [*request.args, *[""] * 7]
        if request.network_script != "route" or not attempt:
            log.warning("an AGI request that is not ours", script=request.network_script[:40])
            session.close()
            return
        if session.is_hung_up:
            return
        self._sessions[attempt] = session
        self._sources.answered(attempt, args[6])
        session.on_hangup = self._on_hangup(attempt, session)
        self._tell(self._request_event(attempt, args))

    def _request_event(self, attempt: str, args: Sequence[str]) -> Event:
        now = self._clock.steady()
        answered, reason, amd, leg, talked, told_at = args[:6]
        if reason not in {"answered", ""}:
            talked_at = self.time.talked(talked, told_at, now) if talked else None
            return RouteAskedAgain(attempt, now, reason, leg if talked else "", talked_at)
        # The law's time runs from the 200 OK, also while a detector listened.
        at = self.time.asked(answered, told_at, now)
        return RouteAsked(attempt, at, "machine" if amd == MACHINE else "human")

    def _on_hangup(self, attempt: str, session: AgiSession) -> Callable[[], None]:
        def left() -> None:
            if self._sessions.get(attempt) is session:
                del self._sessions[attempt]
                self._tell(AskerLeft(attempt, self._clock.steady()))

        return left

    def _tell_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        if self._listener is not None:
            self._listener.switch_event(event)
