"""Build .venv from pyproject.toml and constraints.txt, on whatever Python 3.11+ runs this.

Uses the standard library only, and of that only what Debian's smallest `python3` has: where
`ensurepip` is missing, pip comes from Debian's own `python3-pip-whl`, fetched without root.
Interrupted runs leave a mark and start afresh; two runs at once wait for each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What builds the packages that have no wheel, pinned like everything else.
BUILD_TOOLS = ["hatchling", "editables", "setuptools", "wheel"]
# Settings of the caller's shell that would put packages elsewhere.
FOREIGN = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"}
SYSTEM_WHEELS = Path("/usr/share/python-wheels")


class BootstrapError(Exception):
    """The environment cannot be made: the message says why and what to do."""


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` (which is only read), waiting for whoever has it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of this folder is running; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def cache_dir() -> Path:
    """Where downloads are kept between clones (XDG)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "dialer"


def is_ready(venv: Path, key: str) -> bool:
    """True when `venv` was finished for `key` and its Python still runs."""
    try:
        ready = (venv / "dialer-ready").read_text().strip() == key
    except OSError:
        return False
    return ready and runs(venv)


def runs(venv: Path) -> bool:
    """True when the environment's Python is there, recent enough, and is this environment's."""
    probe = "import sys; print(sys.version_info >= (3, 11), sys.prefix)"
    try:
        answer = subprocess.run(
            [venv / "bin/python", "-c", probe], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer == f"True {venv}"


def has_ensurepip() -> bool:
    """Debian ships it apart from `python3`, in python3-venv."""
    try:
        import ensurepip  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def make_venv(venv: Path) -> None:
    """An empty environment with pip in it, replacing whatever was there."""
    say(f"making {venv.name} with Python {sys.version.split()[0]}")
    remove(venv)
    venv.mkdir()
    unfinished(venv).touch()
    command = [sys.executable, "-m", "venv", str(venv)]
    if has_ensurepip():
        run(command, venv, "make the environment")
        return
    wheel = pip_wheel()
    run([*command, "--without-pip"], venv, "make the environment")
    # There is no pip yet: the wheel, which Python can run as it is, installs itself.
    pip = [str(venv / "bin/python"), f"{wheel}/pip", "install", "--quiet", "--no-compile"]
    run([*pip, "--no-index", str(wheel)], venv, "put pip into it")


def unfinished(venv: Path) -> Path:
    """The mark that is there from the first file to the last: an interrupted run leaves it."""
    return venv / "dialer-unfinished"


def remove(folder: Path) -> None:
    """Take `folder` away at once: a half-removed environment must not look like one."""
    if not folder.exists():
        return
    old = folder.with_name(f"{folder.name}.old.{os.getpid()}")
    folder.rename(old)
    shutil.rmtree(old, ignore_errors=True)


def pip_wheel() -> Path:
    """A wheel of pip: the system's, the one fetched before, or Debian's package, fetched now."""
    kept = cache_dir() / "pip-wheel"
    for folder in (SYSTEM_WHEELS, kept):
        if found := sorted(folder.glob("pip-*.whl")):
            return found[-1]
    say("this Python has no ensurepip: fetching pip from the system's package archive")
    with contextlib.ExitStack() as stack:
        scratch = cache_dir() / f"pip-wheel.{os.getpid()}"
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        wheel = fetch_pip_wheel(scratch)
        kept.mkdir(parents=True, exist_ok=True)
        # Into place in one step, so that no other run ever sees half a file.
        return wheel.replace(kept / wheel.name)


def fetch_pip_wheel(scratch: Path) -> Path:
    """Debian's python3-pip-whl by an apt state of our own, as any user, checked by apt's keys."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise BootstrapError(
            "this Python lacks ensurepip, and there is no apt to fetch pip with: "
            "install Python's venv module"
        )
    options = apt_state(scratch / "apt")
    try:
        for step in (["update"], ["download", "python3-pip-whl"]):
            quiet_run(["apt-get", "-qq", *options, *step], cwd=scratch)
        package = next(scratch.glob("python3-pip-whl*.deb"))
        quiet_run(["dpkg", "-x", str(package), str(scratch / "tree")], cwd=scratch)
        return next((scratch / "tree").rglob("pip-*.whl"))
    except (subprocess.CalledProcessError, StopIteration) as error:
        raise BootstrapError(
            f"could not fetch pip ({last_line(error)}); install it: apt install python3-venv"
        ) from error


def apt_state(folder: Path) -> list[str]:
    """Options that give apt its own lists and cache in `folder`; its sources are the machine's."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    settings = {
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
        "Dir::State::lists": folder / "state/lists",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": "true",
        "Acquire::Languages": "none",
        # As root, apt would fetch as another user, who may not write here.
        "APT::Sandbox::User": "root",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def quiet_run(command: list[str], cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)


def last_line(error: BaseException) -> str:
    text = getattr(error, "stderr", None) or str(error) or type(error).__name__
    return text.strip().splitlines()[-1]


def install(venv: Path) -> None:
    """The project, editable, with everything it and its tests need, at the pinned versions."""
    say("installing the pinned packages")
    # Byte code is made at first use, of what is used: half the time.
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    pinned = ["--constraint", str(ROOT / "constraints.txt")]
    run([*pip, *pinned, *BUILD_TOOLS], venv, "install the build tools")
    # With our own pinned build tools: isolated builds would fetch newer ones, unpinned.
    project = [*pinned, "--no-build-isolation", "--editable", f"{ROOT}[dev]"]
    run([*pip, *project], venv, "install the packages")


def run(command: list[str], venv: Path, aim: str) -> None:
    """Run `command` with its output in a log; raises BootstrapError with its last word."""
    log = venv.with_name(f"{venv.name}.log")
    environment = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    with log.open("w+") as file:
        code = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
        file.seek(0)
        lines = [line.strip() for line in file if line.strip()]
    if code == 0:
        log.unlink()
        return
    errors = [line for line in lines if line.startswith("ERROR")] or lines or [f"status {code}"]
    raise BootstrapError(
        f"could not {aim}: {errors[-1]} (all of it: {log.name}; "
        "check the network and pip's settings, then run the same command again)"
    )


def bootstrap(venv: Path, key: str) -> None:
    """Bring `venv` to `key`: nothing if it is there, else in place, else from scratch."""
    with only_one(ROOT / "tools/bootstrap.py"):
        if is_ready(venv, key):
            return
        if unfinished(venv).exists() or not runs(venv):
            make_venv(venv)
        (venv / "dialer-ready").unlink(missing_ok=True)
        unfinished(venv).touch()
        install(venv)
        unfinished(venv).unlink()
        ready = venv / f"dialer-ready.{os.getpid()}"
        ready.write_text(f"{key}\n")
        ready.rename(venv / "dialer-ready")
        say("ready")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        say("run tools/bootstrap.sh, which calls this with a key")
        return 2
    try:
        bootstrap(ROOT / ".venv", arguments[0])
    except BootstrapError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next run starts where that is safe")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
