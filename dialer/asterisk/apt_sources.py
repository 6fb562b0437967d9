"""Read a machine's apt sources: from which archive, under which key, may packages come?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DISTROS = ("debian", "ubuntu")
# Ubuntu keeps asterisk, redis and espeak-ng there; Debian has everything free in main.
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
KEYRINGS = {
    "debian": Path("usr/share/keyrings/debian-archive-keyring.gpg"),
    "ubuntu": Path("usr/share/keyrings/ubuntu-archive-keyring.gpg"),
}
_POCKETS = ("updates", "security")


@dataclass(frozen=True)
class Source:
    """One `deb` entry: archive addresses, suites and the key that signs them.

    `signed_by` is what apt's option of that name holds: a path, a fingerprint, or a whole armoured
    key block (deb822 only); empty means every key that the machine trusts.
    """

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


@dataclass(frozen=True)
class System:
    """What `/etc/os-release` says: `distro` is debian or ubuntu, `codename` its suite."""

    distro: str
    codename: str
    version: str = ""


@dataclass(frozen=True)
class Archive:
    """Where packages of a suite come from: lines for a sources.list, without their key."""

    uri: str
    suites: tuple[str, ...]
    components: str
    signed_by: str = ""
    extra: tuple[tuple[str, str], ...] = field(default=())  # (uri, suite) elsewhere: security

    def lines(self, keyring: str) -> str:
        """A one-line style sources.list; `keyring` is a path, or empty for the trusted keys."""
        option = f"[signed-by={keyring}] " if keyring else ""
        places = [(self.uri, suite) for suite in self.suites] + list(self.extra)
        return "".join(f"deb {option}{uri} {suite} {self.components}\n" for uri, suite in places)


class NoArchiveError(RuntimeError):
    """Nothing here can deliver the packages; the message says what to do."""


def read_system(root: Path = Path("/")) -> System:
    """The distribution of this machine. Raises NoArchiveError where it is neither of the two."""
    path = root / "etc/os-release"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    values = {
        key: value.strip("\"'")
        for key, _, value in (line.partition("=") for line in text.splitlines())
    }
    family = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    # Mint and others are "like" both: their packages come from Ubuntu.
    distro = "ubuntu" if "ubuntu" in family else "debian" if "debian" in family else ""
    if not distro:
        name = values.get("PRETTY_NAME") or "this system"
        raise NoArchiveError(
            f"{name} is neither Debian nor Ubuntu: install Asterisk 20 to 23 with the system's own "
            "means and put it on PATH"
        )
    codename = values.get("UBUNTU_CODENAME") or values.get("VERSION_CODENAME", "")
    if distro == "debian" and not codename:
        codename = "sid"  # testing and unstable name no version
    return System(distro, codename, values.get("VERSION_ID", ""))


def read_sources(root: Path = Path("/")) -> list[Source]:
    """Every enabled binary source under `root`/etc/apt, in apt's order."""
    etc = root / "etc/apt"
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    sources: list[Source] = []
    for path in files:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            sources += parse_deb822(text)
        elif path.suffix == ".list":
            sources += parse_one_line(text)
    return sources


_ONE_LINE = re.compile(r"^\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<rest>[^#]*)")


def parse_one_line(text: str) -> list[Source]:
    """`deb [options] uri suite component…` lines; comments and deb-src are left out."""
    sources = []
    for line in text.splitlines():
        match = _ONE_LINE.match(line)
        words = match["rest"].split() if match else []
        if match is None or len(words) < 2:
            continue
        options = dict(
            option.split("=", 1) for option in (match["options"] or "").split() if "=" in option
        )
        sources.append(
            Source((words[0],), (words[1],), tuple(words[2:]), options.get("signed-by", ""))
        )
    return sources


def parse_deb822(text: str) -> list[Source]:
    """Stanzas of a `.sources` file; disabled ones and those without `deb` are left out."""
    sources = []
    for stanza in _stanzas(text):
        types, enabled = stanza.get("types", "deb").split(), stanza.get("enabled", "yes")
        if "deb" not in types or enabled.strip().lower() in {"no", "false", "0", "off"}:
            continue
        uris, suites = stanza.get("uris", "").split(), stanza.get("suites", "").split()
        if uris and suites:
            components = tuple(stanza.get("components", "").split())
            signed_by = _key(stanza.get("signed-by", ""))
            sources.append(Source(tuple(uris), tuple(suites), components, signed_by))
    return sources


def _stanzas(text: str) -> Iterable[dict[str, str]]:
    stanza: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if not line.strip():
            if stanza:
                yield stanza
            stanza, name = {}, ""
        elif line[0] in " \t":
            if name:
                stanza[name] += "\n" + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            stanza[name] = value.strip()
    if stanza:
        yield stanza


def _key(value: str) -> str:
    """In deb822 an armoured key stands in the field itself, its empty lines written as a dot."""
    if "BEGIN PGP" not in value:
        return value.strip()
    return "\n".join("" if line == "." else line for line in value.strip().splitlines()) + "\n"


def find_archive(sources: Iterable[Source], system: System, suite: str | None = None) -> Archive:
    """The archive for `suite` (None: the machine's own, with its updates).

    The address is the one from which this machine takes its own suite; where only lines for
    updates or security are left (cloud images), it is derived from them. Raises NoArchiveError.
    """
    own = [(uri, source) for source in sources for uri in source.uris if _usable(uri)]
    base = _base(own, system)
    if base is None:
        raise NoArchiveError(
            f"no {system.distro} mirror in /etc/apt: add a line for {system.codename or 'a suite'} "
            "there, or install Asterisk 20 to 23 and put it on PATH"
        )
    uri, source = base
    components = COMPONENTS[system.distro]
    if suite is not None and suite != system.codename:
        return Archive(uri, (suite,), components, source.signed_by)
    suites, extra = [system.codename], []
    for other_uri, other in own:
        for name in other.suites:
            if name in _pockets(system.codename):
                if other_uri == uri and name not in suites:
                    suites.append(name)
                elif other_uri != uri and (other_uri, name) not in extra:
                    extra.append((other_uri, name))
    return Archive(uri, tuple(suites), components, source.signed_by, tuple(extra))


def _pockets(codename: str) -> set[str]:
    return {f"{codename}-{pocket}" for pocket in _POCKETS}


def _base(own: list[tuple[str, Source]], system: System) -> tuple[str, Source] | None:
    """Address and source of the main archive: own suite, else updates, else beside security."""
    for wanted in (system.codename, f"{system.codename}-updates"):
        for uri, source in own:
            if wanted in source.suites:
                return uri, source
    for uri, source in own:
        if f"{system.codename}-security" in source.suites:
            return re.sub(r"(debian)-security(/|$)", r"\1\2", uri), source
    for uri, source in own:  # the machine says "stable", or another suite of the same archive
        if re.search(rf"/{system.distro}(-ports)?/?$", uri):
            return uri, source
    return None


def _usable(uri: str) -> bool:
    return uri.partition(":")[0] in {"http", "https", "file", "copy", "mirror", "mirror+file"}


def keyring_for(archive: Archive, system: System, root: Path, keep_in: Path) -> str:
    """Path of the key for `archive`: its own, else the distribution's, else "" (apt's trusted).

    A key block is written to `keep_in`, because a one-line source can only name a file.
    """
    if "BEGIN PGP" in archive.signed_by:
        keep_in.mkdir(parents=True, exist_ok=True)
        path = keep_in / "archive-key.asc"
        path.write_text(archive.signed_by, encoding="utf-8")
        return str(path)
    if archive.signed_by:
        return archive.signed_by
    default = root / KEYRINGS[system.distro]
    return str(default) if default.exists() else ""


def options_file(values: Mapping[str, str], cleared: Iterable[str]) -> str:
    """An apt configuration file: `values`, after the lists named in `cleared` were emptied."""
    lines = [f"#clear {name};" for name in cleared]
    lines += [f'{name} "{value}";' for name, value in values.items()]
    return "\n".join(lines) + "\n"
