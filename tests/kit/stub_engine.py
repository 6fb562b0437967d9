"""An engine that does what a test scripted: to try the dialplan on a real Asterisk without a floor.

Everything goes through the project's own manager client and FastAGI server.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from agi.server import AgiServer
from agi.session import AgiSession
from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed
from dialer.asterisk.messages import Message
from dialer.asterisk.node import AsteriskNode
from dialer.ids import new_id

Answer = str | Callable[[AgiSession], None]
"""What to answer an ask for a route: a word for TO, or a function that does anything."""

LEDGER_COLUMNS = (
    *("uniqueid", "start", "answer", "end", "duration", "billsec"),
    *("disposition", "cause", "leg", "bridged", "stage"),
)


def silent(_session: AgiSession) -> None:
    """Never answer, as an engine that was stopped."""


def close(session: AgiSession) -> None:
    """End the session without a word, as an engine that crashed in mid-session."""
    session.close()


@dataclass(frozen=True)
class Ask:
    """One request for a route as it came in; `at` is unix seconds."""

    attempt: str
    answered: float
    reason: str
    amd: str
    at: float
    port: int = 0


@dataclass
class StubEngine:
    """Places calls and answers their asks from `script`, else by `default`."""

    node: AsteriskNode
    trunk: str = "carrier"
    default: Answer = "message"
    script: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    asks: list[Ask] = field(default_factory=list)
    hangups: list[str] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> StubEngine:
        host, port = self.node.ami
        secret = self.node.settings.secrets.ami_dialer
        self.ami = AmiClient(host, port, "dialer", secret, on_event=self._on_event)
        self.agi = AgiServer(self._on_ask)
        await self.agi.start()
        await self.ami.start()
        await self.ami.wait_up(10)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.hang_up_all()
        await self.ami.close()
        await self.agi.close()

    # ------------------------------------------------------------------------------- orders

    async def place(
        self,
        number: str,
        *answers: Answer,
        ring_timeout_s: float = 20,
        agi: str = "",
        attempt: str = "",
        **variables: str,
    ) -> str:
        """Call `number`; its asks get `answers` in turn. Returns the attempt's id."""
        attempt = attempt or new_id()
        self.script[attempt].extend(answers)
        told = {"DIALER_AGI": agi or f"127.0.0.1:{self.agi.port}", **variables}
        await self._originate(
            f"PJSIP/{number}@{self.trunk}", attempt, "dialer-callee", ring_timeout_s, told
        )
        return attempt

    async def call_rep(self, endpoint: str, timeout_s: float = 30.0) -> str:
        """Call a rep's phone, again where it cannot be reached yet; the parked leg's id."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            leg = f"leg-{new_id()}"
            await self._originate(f"PJSIP/{endpoint}", leg, "dialer-rep", 10, {})
            await self.until(partial(self._answered, leg), what=f"{endpoint}'s leg parked")
            if self.holding(leg):
                return leg
        raise TimeoutError(f"{endpoint} cannot be called")

    def _answered(self, leg: str) -> bool:
        return bool(self.holding(leg)) or self.refused(leg)

    def refused(self, channel: str) -> bool:
        """Whether Asterisk said that an Originate came to nothing."""
        wanted = f"originate-{channel}"
        said = [e for e in self.seen("OriginateResponse") if e.get("ActionID") == wanted]
        return any(e["Response"] == "Failure" for e in said)

    async def parked(self, leg: str, times: int = 1) -> None:
        """Return when the leg has entered its holding bridge `times` times."""
        await self.until(lambda: len(self.holding(leg)) >= times, what=f"{leg} parked")

    def holding(self, leg: str) -> list[Message]:
        """The BridgeEnter events of `leg` into its own holding bridge."""
        entered = self.seen("BridgeEnter", leg)
        return [e for e in entered if e.get("BridgeTechnology") == "holding_bridge"]

    async def _originate(
        self, channel: str, channel_id: str, context: str, timeout_s: float, told: dict[str, str]
    ) -> None:
        pairs: list[tuple[str, str | int | float | bool]] = [
            ("Action", "Originate"),
            ("ActionID", f"originate-{channel_id}"),
            ("Channel", channel),
            ("ChannelId", channel_id),
            ("Context", context),
            ("Exten", "s"),
            ("Priority", "1"),
            ("Timeout", int(timeout_s * 1000)),
            ("CallerID", "+12125550199"),
            ("EarlyMedia", "false"),
            ("Async", "true"),
        ]
        pairs += [("Variable", f"{name}={value}") for name, value in told.items()]
        (reply,) = self.ami.send_nowait([pairs])
        await reply

    async def hang_up(self, channel: str) -> None:
        """End one channel."""
        await self.ami.action("Hangup", Channel=channel, Cause="16")

    async def hang_up_all(self) -> None:
        """End every channel of the node and wait until they are gone."""
        for message in await self.channels():
            with contextlib.suppress(ActionFailed):  # it has ended by itself meanwhile
                await self.ami.action("Hangup", Channel=message["Channel"])
        deadline = time.monotonic() + 5
        while await self.channels():
            if time.monotonic() > deadline:
                raise TimeoutError("channels that do not end")
            await asyncio.sleep(0.02)

    async def channels(self) -> list[Message]:
        """What is up on the node."""
        return await self.ami.action_list("CoreShowChannels")

    async def getvar(self, channel: str, name: str) -> str:
        """A channel variable or dialplan function's value."""
        reply = await self.ami.action("Getvar", Channel=channel, Variable=name)
        return str(reply.get("Value", ""))

    # ------------------------------------------------------------------------------ looking

    def seen(self, event: str, channel: str = "") -> list[Message]:
        """Events of a name, of one channel (by id) where given."""
        return [
            e
            for e in self.events
            if e.event == event
            and (not channel or channel in {e.get("Uniqueid"), e.get("DestUniqueid")})
        ]

    def reasons(self, attempt: str) -> list[str]:
        """The reasons with which a callee asked, in order."""
        return [ask.reason for ask in self.asks if ask.attempt == attempt]

    async def until(
        self, condition: Callable[[], object], timeout_s: float = 10.0, what: str = ""
    ) -> None:
        """Return when `condition()` holds; looked at after each event and ask."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            self._changed.clear()
            left = deadline - time.monotonic()
            try:
                await asyncio.wait_for(self._changed.wait(), min(0.1, max(0.0, left)))
            except TimeoutError:
                if left <= 0:
                    raise TimeoutError(f"not within {timeout_s:g} s: {what}") from None

    async def asked(self, attempt: str, times: int = 1) -> list[Ask]:
        """The asks of one callee, once there are so many."""
        await self.until(lambda: len(self.reasons(attempt)) >= times, what=f"{times} asks")
        return [ask for ask in self.asks if ask.attempt == attempt]

    async def ended(self, channel: str, timeout_s: float = 20.0) -> Message:
        """The Hangup event of a channel, once it has come."""
        await self.until(lambda: self.seen("Hangup", channel), timeout_s, f"{channel} hung up")
        return self.seen("Hangup", channel)[0]

    async def ledger_rows(self, attempt: str, timeout_s: float = 5.0) -> list[dict[str, str]]:
        """The node's own rows of an attempt, once there is one."""
        path = self.node.settings.ledger
        await self.until(
            lambda: any(read_ledger(path, [attempt])), timeout_s, f"a row of {attempt}"
        )
        return read_ledger(path, [attempt])

    # ------------------------------------------------------------------------------- inside

    def _on_event(self, message: Message) -> None:
        self.events.append(message)
        self._changed.set()

    def _on_ask(self, session: AgiSession) -> None:
        args = [*session.request.args, "", "", ""]
        attempt = session.request.uniqueid
        self.asks.append(Ask(attempt, float(args[0] or 0), args[1], args[2], time.time()))
        session.on_hangup = lambda: self.hangups.append(attempt)
        waiting = self.script[attempt]
        answer = waiting.popleft() if waiting else self.default
        if isinstance(answer, str):
            session.finish_with("TO", answer)
        else:
            answer(session)
        self._changed.set()


def read_ledger(path: Path, attempts: Iterable[str] | None = None) -> list[dict[str, str]]:
    """The ledger's rows as dictionaries, of these attempts or of all."""
    if not path.exists():
        return []
    wanted = None if attempts is None else set(attempts)
    with path.open(newline="", encoding="utf-8") as lines:
        rows = [dict(zip(LEDGER_COLUMNS, row, strict=True)) for row in csv.reader(lines)]
    return [row for row in rows if wanted is None or row["uniqueid"] in wanted]
