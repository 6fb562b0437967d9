"""The managed Asterisk: rendered, started, told of new phones, ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from dialer.asterisk.errors import AmiError
from dialer.asterisk.install import InstallError, install_asterisk
from dialer.asterisk.node import AsteriskNode, NodeError
from dialer.asterisk.node_settings import AsteriskSettings, SettingsError
from dialer.asterisk.sounds import SoundError
from dialer.ports.store import Store
from dialer.service.errors import StartError
from dialer.service.voices import message_files
from dialer.settings import Settings
from dialer.settings.node import node_settings, refused_phones
from dialer.settings.secrets import SecretsError

log = structlog.get_logger(__name__)

Reload = Callable[[str], Awaitable[object]]


async def described_node(settings: Settings, store: Store) -> AsteriskSettings:
    """What the node is told, the phones of all reps included. Raises StartError."""
    endpoints = tuple(agent.endpoint for agent in await store.agents.list())
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
        #: Started by a service of this state folder, this one or one that crashed: ours to end.
        self.is_ours = False

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
        mark = described.run_dir / "started-by-service"
        if (pid := self._node.pid()) is not None:
            self.is_ours = mark.exists() and mark.read_text(encoding="ascii").strip() == str(pid)
            log.info("Asterisk runs already", pid=pid, is_ours=self.is_ours)
            self._node.prepare()
            return
        self._node.start(detached=True)
        self.is_ours = True
        mark.write_text(f"{self._node.pid()}\n", encoding="ascii")
        log.info("Asterisk started", pid=self._node.pid(), version=self._node.install.version)

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
