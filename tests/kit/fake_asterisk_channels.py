"""Channels of the fake Asterisk, and their events with the headers that Asterisk 22 gives them.

The layouts were taken down from an Asterisk 22.10 with `timestampevents` and `channelvars`.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from tests.kit.fake_asterisk_agi import AgiCall
from tests.kit.fake_asterisk_laws import Fate

DOWN, RINGING, UP = 0, 5, 6
_STATES = {DOWN: "Down", RINGING: "Ringing", UP: "Up"}


@dataclass(slots=True, eq=False)
class Channel:
    """One channel. `variables` are what Originate set; times are unix seconds."""

    name: str
    uniqueid: str
    caller_id: str
    caller_name: str
    endpoint: str
    dialed: str
    action_id: str | None
    context: str
    home: str
    variables: dict[str, str]
    fate: Fate
    started_at: float = field(default_factory=time.time)
    answered_at: float = 0.0
    bridged_at: float = 0.0
    state: int = DOWN
    exten: str = "s"
    priority: int = 1
    doing: str = ""
    linkedid: str = ""
    peer: Channel | None = None
    #: Others in the same bridge: the fake knows pairs, and three after `join:`.
    third: Channel | None = None
    bridge: str = ""
    bridge_name: str = ""
    leg: str = ""
    stage: str = ""
    asks: int = 0
    has_talked: bool = False
    is_over: bool = False
    agi: AgiCall | None = None
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    @property
    def is_leg(self) -> bool:
        """Whether this is a rep's phone, parked all day."""
        return self.home in {"dialer-rep", "dialer-outside"}

    def after(self, key: str, delay_s: float, call: object, *args: object) -> None:
        """Do it later, in place of what `key` was to do; nothing once the channel is over."""
        self.cancel(key)
        loop = asyncio.get_running_loop()
        self.timers[key] = loop.call_later(delay_s, call, *args)  # type: ignore[arg-type]

    def cancel(self, *keys: str) -> None:
        """Forget timers."""
        for key in keys:
            if (timer := self.timers.pop(key, None)) is not None:
                timer.cancel()

    def snapshot(self, prefix: str = "") -> str:
        """The headers that describe a channel, as every channel event carries them."""
        p = prefix
        return (
            f"{p}Channel: {self.name}\r\n{p}ChannelState: {self.state}\r\n"
            f"{p}ChannelStateDesc: {_STATES[self.state]}\r\n"
            f"{p}CallerIDNum: {self.caller_id}\r\n{p}CallerIDName: {self.caller_name}\r\n"
            f"{p}ConnectedLineNum: {self.caller_id}\r\n{p}ConnectedLineName: {self.caller_name}\r\n"
            f"{p}Language: en\r\n{p}AccountCode: \r\n"
            f"{p}Context: {self.context}\r\n{p}Exten: {self.exten}\r\n"
            f"{p}Priority: {self.priority}\r\n"
            f"{p}Uniqueid: {self.uniqueid}\r\n{p}Linkedid: {self.linkedid or self.uniqueid}\r\n"
            f"{p}ChanVariable: DIALER_DOING={self.doing}\r\n"
        )

    def listed(self, bridge_header: str = "BridgeId") -> list[tuple[str, str]]:
        """The headers of this channel in a list."""
        lines = self.snapshot().split("\r\n")[:-1]
        pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        application, data = self.application()
        seconds = int(time.time() - self.started_at)
        duration = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return [
            *pairs,
            ("Application", application),
            ("ApplicationData", data),
            ("Duration", duration),
            (bridge_header, self.bridge),
        ]

    def application(self) -> tuple[str, str]:
        """What the dialplan runs on it now."""
        if self.state != UP:
            return "AppDial2", "(Outgoing Line)"
        if self.is_leg:
            return "BridgeWait", f"{self.uniqueid},participant,e(s)"
        if self.doing == "bridge":
            return "Bridge", self.leg
        if self.doing == "message":
            return "Playback", self.variables.get("DIALER_MSG", "")
        return "AGI", f"agi://{self.variables.get('DIALER_AGI', '')}/route"


def head(event: str, system_name: str, privilege: str = "call,all") -> str:
    """The headers with which every event begins."""
    system = f"SystemName: {system_name}\r\n" if system_name else ""
    return f"Event: {event}\r\nPrivilege: {privilege}\r\nTimestamp: {time.time():.6f}\r\n{system}"


def bridge_headers(channel: Channel, bridge: str, name: str, members: int) -> str:
    """What BridgeEnter and BridgeLeave say of the bridge; `name` only for a holding bridge."""
    kind, technology, creator = (
        ("base", "holding_bridge", "BridgeWait")
        if name
        else ("basic", "simple_bridge", "<unknown>")
    )
    return (
        f"BridgeUniqueid: {bridge}\r\nBridgeType: {kind}\r\nBridgeTechnology: {technology}\r\n"
        f"BridgeCreator: {creator}\r\nBridgeName: {name or '<unknown>'}\r\n"
        f"BridgeNumChannels: {members}\r\nBridgeVideoSourceMode: none\r\n{channel.snapshot()}"
    )


def originate_headers(channel: Channel, response: str, reason: int) -> str:
    """What OriginateResponse says; a failure names what was dialed, a success the channel."""
    ok = response == "Success"
    action_id = f"ActionID: {channel.action_id}\r\n" if channel.action_id else ""
    variables = f"ChanVariable({channel.name}): DIALER_DOING={channel.doing}\r\n" if ok else ""
    return (
        f"{action_id}Response: {response}\r\nChannel: {channel.name if ok else channel.dialed}\r\n"
        f"Context: {channel.home}\r\nExten: s\r\nReason: {reason}\r\n"
        f"Uniqueid: {channel.uniqueid}\r\nCallerIDNum: {channel.caller_id}\r\n"
        f"CallerIDName: {channel.caller_name}\r\n{variables}"
    )


def ledger_row(channel: Channel, ended_at: float, disposition: str, cause: int) -> str:
    """One line of the node's own call records, as cdr_custom writes it."""
    billsec = ended_at - channel.answered_at if channel.answered_at else 0.0
    fields = (
        f'"{channel.uniqueid}"',
        f"{channel.started_at:.6f}",
        f"{channel.answered_at:.6f}" if channel.answered_at else "",
        f"{ended_at:.6f}",
        f"{ended_at - channel.started_at:.6f}",
        f"{billsec:.6f}",
        disposition,
        # Asterisk knows the cause only where extension h ran, that is, after an answer.
        str(cause) if channel.answered_at else "",
        f'"{channel.leg}"',
        f"{channel.bridged_at:.6f}" if channel.bridged_at else "",
        channel.stage,
    )
    return ",".join(fields) + "\n"
