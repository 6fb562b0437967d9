"""One engine to a database, one to an Asterisk.

Two engines would book each other's conversations as lost and hang up each other's reps. So who
works with a thing writes its name into it, and says again every two seconds that it lives. On the
same machine the kernel knows whether it does; of an engine elsewhere only the count of what it said
can be watched, for no two machines' clocks agree.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import structlog

from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import AmiError
from dialer.asterisk.holders import AstdbHolders
from dialer.asterisk.messages import Message
from dialer.ids import new_id
from dialer.kit.start_errors import StartError
from dialer.ports.holders import Held, Holder, Holders
from dialer.ports.store import StoreError
from dialer.settings import Settings
from dialer.settings.node import ami_secret

log = structlog.get_logger(__name__)

BEAT_EVERY_S = 2.0
#: An engine that was silent for so long is taken for dead. Five beats: a busy disk loses some.
SILENT_S = 10.0
_LOOK_EVERY_S = 0.5
#: An Asterisk that runs answers a login within milliseconds.
UP_WITHIN_S = 2.0

Standing = Literal["free", "taken", "unknown"]


def myself(folder: Path) -> Holder:
    """This process, as a holder."""
    pid = os.getpid()
    return Holder(
        token=new_id(), place=_place(), pid=pid, started=started(pid) or 0,
        host=socket.gethostname(), folder=str(folder),
    )  # fmt: skip


def standing(held: Held | None, me: Holder, started_of: Callable[[int], int | None]) -> Standing:
    """Whether what is `held` may be taken; "unknown": only its silence would tell.

    `started_of`: when the process of that number was started on this machine; None: there is none.
    """
    if held is None:
        return "free"
    other = held.holder
    if other.place != me.place:
        return "unknown"
    lives = started_of(other.pid) == other.started and other.pid != me.pid
    return "taken" if lives else "free"


def started(pid: int) -> int | None:
    """When the process was started, in the kernel's ticks; None: there is none.

    A number that was given to another program since has another start.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # The program's name may hold spaces and brackets: the fields are counted behind it.
    state, *rest = text.rpartition(")")[2].split()
    return None if state == "Z" else int(rest[18])


def _place() -> str:
    """This machine since its start, and this table of processes: a container has one of its own."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return hashlib.sha256(f"{boot} {os.readlink('/proc/self/ns/pid')}".encode()).hexdigest()[:16]


class Hold:
    """What this engine holds. `what` names it for people: "this database"; `lost` is set when
    somebody else has it.
    """

    def __init__(self, what: str, holders: Holders, me: Holder, lost: asyncio.Event) -> None:
        self._what, self._holders, self._me, self._lost = what, holders, me, lost

    async def claim(self) -> None:
        """Hold it. Raises StartError where another engine does, and what `holders` raises."""
        held = await self._holders.read()
        if standing(held, self._me, started) == "unknown" and held is not None:
            held = await self._silent(held)
        if held is not None and standing(held, self._me, started) == "taken":
            raise self._taken(held)
        if not await self._holders.take(self._me, held):
            raise self._taken(await self._holders.read())

    async def _silent(self, held: Held) -> Held | None:
        """The same, after it has been silent long enough. Raises StartError when it speaks."""
        log.info("another engine was here: is it still?", what=self._what, holder=str(held.holder))
        loop = asyncio.get_running_loop()
        until = loop.time() + SILENT_S
        while loop.time() < until:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = await self._holders.read()
            if now != held:
                if now is None:
                    return None
                raise self._taken(now)
        return held

    def _taken(self, held: Held | None) -> StartError:
        who = f" ({held.holder})" if held is not None else ""
        return StartError(
            f"another engine uses {self._what}{who}: stop it first, or give this service "
            "one of its own; several engines on one are not supported yet"
        )

    async def keep(self) -> None:
        """Say again and again that it is held."""
        while not self._lost.is_set():
            await asyncio.sleep(BEAT_EVERY_S)
            await self._beat()

    async def _beat(self) -> None:
        try:
            is_ours = await self._holders.beat(self._me)
        except (StoreError, AmiError):
            return  # It is away, for everybody. Who looks after it says so.
        if not is_ours:
            log.error("another engine has taken over", what=self._what)
            self._lost.set()

    async def give_up(self) -> None:
        try:
            await self._holders.give_up(self._me)
        except (StoreError, AmiError) as error:
            log.info("could not be given up", what=self._what, error=str(error))


def asterisk_hold(ami: AmiClient, me: Holder, lost: asyncio.Event) -> Hold:
    return Hold("this Asterisk", AstdbHolders(ami), me, lost)


async def claim_asterisk(settings: Settings, me: Holder, lost: asyncio.Event) -> None:
    """Before the engine is there to hang up whom it does not know. Raises StartError.

    An Asterisk that is away is claimed when it comes.
    """
    asterisk = settings.asterisk
    ami = AmiClient(
        asterisk.ami_host,
        asterisk.ami_port,
        asterisk.ami_user,
        ami_secret(settings),
        on_event=_ignored,
        wanted=(),
    )
    await ami.start()
    try:
        await ami.wait_up(UP_WITHIN_S)
        await asterisk_hold(ami, me, lost).claim()
    except (TimeoutError, AmiError) as error:
        log.warning("Asterisk cannot be asked whose it is", error=str(error) or "no answer")
    finally:
        await ami.close()


def _ignored(_message: Message) -> None:
    """Whose Asterisk it is, is asked for."""
