"""Run programs out of an unpacked package tree, and find the Asterisk to use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OLDEST, NEWEST = 20, 23


@dataclass(frozen=True)
class Program:
    """How to start a program: `argv` before its arguments, `environ` added to the environment."""

    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        """This process's environment with the program's own additions."""
        return {**os.environ, **self.environ}


@dataclass(frozen=True)
class AsteriskInstall:
    """An Asterisk that can be started. `source` is `path` or `tree`, for people to read.

    `passed_over` says why it is not the one on PATH; empty when there is none.
    """

    program: Program
    version: str
    modules: Path
    data: Path
    source: str
    passed_over: str = ""

    @classmethod
    def absent(cls) -> AsteriskInstall:
        """No Asterisk: enough to look at a process that another one started."""
        return cls(Program(()), "", Path(), Path(), "none")

    @property
    def major(self) -> int:
        """20 for "20.9.3"."""
        return int(self.version.split(".")[0])


def library_dirs(tree: Path) -> list[Path]:
    """Folders of `tree` with shared libraries; some packages keep theirs one level deeper."""
    found = []
    for base in (tree / "usr/lib", tree / "lib"):
        for triplet in sorted(base.glob("*-linux-*")):
            found.append(triplet)
            found += [
                d for d in sorted(triplet.iterdir()) if d.is_dir() and any(d.glob("lib*.so*"))
            ]
    return found


def loader(tree: Path) -> Path | None:
    """The dynamic loader in `tree` (x86-64: usr/lib64, arm64: beside the libraries), if any."""
    for folder in ("usr/lib64", "lib64", "lib", "usr/lib", "usr/lib/*-linux-*"):
        if found := sorted(tree.glob(f"{folder}/ld-linux*.so.*")):
            return found[0]
    return None


def program(tree: Path, path: str) -> Program:
    """How to run `tree`/`path`.

    A tree of a foreign suite brings its own C library and is started through its own loader; a tree
    of the machine's own suite has none, and finds its other libraries by LD_LIBRARY_PATH.
    """
    executable = tree / path
    libraries = ":".join(str(folder) for folder in library_dirs(tree))
    if own_loader := loader(tree):
        return Program((str(own_loader), "--library-path", libraries, str(executable)))
    return Program((str(executable),), {"LD_LIBRARY_PATH": libraries})


def asterisk_in_tree(tree: Path) -> AsteriskInstall:
    """The Asterisk of an unpacked tree; its version is asked of the program itself."""
    run = program(tree, "usr/sbin/asterisk")
    modules = next(iter(sorted(tree.glob("usr/lib/*/asterisk/modules"))), None)
    modules = modules or tree / "usr/lib/asterisk/modules"
    return AsteriskInstall(run, version_of(run), modules, tree / "usr/share/asterisk", "tree")


def asterisk_on_path() -> tuple[AsteriskInstall | None, str]:
    """An Asterisk of this system, of a version that will do; else None and why in a few words."""
    # A plain user's PATH often lacks sbin, where packages put it.
    places = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    executable = shutil.which("asterisk", path=places)
    if executable is None:
        return None, "no asterisk on PATH"
    run = Program((executable,))
    version = version_of(run)
    if not version or not OLDEST <= int(version.split(".")[0]) <= NEWEST:
        return None, f"{executable} is {version or 'of an unknown version'}, not 20 to 23"
    modules = _first_with(_module_dirs(), "chan_pjsip.so")
    data = _first_with(_data_dirs(), "documentation")
    if modules is None or data is None:
        return None, f"{executable} has no chan_pjsip or no documentation where we look for it"
    return AsteriskInstall(run, version, modules, data, "path"), ""


def missing_modules(install: AsteriskInstall, names: Sequence[str]) -> list[str]:
    """Those of `names` (with `.so`) that are not in the installation."""
    return [name for name in names if not (install.modules / name).exists()]


def version_of(run: Program) -> str:
    """`22.10.1` out of `Asterisk 22.10.1~dfsg+…`; empty when it does not run."""
    try:
        done = subprocess.run(
            [*run.argv, "-V"],
            capture_output=True,
            text=True,
            env=run.env(),
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"Asterisk\s+(?:certified[/-])?(\d+(?:\.\d+)*)", done.stdout)
    return match[1] if match else ""


def _module_dirs() -> list[Path]:
    fixed = [Path(f"/usr/{p}lib/asterisk/modules") for p in ("", "local/")]
    fixed += [Path("/usr/lib64/asterisk/modules")]
    return [*_configured("astmoddir"), *sorted(Path("/usr/lib").glob("*/asterisk/modules")), *fixed]


def _data_dirs() -> list[Path]:
    fixed = [Path("/usr/share/asterisk"), Path("/var/lib/asterisk")]
    return [*_configured("astdatadir"), *fixed, Path("/usr/local/share/asterisk")]


def _configured(key: str) -> list[Path]:
    """A folder as the system's own asterisk.conf names it."""
    try:
        text = Path("/etc/asterisk/asterisk.conf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    match = re.search(rf"^\s*{key}\s*=>?\s*(\S+)", text, re.MULTILINE)
    return [Path(match[1])] if match else []


def _first_with(folders: Sequence[Path], name: str) -> Path | None:
    return next((folder for folder in folders if (folder / name).exists()), None)
