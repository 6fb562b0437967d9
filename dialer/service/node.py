"""The managed Asterisk: rendered, started, told of new phones, ended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from dialer.asterisk.errors import AmiError
from dialer.asterisk.install import InstallError, install_asterisk
from dialer.asterisk.node import AsteriskNode, NodeError
from dialer.asterisk.node_settings import AsteriskSettings, SettingsError
from dialer.asterisk.sounds import SoundError
from dialer.asterisk.timing import Backoff
from dialer.features.settings.voices import message_files
from dialer.kit.start_errors import StartError
from dialer.ports.scope import everything
from dialer.ports.store import Store
from dialer.settings import Settings
from dialer.settings.node import node_settings, refused_phones
from dialer.settings.secrets import SecretsError

log = structlog.get_logger(__name__)

#: How soon it is seen that Asterisk has ended.
LOOK_EVERY_S = 0.5
#: One that ran for so long had no fault that it starts with.
STEADY_S = 60.0
_AGAIN = Backoff(first_s=1.0, longest_s=30.0)

Reload = Callable[[str], Awaitable[object]]


async def described_node(settings: Settings, store: Store) -> AsteriskSettings:
    """What the node is told, the phones of all reps included. Raises StartError."""
    endpoints = tuple(
        agent.endpoint
        for agent in await store.agents.list(everything("every phone is written down"))
    )
    return await asyncio.to_thread(_described, settings, endpoints)


def _described(settings: Settings, endpoints: tuple[str, ...]) -> AsteriskSettings:
    try:
        messages = message_files(settings)
    except SoundError as error:
        log.warning("no message for abandoned callees can be made", error=str(error))
        messages = ()
    try:
        for name, problem in refused_phones(settings).items():
            log.error("a phone is left out", endpoint=name, why=problem)
        return node_settings(settings, endpoints=endpoints, messages=messages)
    except SecretsError as error:
        raise StartError(str(error)) from None
    except (OSError, ValueError) as error:
        raise StartError(f"the phones in {settings.state_dir} cannot be read: {error}") from None


class ManagedNode:
    """An Asterisk of our own. It lives on when the service is killed: conversations must."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._node: AsteriskNode | None = None
        self._rng = random.Random()  # noqa: S311  (spreads the tries; guards nothing)

    @property
    def is_ours(self) -> bool:
        """Begun by a service of this state folder, this one or one that crashed: ours to end."""
        pid = None if self._node is None else self._node.pid()
        try:
            return pid is not None and int(self._mark.read_text(encoding="ascii")) == pid
        except (OSError, ValueError):
            return False

    @property
    def _mark(self) -> Path:
        assert self._node is not None
        return self._node.settings.run_dir / "started-by-service"

    async def start(self) -> AsteriskSettings:
        """Running, with today's configuration. Raises StartError."""
        described = await described_node(self._settings, self._store)
        try:
            await asyncio.to_thread(self._start, described)
        except (InstallError, NodeError, SettingsError) as error:
            raise StartError(str(error)) from None
        return described

    def _start(self, described: AsteriskSettings) -> None:
        self._node = AsteriskNode(described, install_asterisk())
        if (pid := self._node.pid()) is not None:
            log.info("Asterisk runs already", pid=pid, is_ours=self.is_ours)
            self._node.prepare()
            return
        self._begin(self._node)

    def _begin(self, node: AsteriskNode) -> None:
        node.start(detached=True)
        self._mark.write_text(f"{node.pid()}\n", encoding="ascii")
        log.info("Asterisk started", pid=node.pid(), version=node.install.version)

    async def keep_up(self) -> None:
        """Begin it again whenever it has ended: at once, and more rarely if it ends every time."""
        assert self._node is not None
        loop, ends, begun = asyncio.get_running_loop(), 0, -STEADY_S
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if await asyncio.to_thread(self._node.pid) is not None:
                continue
            ends = 1 if loop.time() - begun >= STEADY_S else ends + 1
            log.error("Asterisk has ended", why=self._node.why_it_ended(), times=ends)
            if ends > 1:
                await asyncio.sleep(_AGAIN.delay_s(ends - 1, self._rng))
            begun = loop.time()
            try:
                await asyncio.to_thread(self._begin, self._node)
            except (NodeError, SettingsError, OSError) as error:
                log.error("Asterisk could not be begun again", why=str(error))

    async def phones_changed(self, reload: Reload) -> str | None:
        """Have Asterisk know the phones as they are now; None, or what is left to do."""
        described = await described_node(self._settings, self._store)
        assert self._node is not None
        self._node.settings = described
        try:
            await asyncio.to_thread(self._node.prepare)
            await reload("res_pjsip.so")
        except (AmiError, SettingsError, OSError) as error:
            return f"Asterisk does not know the phone yet ({error}): dialer asterisk stop, start"
        return None

    async def stop(self) -> None:
        if self._node is not None:
            await asyncio.to_thread(self._node.stop)
