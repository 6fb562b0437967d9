"""Start, watch and end one Asterisk of our own."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import structlog

from dialer import descriptors
from dialer.asterisk.child import die_with_parent
from dialer.asterisk.free_ports import is_free
from dialer.asterisk.node_settings import AsteriskSettings
from dialer.asterisk.render import hold_folder, render, socket_dir, write_files
from dialer.asterisk.sounds import write_hold_music
from dialer.asterisk.tree import AsteriskInstall
from dialer.realtime import let_first

log = structlog.get_logger(__name__)
BOOT_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 5.0
# One channel takes about four descriptors (two RTP, two RTCP sockets), a recording one more.
WANTED_OPEN_FILES = 20_000


class NodeError(RuntimeError):
    """The node did not start, or could not be stopped; one line says why and what to do."""


@dataclass(frozen=True)
class NodeStatus:
    """`state`: running (answers on its manager port), starting, or stopped."""

    state: Literal["running", "starting", "stopped"]
    pid: int | None
    version: str
    ami: tuple[str, int]
    open_files: int | None
    run_dir: Path


class AsteriskNode:
    """One Asterisk: its settings, its files, and its process while it runs.

    `render` and `write` replace the node's own templates by others (the demo's public network).
    """

    def __init__(
        self,
        settings: AsteriskSettings,
        install: AsteriskInstall,
        *,
        files: Callable[[AsteriskSettings, AsteriskInstall], dict[str, str]] | None = None,
    ) -> None:
        self.settings = settings
        self.install = install
        self._files = files or render
        self._process: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------------------------- on disk

    def prepare(self) -> None:
        """Write the configuration and make every folder Asterisk expects; keeps what is there."""
        settings = self.settings
        run_dir = settings.run_dir
        run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("lib/keys", "agi", "spool", "cache", "log/cdr-custom", "log/cdr-csv"):
            (run_dir / name).mkdir(parents=True, exist_ok=True)
        socket_dir(settings).mkdir(parents=True, exist_ok=True)
        self._link_data(run_dir / "data")
        write_hold_music(hold_folder(settings) / "hold.wav")
        write_files(settings.conf_dir, self._files(settings, self.install))

    def _link_data(self, data: Path) -> None:
        """A data folder of links: the installation's own, with sounds under their language.

        Debian keeps English in `en_US_f_Allison`, where language `en` does not find it.
        """
        (data / "sounds").mkdir(parents=True, exist_ok=True)
        for entry in self.install.data.iterdir():
            if entry.name != "sounds":
                _link(data / entry.name, entry)
        theirs = self.install.data / "sounds"
        for entry in sorted(theirs.iterdir()) if theirs.is_dir() else []:
            if entry.is_dir():
                _link(data / "sounds" / entry.name, entry)
        english = sorted(theirs.glob("en_US_*")) if theirs.is_dir() else []
        if english and not (theirs / "en").exists():
            _link(data / "sounds/en", english[0])

    # ------------------------------------------------------------------------------- process

    def start(self, *, detached: bool = False, timeout_s: float = BOOT_TIMEOUT_S) -> None:
        """Write the configuration, start, and return when fully booted. Raises NodeError.

        As a child it dies with this process, whatever ends it; `detached` lets it live on, and
        another process finds it by its pid file.
        """
        self.begin(detached=detached)
        try:
            self.wait_booted(timeout_s)
        except BaseException:
            self.kill()
            raise

    def begin(self, *, detached: bool = False) -> None:
        """The first half of `start`, for several nodes at once: `wait_booted` is the second."""
        if self.pid() is not None:
            raise NodeError(f"{self.settings.node} runs already (pid {self.pid()})")
        self._check_ports()
        self.prepare()
        (self.settings.run_dir / "log/messages").unlink(missing_ok=True)
        # The kernel ties the child to the thread that starts it, not to the process: a worker
        # thread that ends would take Asterisk with it.
        is_tied = not detached and threading.current_thread() is threading.main_thread()
        # What the child does to itself before it becomes Asterisk.
        raised = partial(descriptors.raised, self._open_files())
        run = self.install.program
        console = self.settings.run_dir / "log/console"
        with console.open("wb") as output:
            self._process = subprocess.Popen(
                [*run.argv, "-f", "-C", str(self.settings.conf_dir / "asterisk.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=run.env(),
                cwd=self.settings.run_dir,
                start_new_session=True,
                # What it writes (recordings, its log, the ledger) is for its own user.
                umask=0o077,
                preexec_fn=die_with_parent(raised) if is_tied else raised,  # noqa: PLW1509
            )
        self._pid_file.write_text(f"{self._process.pid}\n", encoding="ascii")

    def _check_ports(self) -> None:
        """Asterisk itself would boot, and leave out what it cannot bind."""
        ports, settings = self.settings.ports, self.settings
        for name, port, host in (
            ("SIP", ports.sip, settings.sip_bind),
            ("manager", ports.ami, settings.ami_bind),
            ("http", ports.http, settings.http_bind),
        ):
            if not is_free(port, host):
                raise NodeError(
                    f"{settings.node}: the {name} port {host}:{port} is in use: "
                    "end the other program or choose another port"
                )

    def _open_files(self) -> int:
        return self.settings.max_open_files or WANTED_OPEN_FILES

    @property
    def _pid_file(self) -> Path:
        return self.settings.run_dir / "node.pid"

    def pid(self) -> int | None:
        """The process's id while it lives; a stale pid file does not count."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        # Ours has ended, or there was none: somebody may have started one since.
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        # The number may have been given to another program since.
        return pid if str(self.settings.conf_dir).encode() in command else None

    def wait_booted(self, timeout_s: float = BOOT_TIMEOUT_S) -> None:
        """Return when the manager says FullyBooted. Raises NodeError with the log's own reason."""
        deadline = time.monotonic() + timeout_s
        while True:
            if self.pid() is None:
                raise NodeError(f"{self.settings.node} ended while starting: {self._reason()}")
            left = deadline - time.monotonic()
            if left <= 0:
                raise NodeError(
                    f"{self.settings.node} did not boot within {timeout_s:g} s: {self._reason()}"
                )
            try:
                if self._says_booted(left):
                    self._go_first()
                    return
            except ConnectionRefusedError:
                time.sleep(0.01)  # not listening yet: there is nothing to wait on
            except OSError:
                continue

    def _go_first(self) -> None:
        """As its own option `-p` would, but for a watchdog program that has to be on PATH."""
        pid = self.pid()
        if self.settings.realtime and pid is not None and not let_first(pid):
            log.info("Asterisk shares its time with other programs", node=self.settings.node)

    def _says_booted(self, timeout_s: float) -> bool:
        secrets = self.settings.secrets
        with AmiOnce(self.ami, "dialer", secrets.ami_dialer, timeout_s) as ami:
            return ami.read_until("Event: FullyBooted")

    @property
    def ami(self) -> tuple[str, int]:
        """Address of the manager port, as this machine reaches it."""
        bind = self.settings.ami_bind
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 (replaced, not bound)
        return host, self.settings.ports.ami

    def stop(self, timeout_s: float = _STOP_TIMEOUT_S) -> None:
        """End it: SIGTERM is Asterisk's "stop now"; SIGKILL after `timeout_s`."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            if not self._gone(timeout_s):
                self.kill()
        self._forget()

    def kill(self) -> None:
        """End it as a crash would."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._gone(_STOP_TIMEOUT_S)
        self._forget()

    def _forget(self) -> None:
        self._process = None
        if self.pid() is None:
            self._pid_file.unlink(missing_ok=True)

    def _gone(self, timeout_s: float) -> bool:
        """Whether the process has ended within the time."""
        if self._process is not None:
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return False
            return True
        pid = self.pid()
        if pid is None:
            return True
        try:
            watch = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            import select  # noqa: PLC0415  (only needed for a process that is not our child)

            poll = select.poll()
            poll.register(watch, select.POLLIN)
            return bool(poll.poll(timeout_s * 1000))
        finally:
            os.close(watch)

    # -------------------------------------------------------------------------------- looking

    def status(self) -> NodeStatus:
        """What can be seen from outside, without logging in."""
        pid = self.pid()
        state: Literal["running", "starting", "stopped"] = "stopped"
        if pid is not None:
            state = "running" if _accepts(self.ami) else "starting"
        return NodeStatus(
            state, pid, self.install.version, self.ami, _open_file_limit(pid), self.settings.run_dir
        )

    def cli(self, command: str, timeout_s: float = 10.0) -> str:
        """What `asterisk -rx COMMAND` prints: for people and tests, not for the engine."""
        run = self.install.program
        conf = str(self.settings.conf_dir / "asterisk.conf")
        done = subprocess.run(
            [*run.argv, "-C", conf, "-rx", command],
            capture_output=True,
            text=True,
            errors="replace",
            env=run.env(),
            timeout=timeout_s,
            check=False,
        )
        if done.returncode != 0:
            raise NodeError(f"{self.settings.node} does not answer: {done.stderr.strip()}")
        return done.stdout

    def log_lines(self) -> list[str]:
        """Notices, warnings and errors since the start."""
        path = self.settings.run_dir / "log/messages"
        if not path.exists():
            return []
        return path.read_text(encoding="utf-8", errors="replace").splitlines()

    def why_it_ended(self) -> str:
        """What its log says last, for one line."""
        return self._reason()

    def _reason(self) -> str:
        errors = [line for line in self.log_lines() if "ERROR" in line]
        console = self.settings.run_dir / "log/console"
        with contextlib.suppress(OSError):
            errors += console.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
        return errors[0][:300] if errors else f"see {self.settings.run_dir}/log"

    def __enter__(self) -> AsteriskNode:
        if self.pid() is None:
            self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


class AmiOnce:
    """A blocking manager session of a few lines: sees a boot, steers the public network."""

    def __init__(self, address: tuple[str, int], user: str, secret: str, timeout_s: float) -> None:
        self._socket = socket.create_connection(address, timeout=timeout_s)
        self._buffer = b""
        self.action("Login", Username=user, Secret=secret)

    def action(self, name: str, **headers: str) -> None:
        """Send one action; values must not hold a line break."""
        lines = [f"Action: {name}", *(f"{key}: {value}" for key, value in headers.items())]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a manager header must not hold a line break")
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def read_until(self, text: str) -> bool:
        """Whether `text` comes before the other end closes. Raises TimeoutError."""
        return any(text in message for message in self.messages())

    def messages(self) -> Iterator[str]:
        """Messages as text, until the other end closes. Raises TimeoutError."""
        while True:
            while b"\r\n\r\n" in self._buffer:
                message, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
                yield message.decode("utf-8", "replace")
            part = self._socket.recv(65536)
            if not part:
                return
            self._buffer += part

    def __enter__(self) -> AmiOnce:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._socket.close()


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if Path(os.readlink(link)) == target:
            return
        link.unlink()
    if not link.exists():
        link.symlink_to(target)


def _accepts(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=1.0).close()
    except OSError:
        return False
    return True


def _open_file_limit(pid: int | None) -> int | None:
    if pid is None:
        return None
    try:
        return resource.prlimit(pid, resource.RLIMIT_NOFILE)[0]
    except OSError:
        return None
