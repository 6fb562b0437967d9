"""Listening in on Asterisk: a supervisor's phone is called once and moved about by AMI Redirect.

ChanSpy is begun anew for each conversation: one that stays on a rep's leg is deaf for every second
callee or so (docs/asterisk.md). Its own keys are off: a key pressed on the supervisor's phone must
not change who hears whom without a word in the audit log.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

import structlog

from dialer.asterisk import contacts
from dialer.asterisk.actions import channel_id, channel_name
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import AmiError, EncodeError
from dialer.asterisk.messages import Message
from dialer.asterisk.translate import ORIGINATE, is_leg, is_ours
from dialer.ports.spying import SpyListener
from dialer.ports.switch import SwitchDownError

log = structlog.get_logger(__name__)

#: With its dot no such channel is taken for a callee's or a rep's.
SPY = "sup."
LISTEN, BARGE = "dialer-listen", "dialer-barge"
_ENDPOINT = re.compile(r"[A-Za-z0-9_.-]+")
Headers = list[tuple[str, str]]


def is_spy(channel: str) -> bool:
    return channel.startswith(SPY)


class AsteriskSpying:
    """Implements `dialer.ports.spying.Spying` over the switch's own manager link, whose messages it
    is handed.
    """

    def __init__(self, ami: AmiClient) -> None:
        self._ami = ami
        self._listener: SpyListener | None = None
        self._channel_of: dict[str, str] = {}
        #: What each hears: the leg, and whether it whispers.
        self._hears_now: dict[str, tuple[str, bool]] = {}

    def start(self, listener: SpyListener) -> None:
        self._listener = listener

    # --- orders -----------------------------------------------------------------------------------

    def call(self, channel: str, endpoint: str, within_s: float) -> None:
        self._channel_of[endpoint] = channel
        try:
            headers = _originate(channel, endpoint, within_s)
        except EncodeError as error:
            log.error("a listening phone that cannot be called", error=str(error))
            self._tell("spy_gone", channel)
            return
        (reply,) = self._ami.send_nowait([headers])
        reply.add_done_callback(partial(self._called, channel))

    def _called(self, channel: str, reply: asyncio.Future[Message]) -> None:
        if reply.cancelled() or reply.exception() is not None:
            self._tell("spy_gone", channel)

    def hear(self, channel: str, leg: str, *, whisper: bool) -> None:
        self._hears_now[channel] = (leg, whisper)
        self._order(
            _set(channel, "LISTEN_TO", leg),
            _redirect(channel, LISTEN, "whisper" if whisper else "listen"),
        )

    def listen_anew(self, leg: str) -> None:
        """Whoever hears this leg may be deaf to one side of it."""
        for channel, (heard, whisper) in list(self._hears_now.items()):
            if heard == leg:
                self.hear(channel, leg, whisper=whisper)

    def join(self, channel: str, leg: str) -> None:
        self._hears_now.pop(channel, None)
        self._order(_set(channel, "LISTEN_TO", leg), _redirect(channel, BARGE, "s"))

    def stays(self, channel: str) -> None:
        self._order(_set(channel, "LISTEN_STAYS", "1"))

    def rest(self, channel: str) -> None:
        self._hears_now.pop(channel, None)
        self._order(_redirect(channel, LISTEN, "rest"))

    def hang_up(self, channel: str) -> None:
        self._order([("Action", "Hangup"), ("Channel", channel_id(channel)), ("Cause", "16")])

    def _order(self, *orders: Headers) -> None:
        # A channel that is gone tells so itself; a lost link is looked at when it is back.
        for reply in self._ami.send_nowait(list(orders)):
            reply.add_done_callback(lambda done: done.cancelled() or done.exception())

    # --- what is true -----------------------------------------------------------------------------

    async def live(self) -> Mapping[str, bool]:
        try:
            items = await self._ami.action_list("CoreShowChannels")
        except AmiError as error:
            raise SwitchDownError(str(error)) from None
        inside: dict[str, list[str]] = defaultdict(list)
        for item in items:
            if item.get("BridgeId"):
                inside[item["BridgeId"]].append(item.get("Uniqueid", ""))
        return {
            item["Uniqueid"]: _is_alone_with_callee(inside.get(item.get("BridgeId", ""), []))
            for item in items
            if is_spy(item.get("Uniqueid", ""))
        }

    # --- news -------------------------------------------------------------------------------------

    def message(self, message: Message) -> None:
        """Every manager message the switch gets."""
        about = _NEWS.get(message.event)
        if about is not None:
            about(self, message)

    def link_up(self) -> None:
        if self._listener is not None:
            self._listener.spy_link_up()

    def _entered(self, message: Message) -> None:
        channel = message.get("Uniqueid", "")
        if is_spy(channel):
            rests = message.get("BridgeTechnology") == "holding_bridge"
            self._hears_now.pop(channel, None)
            self._tell("spy_rests" if rests else "spy_joined", channel)

    def _hears(self, message: Message) -> None:
        if is_spy(channel := message.get("SpyerUniqueid", "")):
            self._tell("spy_hears", channel)

    def _gone(self, message: Message) -> None:
        if is_spy(channel := message.get("Uniqueid", "")):
            self._forget(channel)
            self._tell("spy_gone", channel)

    def _originated(self, message: Message) -> None:
        channel = message.action_id.removeprefix(ORIGINATE)
        if message.get("Response") == "Failure" and is_spy(channel):
            self._forget(channel)
            self._tell("spy_gone", channel)

    def _contact(self, message: Message) -> None:
        """As with a rep's page: one that is closed takes its phone along at once."""
        page = contacts.lost(message)
        channel = self._channel_of.get(page.endpoint) if page is not None else None
        if page is None or channel is None:
            return
        ask = [("Action", "Getvar"), ("Channel", channel), ("Variable", contacts.TARGET)]
        (reply,) = self._ami.send_nowait([ask])
        reply.add_done_callback(partial(self._target_told, page, channel))

    def _target_told(
        self, page: contacts.LostPhone, channel: str, reply: asyncio.Future[Message]
    ) -> None:
        if reply.cancelled() or reply.exception() is not None:
            return
        if contacts.is_on(page, reply.result().get("Value", "")):
            self.hang_up(channel)

    def _forget(self, channel: str) -> None:
        self._hears_now.pop(channel, None)
        self._channel_of = {e: c for e, c in self._channel_of.items() if c != channel}

    def _tell(self, what: str, channel: str) -> None:
        if self._listener is not None:
            getattr(self._listener, what)(channel)


_NEWS: dict[str, Callable[[AsteriskSpying, Message], None]] = {
    "BridgeEnter": AsteriskSpying._entered,
    "ChanSpyStart": AsteriskSpying._hears,
    "Hangup": AsteriskSpying._gone,
    "OriginateResponse": AsteriskSpying._originated,
    "ContactStatus": AsteriskSpying._contact,
}


def _originate(channel: str, endpoint: str, within_s: float) -> Headers:
    if not _ENDPOINT.fullmatch(endpoint):
        raise EncodeError("a phone is named by letters, digits, - _ and .")
    return [
        ("Action", "Originate"),
        ("ActionID", ORIGINATE + channel_id(channel)),
        ("Channel", channel_name(f"PJSIP/{endpoint}")),
        ("ChannelId", channel),
        ("Timeout", str(round(within_s * 1000))),
        ("Async", "true"),
        ("Context", LISTEN),
        ("Exten", "s"),
        ("Priority", "1"),
        ("CallerID", "Listening <100>"),
    ]


def _redirect(channel: str, context: str, exten: str) -> Headers:
    where = [("Context", context), ("Exten", exten), ("Priority", "1")]
    return [("Action", "Redirect"), ("Channel", channel_id(channel)), *where]


def _set(channel: str, name: str, value: str) -> Headers:
    said = [("Variable", name), ("Value", channel_id(value))]
    return [("Action", "Setvar"), ("Channel", channel_id(channel)), *said]


def _is_alone_with_callee(inside: list[str]) -> bool:
    has_callee = any(is_ours(channel) and not is_leg(channel) for channel in inside)
    return has_callee and not any(is_leg(channel) for channel in inside)
