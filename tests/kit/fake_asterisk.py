"""A fake Asterisk node: AMI, a dialplan that asks the engine over FastAGI, and a ledger.

`python -m tests.kit.fake_asterisk --help` runs one in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from dialer.asterisk.parser import Message
from dialer.asterisk.switch_time import NOW_AND_ZONE
from dialer.tasks import spawn
from tests.kit.fake_ami import FakeAmiServer, FakeAmiSession
from tests.kit.fake_asterisk_channels import Channel
from tests.kit.fake_asterisk_dialplan import Dialplan
from tests.kit.fake_asterisk_laws import CalleeLaw, Fate, Fates, parse_law

_BETWEEN = re.compile(r",(?![^(]*\))")  # a comma within parentheses belongs to a function
_LEDGER_FLUSH_S = 0.05
PhoneFate = Callable[[str, random.Random], Fate]


def answers_soon(_endpoint: str, rng: random.Random) -> Fate:
    """A rep's phone that answers the call at login within a fraction of a second and stays."""
    return Fate("answer", ring_after_s=None, answer_after_s=0.005 + 0.02 * rng.random())


class FakeAsterisk(FakeAmiServer):
    """One node. `fates` says what becomes of a dialed number, `phones` of a rep's endpoint.

    `trunks`: names of those there are; None: any. `ledger`: the file of call records, or None.
    """

    def __init__(
        self,
        *,
        fates: Fates | None = None,
        phones: PhoneFate = answers_soon,
        trunks: frozenset[str] | None = None,
        users: dict[str, str] | None = None,
        ledger: Path | None = None,
        system_name: str = "",
        message_s: float = 5.0,
        speed: float = 1.0,
        seed: int = 0,
    ) -> None:
        super().__init__(users, system_name=system_name)
        self.rng = random.Random(seed)  # a simulation
        self.rows = 0
        self._fates: Fates = fates or CalleeLaw()
        self._phones, self._trunks = phones, trunks
        self._ledger_path = ledger
        self._ledger: TextIO | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._sequence = 0
        self.dialplan = Dialplan(
            self.broadcast,
            self._book,
            rng=self.rng,
            system_name=system_name,
            message_s=message_s,
            speed=speed,
        )
        for name, handler in _HANDLERS.items():
            self.on(name, partial(handler, self))

    async def close(self) -> None:
        """End the server; channels vanish as in a crash."""
        self.dialplan.forget_all()
        await super().close()
        self._flush_ledger()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def crash(self) -> None:
        """Every link is reset and every channel gone; nothing is told and no row is written."""
        self.drop_links()
        self.dialplan.forget_all()

    @property
    def channels(self) -> dict[str, Channel]:
        """Channels that are up or being dialed, by uniqueid."""
        return self.dialplan.channels

    def far_end_hangs_up(self, uniqueid: str, cause: int = 16) -> None:
        """The callee, or the rep's phone, says BYE. KeyError when there is no such channel."""
        self.dialplan.far_end_hangs_up(self.channels[uniqueid], cause)

    def place(self, action: Message) -> None:
        """Do what an Originate asks for."""
        channel = self._channel(action)
        dialed, _, trunk = channel.endpoint.rpartition("@")
        known = not dialed or self._trunks is None or trunk in self._trunks
        if channel.uniqueid in self.channels or not known:
            self.dialplan.refuse(channel)
            return
        timeout_ms = str(action.get("Timeout", "30000"))
        self.dialplan.place(channel, float(timeout_ms if timeout_ms.isdigit() else 30_000) / 1_000)

    def _channel(self, action: Message) -> Channel:
        dialed = str(action["Channel"])
        endpoint = dialed.partition("/")[2]
        number, _, trunk = endpoint.rpartition("@")
        self._sequence += 1
        fate = self._fates(number, self.rng) if number else self._phones(endpoint, self.rng)
        caller_name, caller_id = _caller(str(action.get("CallerID", "")))
        return Channel(
            name=f"PJSIP/{trunk}-{self._sequence:08x}",
            uniqueid=str(action.get("ChannelId") or f"{time.time():.0f}.{self._sequence}"),
            caller_id=caller_id,
            caller_name=caller_name,
            endpoint=endpoint,
            dialed=dialed,
            action_id=action.get("ActionID"),
            context="dialer-inbound" if number else "dialer-phone",
            home=str(action.get("Context", "")),
            variables=action.variables("Variable"),
            fate=fate,
        )

    # --- the ledger

    def _book(self, row: str) -> None:
        self.rows += 1
        if self._ledger_path is None:
            return
        if self._ledger is None:
            self._ledger_path.parent.mkdir(parents=True, exist_ok=True)
            self._ledger = self._ledger_path.open("a", encoding="utf-8")
        self._ledger.write(row)
        if self._flush is None:
            loop = asyncio.get_running_loop()
            self._flush = loop.call_later(_LEDGER_FLUSH_S, self._flush_ledger)

    def _flush_ledger(self) -> None:
        self._flush = None
        if self._ledger is not None:
            self._ledger.flush()


def _caller(text: str) -> tuple[str, str]:
    """`Name <number>` as name and number, as Asterisk shows what is missing."""
    name, found, number = text.rstrip(">").partition("<")
    if not found:
        name, number = "", text
    return name.strip() or "<unknown>", number.strip() or "<unknown>"


# --- actions


def _originate(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    if not action.get("Channel"):
        session.error(action, "Channel not specified")
        return
    session.reply(action, [("Message", "Originate successfully queued")])
    fake.place(action)


def _hangup(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    channel = fake.dialplan.find(str(action.get("Channel", "")))
    if channel is None:
        session.error(action, "No such channel")
        return
    session.reply(action, [("Message", "Channel Hungup")])
    cause = str(action.get("Cause", "16"))
    fake.dialplan.hang_up(channel, int(cause) if cause.isdigit() else 16)


def _redirect(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    channel = fake.dialplan.find(str(action.get("Channel", "")))
    if channel is None:
        session.error(action, "Channel does not exist: ")
        return
    session.reply(action, [("Message", "Redirect successful")])
    fake.dialplan.aside(channel)


def _bridge(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    legs = [fake.dialplan.find(str(action.get(f"Channel{n}", ""))) for n in (1, 2)]
    first, second = legs
    if first is None or second is None or not fake.dialplan.join_legs(first, second):
        session.error(action, "Could not bridge the channels")
        return
    session.reply(action, [("Message", "Channels have been bridged")])


def _set_variable(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    channel = fake.dialplan.find(str(action.get("Channel", "")))
    if channel is None:
        session.error(action, "No such channel")
        return
    channel.variables[str(action.get("Variable", ""))] = str(action.get("Value", ""))
    session.reply(action, [("Message", "Variable Set")])


def _noted(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    """Keys and recorders: nothing is heard here, so that they are only answered."""
    if fake.dialplan.find(str(action.get("Channel", ""))) is None:
        session.error(action, "No such channel")
        return
    session.reply(action, [("Message", "Success")])


def _core_show_channels(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    items = [channel.listed() for channel in fake.channels.values()]
    complete = "CoreShowChannelsComplete"
    session.reply_list(action, "CoreShowChannel", items, "Channels will follow", complete)


def _status(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    wanted = str(action.get("Channel", ""))
    found = fake.dialplan.find(wanted)
    if wanted and found is None:
        session.error(action, "No such channel")
        return
    names = [name for name in _BETWEEN.split(str(action.get("Variables", ""))) if name]
    channels = [found] if found is not None else list(fake.channels.values())
    items = [
        [
            ("Privilege", "Call"),
            *channel.listed("BridgeID"),
            *(("Variable", f"{name}={_value(channel, name) or '(null)'}") for name in names),
        ]
        for channel in channels
    ]
    session.reply_list(action, "Status", items, "Channel status will follow", "StatusComplete")


def _getvar(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    name = str(action.get("Variable", ""))
    if name == NOW_AND_ZONE:
        zone = datetime.now().astimezone().strftime("%z")
        session.reply(action, [("Variable", name), ("Value", f"{time.time():.6f} {zone}")])
        return
    channel = fake.dialplan.find(str(action.get("Channel", "")))
    if channel is None:
        session.error(action, "No such channel")
        return
    session.reply(action, [("Variable", name), ("Value", _value(channel, name))])


def _value(channel: Channel, name: str) -> str:
    """What a variable or function holds on a channel; "" when it is not set."""
    values = {
        "CDR(answer,u)": f"{channel.answered_at:.6f}",
        "CDR(start,u)": f"{channel.started_at:.6f}",
        "CDR(bridged)": f"{channel.bridged_at:.6f}" if channel.bridged_at else "",
        "CDR(leg)": channel.leg,
        "CDR(stage)": channel.stage,
        "DIALER_DOING": channel.doing,
        "DIALER_ANSWERED": f"{channel.answered_at:.6f}" if channel.answered_at else "",
        "DIALER_BRIDGED": f"{channel.bridged_at:.6f}" if channel.bridged_at else "",
        "BRIDGEPEER": channel.peer.name if channel.peer is not None else "",
    }
    return values.get(name) or channel.variables.get(name, "")


def _core_status(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    begun = datetime.fromtimestamp(fake.started_at).astimezone()
    date, clock = begun.strftime("%Y-%m-%d"), begun.strftime("%H:%M:%S")
    session.reply(
        action,
        [
            ("CoreStartupDate", date),
            ("CoreStartupTime", clock),
            ("CoreReloadDate", date),
            ("CoreReloadTime", clock),
            ("CoreCurrentCalls", str(len(fake.channels))),
        ],
    )


def _user_event(fake: FakeAsterisk, session: FakeAmiSession, action: Message) -> None:
    ours = ("Action", "ActionID")
    fake.emit("UserEvent", [p for p in action.pairs() if p[0] not in ours], privilege="user,all")
    session.reply(action, [("Message", "Event Sent")])


_HANDLERS: dict[str, Callable[[FakeAsterisk, FakeAmiSession, Message], None]] = {
    "Originate": _originate,
    "Hangup": _hangup,
    "CoreStatus": _core_status,
    "CoreShowChannels": _core_show_channels,
    "Status": _status,
    "Getvar": _getvar,
    "UserEvent": _user_event,
    "Redirect": _redirect,
    "Bridge": _bridge,
    "Setvar": _set_variable,
    "PlayDTMF": _noted,
    "MixMonitorMute": _noted,
    "MixMonitor": _noted,
    "StopMixMonitor": _noted,
}


# --- a process of its own


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.kit.fake_asterisk",
        description="A fake Asterisk on loopback. Prints one JSON line with its AMI port and its "
        "pid, and ends with its standard input.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="AMI port; 0 takes a free one")
    parser.add_argument("--user", default="dialer")
    parser.add_argument("--secret", default="secret")
    parser.add_argument("--system-name", default="")
    parser.add_argument(
        "--rate-law", default="", help="e.g. answer=0.4,busy=0.05,ring_s=6,talk_s=30,patience_s=5"
    )
    parser.add_argument("--message-s", type=float, default=5.0)
    parser.add_argument("--ledger", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    found = parser.parse_args(arguments)
    try:
        found.law = parse_law(found.rate_law)
    except ValueError as error:
        parser.error(f"--rate-law: {error}")
    return found


async def _serve(options: argparse.Namespace) -> None:
    fake = FakeAsterisk(
        fates=options.law,
        users={options.user: options.secret},
        ledger=options.ledger,
        system_name=options.system_name,
        message_s=options.message_s,
        speed=options.law.speed,
        seed=options.seed,
    )
    fake.keeps_received = False
    await fake.start(options.host, options.port)
    sys.stdout.write(json.dumps({"ami_port": fake.port, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()
    await _until_told_to_end()
    sys.stdout.write(json.dumps({"cpu_s": time.process_time(), **fake.dialplan.counts}) + "\n")
    sys.stdout.flush()
    await fake.close()


async def _until_told_to_end() -> None:
    """SIGTERM, SIGINT, or the end of standard input: the parent is gone."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def watch() -> None:
        await reader.read()
        over.set()

    spawn(watch(), name="fake-asterisk-stdin")
    await over.wait()


def main(arguments: list[str] | None = None) -> None:
    """Run until told to end."""
    options = _arguments(arguments)
    try:
        import uvloop  # not on every platform
    except ImportError:
        asyncio.run(_serve(options))
    else:
        uvloop.run(_serve(options))


if __name__ == "__main__":
    main()
