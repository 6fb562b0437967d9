"""Fetch Debian or Ubuntu packages without root: an apt state of our own, unpacked into a tree.

apt checks every signature and checksum as it does for the system; nothing is installed and no
maintainer script runs. Trees are named by a hash of the packages in them, never change once they
are there, and are shared by every clone and every process of this user.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dialer.asterisk.apt_sources import (
    NoArchiveError,
    find_archive,
    keyring_for,
    options_file,
    read_sources,
    read_system,
)
from dialer.asterisk.child import die_with_parent

Progress = Callable[[float, str], None]
"""Called with a share done (0..1) and a few words; may be called often."""

# The machine's own hooks (clean-up of docker images, package-kit, …) are for the machine's state.
_HOOKS = (
    "APT::Update::Pre-Invoke",
    "APT::Update::Post-Invoke",
    "APT::Update::Post-Invoke-Success",
    "DPkg::Pre-Invoke",
    "DPkg::Post-Invoke",
    "DPkg::Pre-Install-Pkgs",
)
_APT_TIMEOUT_S = 600


class FetchError(RuntimeError):
    """Packages could not be had; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Package:
    """One package file, as apt names it; `digest` is apt's own check, not used as a key."""

    file: str
    size: int
    digest: str


def cache_dir() -> Path:
    """`$XDG_CACHE_HOME/dialer`, by default `~/.cache/dialer`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "dialer"


def fetch_packages(
    names: Sequence[str],
    suite: str | None = None,
    *,
    progress: Progress | None = None,
    refresh: bool = False,
    cache: Path | None = None,
    system_root: Path = Path("/"),
) -> Path:
    """The folder in which `names` and all they depend on are unpacked; fetched when missing.

    `suite` None is the machine's own; another one (`forky`) comes from the same mirror. A tree that
    is there is used as it is, without the network; `refresh` asks the mirror for newer packages.
    Safe to call from several processes at once. Raises FetchError.
    """
    cache = cache or cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    shelf = cache / names[0]
    note = shelf / f"wanted-{_request_key(names, suite, system_root)}"
    if not refresh and (tree := _noted(note)):
        return tree
    report = progress or (lambda _share, _words: None)
    with _locked(cache / "fetch.lock", report):
        if not refresh and (tree := _noted(note)):  # another process was faster
            return tree
        try:
            fetcher = _Fetcher(cache, suite, system_root, report)
            tree = fetcher.fetch(list(names), shelf)
        except NoArchiveError as error:
            raise FetchError(str(error)) from None
        _write_atomic(note, tree.name)
    report(1.0, f"{names[0]} is ready")
    return tree


def _request_key(names: Sequence[str], suite: str | None, system_root: Path) -> str:
    # A home folder may be shared by machines of different systems: their own suites differ.
    release = "" if suite else _os_release(system_root)
    text = "\0".join([*names, suite or "own", os.uname().machine, release])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _os_release(system_root: Path) -> str:
    path = system_root / "etc/os-release"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _noted(note: Path) -> Path | None:
    try:
        tree = note.parent / note.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return tree if tree != note.parent and tree.is_dir() else None


def _write_atomic(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


@contextmanager
def _locked(path: Path, report: Progress) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the kernel frees it if the process dies."""
    with path.open("w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            report(0.0, "waiting for another run that is fetching packages")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class _Fetcher:
    """One fetch under the lock: apt's state for one suite, the shared debs, and the unpacking."""

    def __init__(self, cache: Path, suite: str | None, root: Path, report: Progress) -> None:
        missing = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
        if missing:
            raise FetchError(
                f"{' and '.join(missing)} not found: install Asterisk 20 to 23 with the system's "
                "own means and put it on PATH"
            )
        system = read_system(root)
        archive = find_archive(read_sources(root), system, suite)
        self.report, self.complaints = report, ""
        self.is_own_suite = suite is None or suite == system.codename
        self.suite = archive.suites[0]
        self.state = cache / "apt" / f"{system.distro}-{self.suite}"
        self.debs = cache / "debs"
        for folder in (
            self.state / "lists/partial",
            self.state / "empty/partial",
            self.debs / "partial",
        ):
            folder.mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        keyring = keyring_for(archive, system, root, self.state)
        (self.state / "sources.list").write_text(archive.lines(keyring), encoding="utf-8")
        self.conf = self.state / "apt.conf"
        self.conf.write_text(options_file(self._options(), _HOOKS), encoding="utf-8")

    def _options(self) -> dict[str, str]:
        return {
            "Dir::State": f"{self.state}",
            "Dir::State::status": f"{self.state}/status",
            "Dir::State::lists": f"{self.state}/lists",
            "Dir::Cache": f"{self.state}",
            "Dir::Cache::archives": f"{self.debs}",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "Dir::Etc::sourcelist": f"{self.state}/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Debug::NoLocking": "true",
            # The cache may lie in a home folder that the user _apt cannot enter.
            "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false",
            "APT::Get::AllowUnauthenticated": "false",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Keep-Downloaded-Packages": "true",
            "Binary::apt-get::APT::Keep-Downloaded-Packages": "true",
        }

    def fetch(self, names: list[str], shelf: Path) -> Path:
        self.report(0.0, f"reading the package list of {self.suite}")
        # An update without network is no error to apt: packages it does not know are one, later.
        self.complaints = complaints(self._apt("update", "-q"))
        install = ["install", "-q", "-y", "--no-install-recommends", "--download-only"]
        # apt lists only what it would still download: show it an empty cache to see everything.
        nothing = f"Dir::Cache::archives={self.state}/empty"
        packages = parse_uris(self._apt(*install, "-o", nothing, "--print-uris", "--", *names))
        tree = shelf / _tree_name(packages)
        if tree.is_dir():
            return tree
        self._apt(*install, "--", *names, total=len(packages))
        missing = [p.file for p in packages if not (self.debs / p.file).is_file()]
        if missing:
            raise FetchError(f"apt did not deliver {missing[0]}: run the same command again")
        self._unpack(packages, tree)
        return tree

    def _apt(self, *arguments: str, total: int = 0) -> str:
        """apt-get's output. Its Status-Fd lines `dlstatus:n:percent:words` become progress."""
        read_fd, write_fd = os.pipe()
        command = ["apt-get", "-c", str(self.conf), "-o", f"APT::Status-Fd={write_fd}"]
        command.extend(arguments)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            process = subprocess.Popen(
                command,
                pass_fds=[write_fd],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # An apt that outlives us would write into the files of the next run.
                preexec_fn=die_with_parent(),  # noqa: PLW1509
                env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            )
            os.close(write_fd)
            with os.fdopen(read_fd, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    self._report_download(line, total)
            status = process.wait(timeout=_APT_TIMEOUT_S)
            output.seek(0)
            text = output.read()
        if status != 0:
            raise FetchError(explain_failure(f"{self.complaints}\n{text}", self.suite))
        return text

    def _report_download(self, line: str, total: int) -> None:
        parts = line.split(":", 3)
        if total and parts[0] == "dlstatus" and len(parts) == 4:
            share = _to_float(parts[2]) / 100
            self.report(0.1 + 0.6 * share, f"fetching {total} packages")

    def _unpack(self, packages: Sequence[Package], tree: Path) -> None:
        tree.parent.mkdir(parents=True, exist_ok=True)
        for leftover in tree.parent.glob(".part-*"):  # we hold the lock: nobody writes there
            shutil.rmtree(leftover, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=tree.parent))
        part.chmod(0o755)
        wanted = [p for p in packages if not (self.is_own_suite and _is_libc(p.file))]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            jobs = [pool.submit(_extract, self.debs / p.file, part) for p in wanted]
            for done, job in enumerate(jobs, start=1):
                job.result()
                self.report(0.7 + 0.3 * done / len(jobs), f"unpacking {len(jobs)} packages")
        part.rename(tree)


def _is_libc(file: str) -> bool:
    """Programs of the machine's own suite run on the machine's own loader, which needs its libc."""
    return file.startswith(("libc6_", "libc-bin_"))


def _extract(deb: Path, into: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "-x", str(deb), str(into)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        deb.unlink(missing_ok=True)
        raise FetchError(
            f"{deb.name} cannot be unpacked ({last_line(done.stderr)}): run the same command again"
        )


_URI = re.compile(r"^'(?P<uri>[^']+)' (?P<file>\S+) (?P<size>\d+) ?(?P<digest>\S*)$")


def parse_uris(text: str) -> list[Package]:
    """What `apt-get --print-uris` lists, sorted by file name; other lines are passed over."""
    found = [_URI.match(line) for line in text.splitlines()]
    packages = {m["file"]: Package(m["file"], int(m["size"]), m["digest"]) for m in found if m}
    return sorted(packages.values(), key=lambda package: package.file)


def _tree_name(packages: Sequence[Package]) -> str:
    lines = "\n".join(f"{p.file} {p.size}" for p in packages)
    return hashlib.sha256(lines.encode()).hexdigest()[:20]


def complaints(output: str) -> str:
    """The lines of apt's output that say what it could not fetch."""
    return "\n".join(line for line in output.splitlines() if line.startswith("W: Failed to fetch"))


_UNKNOWN = ("Unable to locate package", "no installation candidate")


def explain_failure(output: str, suite: str) -> str:
    """One line out of apt's output: what went wrong, and what to do."""
    errors = [line[2:].strip() for line in output.splitlines() if line.startswith(("E:", "W:"))]
    reason = errors[0] if errors else last_line(output)
    checks = ("not signed", "NO_PUBKEY", "signatures", "EXPKEYSIG", "BADSIG")
    if any(word in output for word in checks):
        remedy = "update the archive keyring package of this system"
    elif "No space left" in output:
        remedy = "free some disk space"
    elif "Failed to fetch" not in output and any(word in output for word in _UNKNOWN):
        remedy = "this suite does not have it: install it by hand and put it on PATH"
    else:
        remedy = "check the network and the mirror in /etc/apt, then run the same command again"
    return f"apt could not fetch from {suite}: {reason}: {remedy}"


def last_line(text: str) -> str:
    """The last line of `text` that holds anything, or "no output"."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _to_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def terminal_progress(title: str) -> Progress:
    """A progress line on stderr: rewritten in place on a terminal, a few plain lines otherwise."""
    stream, last = sys.stderr, [""]

    def show(share: float, words: str) -> None:
        if stream.isatty():
            end = "\n" if share >= 1 else ""
            stream.write(f"\r\x1b[K{title}: {share:4.0%} {words}{end}")
            stream.flush()
        elif words != last[0]:
            last[0] = words
            print(f"{title}: {words}", file=stream, flush=True)

    return show
