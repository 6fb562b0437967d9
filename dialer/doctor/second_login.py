"""A second manager login, by a client nobody here wrote: pyst2's Manager.

It runs in a process of its own with a limit of time, because that client can hang for ever. The
secret comes by standard input: arguments of a process are seen by everybody on the machine.
"""

from __future__ import annotations

import subprocess
import sys

#: Login, one ping and logoff take milliseconds; a machine in a hurry starts a program in seconds.
LIMIT_S = 20.0


def log_in(host: str, port: int, user: str, secret: str, *, limit_s: float = LIMIT_S) -> str:
    """ "" when the login and a ping were answered, else why not."""
    # As a file: as a module it loads all that doctor works with. -P: `asterisk` is the client's
    # package, not the module of that name beside this one.
    command = [sys.executable, "-P", __file__, host, str(port), user]
    try:
        done = subprocess.run(
            command,
            input=secret,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {limit_s:g} s"
    if done.returncode == 0:
        return ""
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return lines[-1][:200] if lines else f"the client ended with status {done.returncode}"


def main(host: str, port: str, user: str, secret: str) -> int:
    """In the process of its own. Ends by `os._exit`: the client's threads may never end."""
    from asterisk.manager import Manager, ManagerException  # noqa: PLC0415

    manager = Manager()
    try:
        manager.connect(host, int(port))
        manager.login(user, secret)
        answer = manager.ping()
    except ManagerException as error:
        print(error)
        return 1
    except OSError as error:
        print(error.strerror or error)
        return 1
    except ValueError:
        # Its reader closes the file under its own writer, where the manager hangs up meanwhile.
        print("the manager closed the connection")
        return 1
    said = answer.headers.get("Response", "")
    print(f"ping was answered with {said!r}")
    return 0 if said == "Success" else 1


if __name__ == "__main__":
    import os

    status = main(sys.argv[1], sys.argv[2], sys.argv[3], sys.stdin.read().strip())
    sys.stdout.flush()
    os._exit(status)
