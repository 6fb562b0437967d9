"""The bus in memory, on any clock, and a Redis server whose plug a test may pull."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dialer.bus.inprocess import InProcessBus
from tests.kit.services import Redis


class InMemoryBus(InProcessBus):
    """The in-process bus on a clock that the test moves."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(now)


class RedisServer(Redis):
    """A Redis of one test's own, with a password and options where wanted. A context manager."""

    def __init__(self, folder: Path, *, password: str = "", options: Sequence[str] = ()) -> None:
        super().__init__(folder)
        self.password = password
        if password:
            self._argv += ["--requirepass", password]
        self._argv += options

    def database(self, number: int) -> str:
        """The URL of one of its databases."""
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/{number}"

    def restart(self) -> None:
        """Killed and started again on the same port; its memory is lost."""
        self.kill()
        self.start()

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
