"""Which archive a machine's apt sources lead to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.apt_sources import (
    Archive,
    NoArchiveError,
    System,
    find_archive,
    keyring_for,
    parse_deb822,
    parse_one_line,
    read_sources,
    read_system,
)

BOOKWORM = System("debian", "bookworm", "12")
NOBLE = System("ubuntu", "noble", "24.04")

DEB822 = """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/some.gpg

# a comment
Types: deb deb-src
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://old.example/debian
Suites: bookworm
Components: main
"""


def test_the_mirror_of_the_own_suite_serves_another_suite_under_the_same_key() -> None:
    archive = find_archive(parse_deb822(DEB822), BOOKWORM, "forky")

    assert archive == Archive(
        "http://mirror.example/debian", ("forky",), "main", "/usr/share/keyrings/some.gpg"
    )
    assert (
        archive.lines("/k.gpg")
        == "deb [signed-by=/k.gpg] http://mirror.example/debian forky main\n"
    )


def test_the_own_suite_comes_with_its_updates_and_security() -> None:
    lines = find_archive(parse_deb822(DEB822), BOOKWORM).lines("")

    assert lines.splitlines() == [
        "deb http://mirror.example/debian bookworm main",
        "deb http://mirror.example/debian bookworm-updates main",
        "deb http://security.example/debian-security bookworm-security main",
    ]


@pytest.mark.parametrize(
    ("line", "uri"),
    [
        ("deb http://m.example/debian bookworm main contrib", "http://m.example/debian"),
        (
            "deb [arch=amd64 signed-by=/k.gpg] https://m.example/d bookworm main",
            "https://m.example/d",
        ),
        (
            "deb http://m.example/debian bookworm-updates main # only these",
            "http://m.example/debian",
        ),
        ("deb http://s.example/debian-security bookworm-security main", "http://s.example/debian"),
        (
            "deb http://s.example/debian-security/ bookworm-security main",
            "http://s.example/debian/",
        ),
        ("deb http://m.example/debian stable main", "http://m.example/debian"),
    ],
)
def test_one_line_sources_lead_to_the_main_archive(line: str, uri: str) -> None:
    assert find_archive(parse_one_line(line), BOOKWORM, "forky").uri == uri


def test_a_signing_key_named_in_a_one_line_source_is_kept() -> None:
    (source,) = parse_one_line("deb [signed-by=/k.gpg arch=amd64] http://m.example/debian x main")
    assert source.signed_by == "/k.gpg"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# deb http://m.example/debian bookworm main",
        "deb-src http://m.example/debian bookworm main",
        "deb cdrom:[Debian]/ bookworm main",
        "deb http://m.example/other focal main",
    ],
)
def test_without_a_usable_source_one_line_says_what_to_do(line: str) -> None:
    with pytest.raises(
        NoArchiveError, match="no debian mirror in /etc/apt: add a line for bookworm"
    ):
        find_archive(parse_one_line(line), BOOKWORM, "forky")


def test_ubuntu_has_asterisk_in_universe_even_where_only_main_is_listed() -> None:
    sources = parse_one_line("deb http://ports.example/ubuntu-ports noble main")
    archive = find_archive(sources, NOBLE)
    assert archive.lines("") == "deb http://ports.example/ubuntu-ports noble main universe\n"


def test_a_key_in_the_source_itself_is_written_to_a_file(tmp_path: Path) -> None:
    text = (
        "Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n"
        " -----END PGP PUBLIC KEY BLOCK-----\n"
    )
    archive = find_archive(parse_deb822(text), BOOKWORM)

    key = Path(keyring_for(archive, BOOKWORM, tmp_path, tmp_path / "keys"))

    assert key.read_text().splitlines() == [
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "",
        "mQINBF",
        "-----END PGP PUBLIC KEY BLOCK-----",
    ]


def test_without_a_named_key_the_distributions_keyring_counts_else_what_apt_trusts(
    tmp_path: Path,
) -> None:
    archive = Archive("http://m.example/debian", ("forky",), "main")
    assert keyring_for(archive, BOOKWORM, tmp_path, tmp_path) == ""
    keyring = tmp_path / "usr/share/keyrings/debian-archive-keyring.gpg"
    keyring.parent.mkdir(parents=True)
    keyring.touch()
    assert keyring_for(archive, BOOKWORM, tmp_path, tmp_path) == str(keyring)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ('ID=debian\nVERSION_CODENAME=trixie\nVERSION_ID="13"', System("debian", "trixie", "13")),
        ("ID=debian\n", System("debian", "sid", "")),
        ('ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nVERSION_ID="24.04"', NOBLE),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\nUBUNTU_CODENAME=noble\nVERSION_CODENAME=xia',
         System("ubuntu", "noble", "")),
    ],
)  # fmt: skip
def test_the_system_is_read_from_os_release(tmp_path: Path, text: str, system: System) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(text)
    assert read_system(tmp_path) == system


@pytest.mark.parametrize("text", ["", 'ID=fedora\nPRETTY_NAME="Fedora Linux 41"'])
def test_another_system_is_told_to_bring_its_own_asterisk(tmp_path: Path, text: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(text)
    with pytest.raises(
        NoArchiveError, match="neither Debian nor Ubuntu: install Asterisk 20 to 23"
    ):
        read_system(tmp_path)


def test_files_are_read_in_apts_order_and_disabled_ones_left_out(tmp_path: Path) -> None:
    parts = tmp_path / "etc/apt/sources.list.d"
    parts.mkdir(parents=True)
    (tmp_path / "etc/apt/sources.list").write_text("deb http://one.example/debian bookworm main\n")
    (parts / "b.sources").write_text(DEB822)
    (parts / "a.list").write_text("deb http://two.example/debian bookworm main\n")
    (parts / "c.list.save").write_text("deb http://never.example/debian bookworm main\n")

    uris = [source.uris[0] for source in read_sources(tmp_path)]

    assert uris == [
        "http://one.example/debian",
        "http://two.example/debian",
        "http://mirror.example/debian",
        "http://security.example/debian-security",
    ]


@given(st.text())
def test_no_text_breaks_the_parsers(text: str) -> None:
    for source in [*parse_one_line(text), *parse_deb822(text)]:
        assert source.uris
        assert source.suites
