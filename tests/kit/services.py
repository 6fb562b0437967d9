"""PostgreSQL and Redis for tests and benches: real servers, without root, gone when done with."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dialer.asterisk.apt import fetch_packages
from dialer.asterisk.tree import Program, program

_START_TIMEOUT_S = 60.0  # of a machine that has much else to do


class ServiceError(RuntimeError):
    """A server did not start; the message holds the end of its log."""


class Server:
    """One program listening on a port of 127.0.0.1."""

    def __init__(self, argv: Sequence[str], env: dict[str, str], folder: Path, port: int) -> None:
        self.port = port
        self.folder = folder
        self._argv = list(argv)
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._owner: tuple[int, int] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start, and return when it accepts connections."""
        user, group = self._owner or (None, None)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                cwd=self.folder,
                user=user,
                group=group,
                extra_groups=[] if user is not None else None,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                log_end = (self.folder / "log").read_text(errors="replace")[-600:]
                self.kill()
                raise ServiceError(f"{Path(self._argv[0]).name} did not start: {log_end}")
            time.sleep(0.01)

    def _accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End it in good order: PostgreSQL's fast shutdown, Redis' too."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Stop it in place, as a machine that hangs; `resume` lets it go on."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """The opposite of `pause`."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.resume()
            self._process.send_signal(how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class Redis(Server):
    """A Redis with nothing in it that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        port = free_port(below=55_536)  # in cluster mode it takes the one 10,000 above, too
        run = redis_program()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__([*run.argv, *options, "--dir", str(folder)], run.env(), folder, port)

    @property
    def url(self) -> str:
        """As redis-py takes it."""
        return f"redis://127.0.0.1:{self.port}/0"


class Postgres(Server):
    """A PostgreSQL with an empty database `dialer`, and a way to make more of them."""

    def __init__(self, folder: Path) -> None:
        self._bin, library_env = postgres_programs()
        self._password = secrets.token_urlsafe(12)
        self.data = folder / "data"
        port = free_port()
        env = {**os.environ, **library_env, "LC_ALL": "C", "TZ": "UTC"}
        argv = [f"{self._bin}/postgres", "-D", str(self.data), "-p", str(port), "-h", "127.0.0.1"]
        # Nothing here must outlive a crash of the machine: fsync costs most of a test's time.
        for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
            argv += ["-c", setting]
        argv += ["-c", "max_connections=200", "-c", f"unix_socket_directories={folder}"]
        super().__init__(argv, env, folder, port)
        self._owner = server_user()

    def _accepts(self) -> bool:
        """It listens before it is up, and refuses whoever comes by then."""
        return super()._accepts() and self._asks("pg_isready").returncode == 0

    @property
    def url(self) -> str:
        """As SQLAlchemy takes it, for asyncpg."""
        return self.url_of("dialer")

    def url_of(self, database: str) -> str:
        """The same for another database."""
        place = f"127.0.0.1:{self.port}/{database}"
        return f"postgresql+asyncpg://postgres:{self._password}@{place}"

    def start(self) -> None:
        """Make the cluster at the first start; return when it accepts connections."""
        if not self.data.exists():
            self._initialise()
            super().start()
            self.create_database("dialer")
        else:
            super().start()

    def _initialise(self) -> None:
        user, group = self._owner or (None, None)
        if user is not None and group is not None:
            os.chown(self.folder, user, group)
        password_file = self.folder / "password"
        password_file.write_text(self._password, encoding="ascii")
        password_file.chmod(0o644)  # its folder is 0700
        command = [f"{self._bin}/initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8"]
        command += ["--no-locale", "--no-sync", "-A", "scram-sha-256"]
        done = self._run([*command, f"--pwfile={password_file}"])
        if done.returncode != 0:
            raise ServiceError(f"initdb failed: {done.stderr.strip()[-400:]}")

    def create_database(self, name: str) -> str:
        """Make an empty database; its URL."""
        done = self._asks("createdb", name)
        if done.returncode != 0:
            raise ServiceError(f"createdb failed: {done.stderr.strip()[-400:]}")
        return self.url_of(name)

    def _asks(self, client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        server = ["-h", "127.0.0.1", "-p", str(self.port)]
        return self._run([f"{self._bin}/{client}", *server, *arguments])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        user, group = self._owner or (None, None)
        env = {**self._env, "PGUSER": "postgres", "PGPASSWORD": self._password}
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=env,
            cwd=self.folder,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            check=False,
        )


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A running Redis, ended and deleted afterwards."""
    with server_folder("dialer-redis-") as folder:
        server = Redis(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A running PostgreSQL with an empty database, ended and deleted afterwards."""
    with server_folder("dialer-postgres-") as folder:
        server = Postgres(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def server_folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port(below: int = 65_536) -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            if (port := int(probe.getsockname()[1])) < below:
                return port


def redis_program() -> Program:
    """Redis, or its twin Valkey, of this machine; else fetched from its own suite."""
    for name in ("redis-server", "valkey-server"):
        if (found := shutil.which(name)) and _works(Program((found,))):
            return Program((found,))
    return program(fetch_packages(["redis-server"]), "usr/bin/redis-server")


def _works(run: Program) -> bool:
    try:
        done = subprocess.run(
            [*run.argv, "--version"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def postgres_programs() -> tuple[Path, dict[str, str]]:
    """The folder of PostgreSQL's programs, and what to add to their environment."""
    folders = [Path(p).resolve().parent for p in [shutil.which("postgres")] if p]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and _works(Program((str(folder / "postgres"),))):
            return folder, {}
    # PostgreSQL will not run as root, and another user cannot look into root's own cache.
    cache = Path("/var/cache/dialer") if os.geteuid() == 0 else None
    tree = fetch_packages(["postgresql"], cache=cache)
    folder = next(iter(sorted(tree.glob("usr/lib/postgresql/*/bin"), reverse=True)))
    return folder, dict(program(tree, "").environ)


def server_user() -> tuple[int, int] | None:
    """(user, group) under which PostgreSQL must run when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    return 65534, 65534
