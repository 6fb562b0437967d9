"""A real PgBouncer before a PostgreSQL: transactions of one client run on changing servers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from dialer.asterisk.apt import fetch_packages
from dialer.asterisk.tree import Program, program
from tests.kit.services import Postgres, Server, free_port, server_folder, server_user

#: Fewer than a store's own connections, so that transactions change servers all the time.
SERVERS = 4


class PgBouncer(Server):
    """In transaction mode, for every database of one PostgreSQL."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self._upstream = make_url(postgres.url)
        run, port = pgbouncer_program(), free_port()
        argv = [*run.argv, str(folder / "pgbouncer.ini")]
        super().__init__(argv, run.env(), folder, port)
        self._owner = server_user()
        self._configure()

    def _configure(self) -> None:
        upstream = self._upstream
        (self.folder / "users").write_text(f'"{upstream.username}" "{upstream.password}"\n')
        (self.folder / "pgbouncer.ini").write_text(
            "[databases]\n"
            f"* = host=127.0.0.1 port={upstream.port}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\n"
            f"auth_type = scram-sha-256\nauth_file = {self.folder}/users\n"
            f"unix_socket_dir =\npool_mode = transaction\ndefault_pool_size = {SERVERS}\n"
            "server_login_retry = 1\nignore_startup_parameters = extra_float_digits\n"
        )
        if self._owner is not None:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, *self._owner)

    def url_of(self, database: str) -> str:
        """That database through the pooler."""
        here = self._upstream.set(port=self.port, database=database)
        return here.render_as_string(hide_password=False)


@contextmanager
def pgbouncer(postgres: Postgres) -> Iterator[PgBouncer]:
    """A running one, ended and deleted afterwards."""
    with server_folder("dialer-pgbouncer-") as folder:
        server = PgBouncer(folder, postgres)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def pgbouncer_program() -> Program:
    """Of this machine; else fetched from its own suite."""
    if found := shutil.which("pgbouncer"):
        return Program((found,))
    # It will not run as root, and another user cannot look into root's own cache.
    cache = Path("/var/cache/dialer") if os.geteuid() == 0 else None
    return program(fetch_packages(["pgbouncer"], cache=cache), "usr/sbin/pgbouncer")
