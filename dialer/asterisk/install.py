"""Get an Asterisk to run: the system's own if it will do, else one fetched without root."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dialer.asterisk.apt import FetchError, Progress, fetch_packages
from dialer.asterisk.apt_sources import NoArchiveError, read_system
from dialer.asterisk.render import all_modules
from dialer.asterisk.tree import (
    NEWEST,
    OLDEST,
    AsteriskInstall,
    asterisk_in_tree,
    asterisk_on_path,
    missing_modules,
)

PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav")
# Neither Debian 12 nor 13 has Asterisk; Ubuntu has it in its own suites from 24.04 on.
DEBIAN_SUITE = "forky"


class InstallError(RuntimeError):
    """No Asterisk can be had here; one line says why and what to do."""


def install_asterisk(
    progress: Progress | None = None, *, refresh: bool = False, use_path: bool = True
) -> AsteriskInstall:
    """An Asterisk 20 to 23 with the modules a node needs. Raises InstallError.

    Quick when it is there already. `refresh` looks for newer packages; `use_path` False ignores an
    Asterisk of the system.
    """
    found, reason = usable_on_path() if use_path else (None, "")
    if found is not None:
        return found
    passed_over = "" if reason.startswith("no asterisk") else reason
    try:
        tree = fetch_packages(PACKAGES, _suite(), progress=progress, refresh=refresh)
    except (FetchError, NoArchiveError) as error:
        where = f" ({passed_over})" if passed_over else ""
        raise InstallError(f"no Asterisk{where}: {error}") from None
    install = asterisk_in_tree(tree)
    _check(install, tree)
    return replace(install, passed_over=passed_over)


def usable_on_path() -> tuple[AsteriskInstall | None, str]:
    """The system's Asterisk if a node can run on it, else None and the reason in a few words."""
    found, reason = asterisk_on_path()
    if found and (missing := missing_modules(found, list(all_modules(required_only=True)))):
        return None, f"{found.program.argv[0]} lacks {', '.join(missing)}"
    return found, reason


def _suite() -> str | None:
    return DEBIAN_SUITE if read_system().distro == "debian" else None


def _check(install: AsteriskInstall, tree: Path) -> None:
    if not install.version:
        raise InstallError(f"the Asterisk in {tree} does not run: delete that folder and run again")
    if not OLDEST <= install.major <= NEWEST:
        raise InstallError(
            f"the suite has Asterisk {install.version}, but {OLDEST} to {NEWEST} are needed: "
            "put one of these on PATH"
        )
    if missing := missing_modules(install, list(all_modules(required_only=True))):
        raise InstallError(f"{tree} lacks {', '.join(missing)}: delete that folder and run again")
