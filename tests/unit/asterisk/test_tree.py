"""Running programs out of an unpacked tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.asterisk.tree import (
    Program,
    asterisk_on_path,
    library_dirs,
    loader,
    program,
    version_of,
)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    "place",
    [
        "usr/lib64/ld-linux-x86-64.so.2",
        "lib64/ld-linux-x86-64.so.2",
        "usr/lib/ld-linux-aarch64.so.1",
        "lib/ld-linux-aarch64.so.1",
        "usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1",
    ],
)
def test_the_loader_is_found_whatever_the_machine(tmp_path: Path, place: str) -> None:
    expected = touch(tmp_path / place)
    assert loader(tmp_path) == expected


def test_a_tree_with_its_own_loader_runs_through_it(tmp_path: Path) -> None:
    own = touch(tmp_path / "usr/lib64/ld-linux-x86-64.so.2")
    touch(tmp_path / "usr/lib/x86_64-linux-gnu/libc.so.6")
    touch(tmp_path / "usr/lib/x86_64-linux-gnu/pulseaudio/libpulsecommon.so")
    touch(tmp_path / "usr/lib/x86_64-linux-gnu/nothing/readme")

    run = program(tmp_path, "usr/sbin/asterisk")

    triplet = tmp_path / "usr/lib/x86_64-linux-gnu"
    assert library_dirs(tmp_path) == [triplet, triplet / "pulseaudio"]
    assert run.argv[:2] == (str(own), "--library-path")
    assert run.argv[2] == f"{triplet}:{triplet / 'pulseaudio'}"
    assert run.argv[3] == str(tmp_path / "usr/sbin/asterisk")
    assert run.environ == {}


def test_a_tree_without_a_loader_runs_on_the_machines_own(tmp_path: Path) -> None:
    touch(tmp_path / "usr/lib/x86_64-linux-gnu/libx.so.1")
    run = program(tmp_path, "usr/bin/x")
    assert run.argv == (str(tmp_path / "usr/bin/x"),)
    assert run.environ == {"LD_LIBRARY_PATH": str(tmp_path / "usr/lib/x86_64-linux-gnu")}


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.17-1", "22.10.1"),
        ("Asterisk certified/20.7-cert3", "20.7"),
        ("Asterisk certified-22.8", "22.8"),
        ("nothing", ""),
    ],
)
def test_the_version_is_asked_of_the_program(tmp_path: Path, said: str, version: str) -> None:
    path = script(tmp_path / "asterisk", f"echo '{said}'")
    assert version_of(Program((str(path),))) == version


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert version_of(Program((str(tmp_path / "missing"),))) == ""


@pytest.mark.parametrize("version", ["18.1.0", "24.0.0"])
def test_an_asterisk_that_is_too_old_or_too_new_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    script(tmp_path / "asterisk", f"echo Asterisk {version}")
    monkeypatch.setenv("PATH", str(tmp_path))
    found, reason = asterisk_on_path()
    assert found is None
    assert f"is {version}, not 20 to 23" in reason
