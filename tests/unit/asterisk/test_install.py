"""Which Asterisk is taken: the system's own if a node can run on it, else one that is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.asterisk import install as module
from dialer.asterisk.apt import FetchError
from dialer.asterisk.install import InstallError, install_asterisk, usable_on_path
from dialer.asterisk.render import all_modules
from dialer.asterisk.tree import AsteriskInstall, Program

MODULES = list(all_modules(required_only=True))


def asterisk(folder: Path, source: str) -> AsteriskInstall:
    for name in MODULES:
        (folder / name).touch()
    return AsteriskInstall(Program((f"/{source}/asterisk",)), "22.1.0", folder, folder, source)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsteriskInstall:
    """An Asterisk on PATH with every module."""
    (tmp_path / "system").mkdir()
    found = asterisk(tmp_path / "system", "path")
    monkeypatch.setattr(module, "asterisk_on_path", lambda: (found, ""))
    return found


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsteriskInstall:
    """One that can be fetched."""
    (tmp_path / "tree").mkdir()
    found = asterisk(tmp_path / "tree", "tree")
    monkeypatch.setattr(module, "_suite", lambda: None)
    monkeypatch.setattr(module, "fetch_packages", lambda *_, **__: tmp_path)
    monkeypatch.setattr(module, "asterisk_in_tree", lambda _: found)
    return found


@pytest.mark.usefixtures("fetched")
def test_the_system_s_own_is_taken_when_it_has_every_module(system: AsteriskInstall) -> None:
    assert install_asterisk() == system


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize("name", MODULES)
def test_one_that_lacks_a_module_is_passed_over(name: str, system: AsteriskInstall) -> None:
    (system.modules / name).unlink()
    assert usable_on_path() == (None, f"/path/asterisk lacks {name}")
    found = install_asterisk()
    assert (found.source, found.passed_over) == ("tree", f"/path/asterisk lacks {name}")


@pytest.mark.usefixtures("fetched")
def test_where_there_is_none_nothing_was_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "asterisk_on_path", lambda: (None, "no asterisk on PATH"))
    assert install_asterisk().passed_over == ""


def test_where_none_can_be_fetched_either_both_reasons_are_told(
    system: AsteriskInstall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise FetchError("no network")

    monkeypatch.setattr(module, "_suite", lambda: None)
    monkeypatch.setattr(module, "fetch_packages", fail)
    (system.modules / MODULES[0]).unlink()
    with pytest.raises(InstallError, match=r"lacks \w+\.so\): no network$"):
        install_asterisk()
