"""The bus in memory, on any clock, and a Redis server of a test's own to pull the plug of."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dialer.bus.inprocess import InProcessBus

_START_S = 10.0


class InMemoryBus(InProcessBus):
    """The in-process bus on a clock that the test moves."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(now)


def redis_program() -> list[str] | None:
    """The command of a Redis or Valkey server on this machine, if there is one."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            return [found]
    return None


class RedisServer:
    """A Redis server on a free loopback port that keeps nothing on disk unless told to.

    `program` is its command; `folder` is where it may write. A context manager.
    """

    def __init__(self, program: Sequence[str], folder: Path, *, password: str = "") -> None:
        self._program = list(program)
        self._folder = folder
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def url(self, db: int = 0) -> str:
        secret = f":{self._password}@" if self._password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/{db}"

    def start(self) -> None:
        """Returns when it answers; raises RuntimeError with its last words when it does not."""
        log = self._folder / f"redis-{self.port}.log"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        command = [*self._program, *options, str(self._folder), "--logfile", str(log)]
        if self._password:
            command += ["--requirepass", self._password]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                words = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
                raise RuntimeError(f"{command[0]} did not start: {words[-400:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """As a power failure does it."""
        if self._process is not None:
            self.resume()
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """As a service is stopped: what it keeps on disk is saved."""
        if self._process is not None:
            self.resume()
            self._process.terminate()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Killed and started again on the same port; its memory is lost."""
        self.kill()
        self.start()

    def suspend(self) -> None:
        """It keeps its connections and answers nothing until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _answers(self) -> bool:
        """A PONG, or the refusal of one who gave no password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
