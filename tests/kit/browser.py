"""A Chromium for tests, without root: the machine's own, or one fetched like Asterisk.

`python -m tests.kit.browser` says which one it is; the first time it may have to fetch it.
Fonts are fetched too, whichever it is, so that pictures of pages look alike on every machine and
have Chinese in them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from dialer.asterisk.apt import (
    FetchError,
    Progress,
    cache_dir,
    fetch_packages,
    last_line,
    terminal_progress,
)
from dialer.asterisk.apt_sources import NoArchiveError
from dialer.asterisk.tree import Program, library_dirs, program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: What the console is built for.
OLDEST = 120
_FONTS = ("fonts-liberation2", "fonts-wqy-microhei")
#: Family by generic name: Latin first, then what has Chinese.
_FAMILIES = {
    "sans-serif": ("Liberation Sans", "WenQuanYi Micro Hei"),
    "system-ui": ("Liberation Sans", "WenQuanYi Micro Hei"),
    "serif": ("Liberation Serif", "WenQuanYi Micro Hei"),
    "monospace": ("Liberation Mono", "WenQuanYi Micro Hei Mono"),
}
#: Keep Chromium from calling home: it would look up its maker's hosts at every start.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--no-proxy-server",
)


class BrowserError(RuntimeError):
    """No Chromium can be had here; one line says why and what to do."""


@dataclass(frozen=True)
class Chromium:
    """A Chromium that runs. `source` is `path` or `tree`, for people to read."""

    executable: Path
    version: str
    environ: dict[str, str]
    source: str

    @property
    def env(self) -> dict[str, str]:
        """This process's environment with the browser's own additions."""
        # A bus that is not there is looked for in vain, with a line of complaint each time.
        return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:", **self.environ}

    @property
    def may_sandbox(self) -> bool:
        """Chromium's sandbox needs user namespaces, and refuses to work as root."""
        return os.geteuid() != 0 and _has_user_namespaces()


@cache
def chromium(progress: Progress | None = None) -> Chromium:
    """The Chromium to use; fetched at the first use on a machine. Raises BrowserError."""
    fonts = {"FONTCONFIG_FILE": str(font_settings(progress))}
    for name in NAMES:
        if (found := shutil.which(name)) and (version := version_of(Program((found,)))):
            return Chromium(Path(found), version, fonts, "path")
    return _fetched(progress, fonts)


def _fetched(progress: Progress | None, fonts: dict[str, str]) -> Chromium:
    tree = _fetch(("chromium",), progress)
    run = program(tree, "usr/lib/chromium/chromium")
    version = version_of(run)
    if not version:
        raise BrowserError(
            f"the Chromium in {tree} does not run: delete that folder and run again, or put one "
            f"({OLDEST} or newer) on PATH"
        )
    return Chromium(Path(run.argv[0]), version, {**run.environ, **fonts}, "tree")


def _fetch(names: tuple[str, ...], progress: Progress | None) -> Path:
    try:
        return fetch_packages(names, progress=progress)
    except (FetchError, NoArchiveError) as error:
        why = str(error).partition(": install Asterisk")[0]
        raise BrowserError(
            f"no {names[0]} for tests: {why} (or put Chromium {OLDEST} or newer on PATH)"
        ) from None


def version_of(run: Program) -> str:
    """`156.0.8078.79`; empty when it does not run or is too old."""
    try:
        done = subprocess.run(
            [*run.argv, "--version"], capture_output=True, text=True, env=run.env(), timeout=30,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"Chrom\w+ (\d+)([\d.]*)", done.stdout)
    return f"{found[1]}{found[2]}" if found and int(found[1]) >= OLDEST else ""


def font_settings(progress: Progress | None = None) -> Path:
    """A fontconfig file with our own fonts and no others; made when missing. Raises BrowserError.

    Its cache lies beside it.
    """
    fonts = _fetch(_FONTS, progress) / "usr/share/fonts"
    folder = cache_dir() / "fonts"
    path = folder / f"{fonts.parents[2].name}.conf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_text(_font_file(fonts, folder / "made"), encoding="utf-8")
        part.replace(path)
    return path


def _font_file(fonts: Path, kept: Path) -> str:
    aliases = "".join(
        f"<alias binding='same'><family>{name}</family><prefer>"
        + "".join(f"<family>{family}</family>" for family in families)
        + "</prefer></alias>\n"
        for name, families in _FAMILIES.items()
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{escape(str(fonts))}</dir>\n<cachedir>{escape(str(kept))}</cachedir>\n{aliases}"
        # Whoever asks for a family that is not there, or for none, gets the sans-serif one.
        "<match target='pattern'><edit name='family' mode='append_last'>"
        "<string>Liberation Sans</string><string>WenQuanYi Micro Hei</string></edit></match>\n"
        "<match target='font'><edit name='hintstyle' mode='assign'><const>hintslight</const></edit>"
        "<edit name='antialias' mode='assign'><bool>true</bool></edit></match>\n</fontconfig>\n"
    )


@cache
def driver_environ(progress: Progress | None = None) -> dict[str, str]:
    """What Playwright's own program needs in its environment to start. Raises BrowserError.

    Nothing on most machines. The Node.js it brings links to libatomic, which is no part of a small
    Debian and is fetched there.
    """
    if not driver_complaint({}):
        return {}
    tree = _fetch(("libatomic1",), progress)
    found = {"LD_LIBRARY_PATH": ":".join(map(str, library_dirs(tree)))}
    if why := driver_complaint(found):
        raise BrowserError(f"Playwright does not start ({why}): run 'make setup', then again")
    return found


def driver_complaint(environ: dict[str, str]) -> str:
    """Why Playwright's own program does not start with `environ` added; empty when it does."""
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True,
        env={**os.environ, **environ}, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else last_line(done.stderr)


@cache
def _has_user_namespaces() -> bool:
    try:
        done = subprocess.run(["unshare", "-U", "true"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def main() -> int:
    """Say where it is; with a first start, so that what is missing shows here."""
    try:
        found = chromium(terminal_progress("Chromium"))
        _try_out(found)
        driver_environ(terminal_progress("Playwright"))
    except BrowserError as error:
        print(f"browser: {error}", file=sys.stderr)
        return 1
    facts = {"path": str(found.executable), "version": found.version, "source": found.source}
    print(json.dumps(facts))
    return 0


def _try_out(found: Chromium) -> None:
    """Raises BrowserError when it cannot show a page."""
    with tempfile.TemporaryDirectory() as profile:
        sandbox = [] if found.may_sandbox else ["--no-sandbox"]
        page = ["--headless", "--disable-gpu", "--dump-dom", "data:text/html,<p>ready</p>"]
        command = [str(found.executable), *sandbox, *QUIET, f"--user-data-dir={profile}", *page]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=found.env, timeout=60, check=False
            )
        except subprocess.TimeoutExpired:
            raise BrowserError(f"{found.executable} shows no page within a minute") from None
    if "ready" not in done.stdout:
        raise BrowserError(f"{found.executable} shows no page: {last_line(done.stderr)}")


if __name__ == "__main__":
    sys.exit(main())
