"""Fetching packages, with an apt-get and a dpkg-deb that only pretend."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dialer.asterisk.apt import FetchError, cache_dir, explain_failure, fetch_packages, parse_uris

APT = """\
#!{python}
import os, pathlib, sys
home = pathlib.Path({home!r})
with open(home / "calls", "a") as calls: calls.write(" ".join(sys.argv[1:]) + "\\n")
if (home / "fail").exists():
    print("E: " + (home / "fail").read_text()); sys.exit(100)
if (home / "offline").exists():
    if "update" in sys.argv: print("W: Failed to fetch http://m.example/ Could not connect"); exit()
    print("E: Unable to locate package " + sys.argv[-1]); sys.exit(100)
conf = pathlib.Path(sys.argv[sys.argv.index("-c") + 1]).read_text()
debs = [l.split('"')[1] for l in conf.splitlines() if l.startswith("Dir::Cache::archives ")][0]
files = (home / "packages").read_text().split()
if "--print-uris" in sys.argv:
    print("Reading package lists...")
    for name in files: print(f"'http://m.example/{{name}}' {{name}} 10 MD5Sum:00")
elif "install" in sys.argv:
    for name in files: (pathlib.Path(debs) / name).write_text(name)
"""
DPKG = """\
#!{python}
import pathlib, sys
home = pathlib.Path({home!r})
deb, into = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
if (home / "broken").exists(): print("dpkg-deb: error: truncated", file=sys.stderr); sys.exit(2)
(into / "usr").mkdir(exist_ok=True)
(into / "usr" / deb.name).write_text(deb.read_text())
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pretended Debian machine; returns its root. `packages` lists what apt would fetch."""
    (tmp_path / "bin").mkdir()
    for name, text in (("apt-get", APT), ("dpkg-deb", DPKG)):
        path = tmp_path / "bin" / name
        path.write_text(text.format(python=sys.executable, home=str(tmp_path)))
        path.chmod(0o755)
    (tmp_path / "packages").write_text("a_1_amd64.deb b_1_amd64.deb libc6_2_amd64.deb")
    (tmp_path / "etc/apt").mkdir(parents=True)
    (tmp_path / "etc/os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    (tmp_path / "etc/apt/sources.list").write_text("deb http://m.example/debian bookworm main\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path


def fetch(machine: Path, suite: str | None = "forky", *, refresh: bool = False) -> Path:
    return fetch_packages(
        ["a", "b"], suite, cache=machine / "cache", system_root=machine, refresh=refresh
    )


def calls(machine: Path) -> list[str]:
    return (machine / "calls").read_text().splitlines()


def test_packages_are_unpacked_into_a_tree_named_by_what_is_in_it(machine: Path) -> None:
    tree = fetch(machine)

    assert sorted(path.name for path in (tree / "usr").iterdir()) == [
        "a_1_amd64.deb",
        "b_1_amd64.deb",
        "libc6_2_amd64.deb",
    ]
    assert tree.parent == machine / "cache/a"
    assert not list(tree.parent.glob(".part-*"))


def test_a_tree_that_is_there_is_used_without_asking_anyone(machine: Path) -> None:
    first = fetch(machine)
    before = len(calls(machine))

    assert fetch(machine) == first
    assert len(calls(machine)) == before


def test_refresh_takes_newer_packages_and_leaves_the_old_tree(machine: Path) -> None:
    old = fetch(machine)
    (machine / "packages").write_text("a_2_amd64.deb")

    new = fetch(machine, refresh=True)

    assert new != old
    assert old.is_dir()
    assert fetch(machine) == new


def test_programs_of_the_own_suite_run_on_the_machines_own_libc(machine: Path) -> None:
    tree = fetch(machine, None)
    assert not (tree / "usr/libc6_2_amd64.deb").exists()


def test_two_at_once_fetch_once(machine: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        trees = {job.result() for job in [pool.submit(fetch, machine) for _ in range(6)]}

    assert len(trees) == 1
    assert len([call for call in calls(machine) if " update " in f" {call} "]) == 1


def test_apt_is_never_told_to_take_unsigned_packages(machine: Path) -> None:
    fetch(machine)
    conf = (machine / "cache/apt/debian-forky/apt.conf").read_text()

    assert 'APT::Get::AllowUnauthenticated "false";' in conf
    assert 'Acquire::AllowInsecureRepositories "false";' in conf
    assert not any("allow-unauthenticated" in call.lower() for call in calls(machine))
    assert "#clear APT::Update::Post-Invoke;" in conf


def test_a_package_that_cannot_be_unpacked_is_thrown_away_and_fetched_again(machine: Path) -> None:
    (machine / "broken").touch()
    with pytest.raises(FetchError, match=r"cannot be unpacked .*truncated.*run the same command"):
        fetch(machine)
    (machine / "broken").unlink()

    assert fetch(machine).is_dir()


def test_what_an_interrupted_run_left_is_cleared_away(machine: Path) -> None:
    leftover = machine / "cache/a/.part-dead"
    leftover.mkdir(parents=True)

    fetch(machine)

    assert not leftover.exists()


def test_a_failure_of_apt_is_one_line_and_the_next_run_starts_cleanly(machine: Path) -> None:
    (machine / "fail").write_text("Failed to fetch http://m.example/x  Connection refused")
    with pytest.raises(FetchError, match=r"Connection refused.*check the network") as error:
        fetch(machine)
    assert "\n" not in str(error.value)
    (machine / "fail").unlink()

    assert fetch(machine).is_dir()


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("W: GPG error: NO_PUBKEY 0E98\nE: The repository is not signed.", "keyring"),
        ("E: Unable to locate package asterisk", "put it on PATH"),
        ("E: You don't have enough free space: No space left on device", "disk space"),
        ("E: Failed to fetch: Could not resolve host", "network"),
        ("", "network"),
    ],
)
def test_each_failure_says_what_to_do(output: str, remedy: str) -> None:
    said = explain_failure(output, "forky")
    assert remedy in said
    assert said.startswith("apt could not fetch from forky: ")


def test_a_machine_without_network_is_not_told_that_the_suite_lacks_a_package(
    machine: Path,
) -> None:
    (machine / "offline").touch()
    with pytest.raises(FetchError, match=r"Could not connect: check the network"):
        fetch_packages(["a"], cache=machine / "cache", system_root=machine)


def test_only_package_lines_are_read_from_apts_list() -> None:
    text = (
        "Reading lists...\n'http://m/x_1.deb' x_1.deb 12 SHA256:ab\n'http://m/a.deb' a.deb 3 \nDone"
    )
    assert [(p.file, p.size) for p in parse_uris(text)] == [("a.deb", 3), ("x_1.deb", 12)]


def test_the_cache_follows_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_dir() == Path("/somewhere/dialer")
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert cache_dir() == Path.home() / ".cache/dialer"
