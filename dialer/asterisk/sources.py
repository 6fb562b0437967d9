"""A callee's sound that comes from another source, and what would be deaf to it.

A carrier routes a call anew, a receptionist passes it on, music comes from another server: RTP goes
on with another SSRC. Debian's and Ubuntu's Asterisk takes the new packets for late ones in every
translation whenever their sequence numbers lie behind the old (docs/asterisk.md), for minutes. The
recorder translates always, a rep's phone only where it speaks another codec than the callee.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from dialer.asterisk.actions import channel_id
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import AmiError
from dialer.asterisk.messages import Message
from dialer.asterisk.translate import is_leg, is_ours, is_outside
from dialer.tasks import spawn

log = structlog.get_logger(__name__)

#: Asterisk's own report on what it receives; the far end need not send any.
REPORT = "RTCPSent"
_FORMAT = re.compile(r"\(?(alaw|ulaw)\)?")
Headers = list[tuple[str, str]]


class SoundSources:
    """`beside` names who is in a channel's bridge; `record_anew` begins its recorder anew, if it
    has one, `listen_anew` whoever listens to a leg.
    """

    def __init__(
        self,
        ami: AmiClient,
        beside: Callable[[str], Sequence[str]],
        record_anew: Callable[[str], Awaitable[None]],
        listen_anew: Callable[[str], None],
    ) -> None:
        self._ami, self._beside = ami, beside
        self._record_anew, self._listen_anew = record_anew, listen_anew
        self._source_of: dict[str, int] = {}

    def answered(self, channel: str, source: str) -> None:
        """What was heard before the answer, as the dialplan writes it: often nothing."""
        if source.isdecimal() and int(source):
            self._source_of[channel] = int(source)

    def reported(self, message: Message) -> None:
        """A report on a callee's channel. Whose source was not known before has not changed."""
        channel, source = message.get("Uniqueid", ""), _hex(message.get("Report0SourceSSRC", ""))
        if not source or not is_ours(channel) or is_leg(channel):
            return
        before = self._source_of.get(channel, source)
        self._source_of[channel] = source
        if before != source:
            log.info("a callee's sound comes from another source", attempt=channel)
            spawn(self._begin_anew(channel), name="sound from another source")

    def ended(self, channel: str) -> None:
        self._source_of.pop(channel, None)

    def only(self, channels: Collection[str]) -> None:
        """Those that are up; the end of others was told while nobody listened."""
        for channel in [one for one in self._source_of if one not in channels]:
            self.ended(channel)

    async def _begin_anew(self, channel: str) -> None:
        beside = self._beside(channel)
        try:
            await self._translate_anew(channel, beside)
        except AmiError as error:
            log.warning("a rep may not hear the callee", attempt=channel, error=str(error))
        await self._record_anew(channel)
        for leg in beside:
            self._listen_anew(leg)

    async def _translate_anew(self, channel: str, beside: Sequence[str]) -> None:
        """Of three, the callee's sound is translated to be mixed, which only another codec makes
        begin anew. Of two, it is translated where the rep's phone speaks another codec: it is asked
        to take the callee's, and if it keeps its own, that begins anew as well.
        """
        theirs = await self._format(channel, "audionativeformat")
        if not theirs:
            return
        if await self._format(channel, "audioreadformat") != theirs:
            await self._offer(channel, "ulaw" if theirs == "alaw" else "alaw", theirs)
            return
        for leg in [each for each in beside if is_leg(each) and not is_outside(each)]:
            own = await self._format(leg, "audionativeformat")
            if own and own != theirs:
                await self._offer(leg, theirs, own)

    async def _offer(self, channel: str, first: str, second: str) -> None:
        offer = f"!all,{first},{second}"
        for name, value in (("MEDIA_OFFER(audio)", offer), ("SEND_SESSION_REFRESH()", "invite")):
            await self._ami.action("Setvar", _setvar(channel, f"PJSIP_{name}", value))

    async def _format(self, channel: str, which: str) -> str:
        """alaw or ulaw; "" for what is none of them."""
        ask = [("Channel", channel_id(channel)), ("Variable", f"CHANNEL({which})")]
        found = _FORMAT.fullmatch((await self._ami.action("Getvar", ask)).get("Value", ""))
        return found[1] if found else ""


def _setvar(channel: str, name: str, value: str) -> Headers:
    return [("Channel", channel_id(channel)), ("Variable", name), ("Value", value)]


def _hex(text: str) -> int:
    """0 for what is no number."""
    try:
        return int(text, 16)
    except ValueError:
        return 0
