"""The Python part, as far as it goes without a network."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools/bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bootstrap = load()


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return tmp_path / ".venv"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, instead of doing it."""
    done: list[str] = []

    def make(venv: Path) -> None:
        done.append("make")
        venv.mkdir(exist_ok=True)

    monkeypatch.setattr(bootstrap, "make_venv", make)
    monkeypatch.setattr(bootstrap, "install", lambda venv: done.append("install"))
    monkeypatch.setattr(bootstrap, "runs", lambda venv: venv.exists())
    return done


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {canonicalize_name(name): version for name, version in (x.split("==") for x in lines)}


def test_constraints_are_names_with_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [x for x in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", x)] == []
    assert len(pins()) == len(lines)


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    requirements = [Requirement(text) for text in wanted] + [
        Requirement(name) for name in bootstrap.BUILD_TOOLS
    ]
    wrong = [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(pins().get(canonicalize_name(requirement.name), "0"))
        or canonicalize_name(requirement.name) not in pins()
    ]
    assert wrong == []


def test_a_first_run_makes_installs_and_marks_as_ready(venv: Path, steps: list[str]) -> None:
    bootstrap.bootstrap(venv, "key 1")
    assert steps == ["make", "install"]
    assert sorted(path.name for path in venv.iterdir()) == ["dialer-ready"]
    assert bootstrap.is_ready(venv, "key 1")


def test_a_second_run_does_nothing(venv: Path, steps: list[str]) -> None:
    bootstrap.bootstrap(venv, "key 1")
    bootstrap.bootstrap(venv, "key 1")
    assert steps == ["make", "install"]


def test_new_pins_are_installed_in_place(venv: Path, steps: list[str]) -> None:
    bootstrap.bootstrap(venv, "key 1")
    bootstrap.bootstrap(venv, "key 2")
    assert steps == ["make", "install", "install"]
    assert not bootstrap.is_ready(venv, "key 1")


def test_an_interrupted_run_is_started_afresh(
    venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(venv: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.bootstrap(venv, "key 1")
    assert not bootstrap.is_ready(venv, "key 1")
    bootstrap.bootstrap(venv, "key 1")
    assert steps == ["make", "make", "install"]


def test_an_environment_that_no_longer_runs_is_made_anew(venv: Path, tmp_path: Path) -> None:
    (venv / "bin").mkdir(parents=True)
    (venv / "dialer-ready").write_text("key 1\n")
    (venv / "bin/python").symlink_to(tmp_path / "removed by an upgrade")
    assert not bootstrap.is_ready(venv, "key 1")


def test_an_environment_of_another_folder_is_not_taken_for_ours(venv: Path) -> None:
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)
    assert not bootstrap.runs(venv)


def test_a_second_set_up_waits_until_the_first_is_done(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    script = (
        "import bootstrap, pathlib, sys\n"
        "with bootstrap.only_one(pathlib.Path(sys.argv[1])): print('second is in')\n"
    )
    with bootstrap.only_one(lock):
        second = subprocess.Popen(
            [sys.executable, "-c", script, lock],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert second.poll() is None
    output, _ = second.communicate(timeout=20)
    assert output == "second is in\n"


def test_a_failed_step_says_its_last_error_and_keeps_the_log(venv: Path) -> None:
    script = (
        "print('Collecting x'); print('ERROR: no such version'); print('hint'); raise SystemExit(3)"
    )
    with pytest.raises(bootstrap.BootstrapError) as failed:
        bootstrap.run([sys.executable, "-c", script], venv, "install the packages")
    text = str(failed.value)
    assert text.startswith("could not install the packages: ERROR: no such version")
    assert "\n" not in text
    assert "hint" in (venv.parent / ".venv.log").read_text()


def test_a_step_does_not_see_where_the_shell_would_put_packages(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in bootstrap.FOREIGN:
        monkeypatch.setenv(name, "/elsewhere")
    foreign = sorted(bootstrap.FOREIGN)
    script = f"import os, sys; sys.exit(any(name in os.environ for name in {foreign!r}))"
    bootstrap.run([sys.executable, "-c", script], venv, "look")
    assert not (venv.parent / ".venv.log").exists()


def test_a_kept_pip_is_used_without_fetching(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "SYSTEM_WHEELS", tmp_path / "none")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = tmp_path / "dialer/pip-wheel/pip-23.0.1-py3-none-any.whl"
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert bootstrap.pip_wheel() == kept


PIP_IN_SMALL = """
import site, sys, zipfile

wheel = sys.argv[-1]
assert sys.argv[1] == "install", sys.argv
assert wheel in sys.path[0], sys.path
zipfile.ZipFile(wheel).extractall(site.getsitepackages()[0])
"""


def test_where_ensurepip_is_missing_the_wheel_of_pip_installs_itself(
    venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "pip-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pip/__init__.py", "NAME = 'pip in small'")
        archive.writestr("pip/__main__.py", PIP_IN_SMALL)
    monkeypatch.setattr(bootstrap, "has_ensurepip", lambda: False)
    monkeypatch.setattr(bootstrap, "pip_wheel", lambda: wheel)
    bootstrap.make_venv(venv)
    command = [venv / "bin/python", "-c", "import pip; print(pip.NAME)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "pip in small\n"


def test_where_nothing_can_be_had_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.BootstrapError, match="install Python's venv module"):
        bootstrap.fetch_pip_wheel(tmp_path)


def test_apt_works_in_folders_of_its_own_and_on_the_machines_sources(tmp_path: Path) -> None:
    options = bootstrap.apt_state(tmp_path / "apt")
    settings = dict(text.split("=", 1) for text in options[1::2])
    assert set(options[::2]) == {"-o"}
    folders = [settings[f"Dir::{name}"] for name in ("State", "State::lists", "Cache")]
    assert all(Path(folder).is_dir() and str(tmp_path) in folder for folder in folders)
    assert Path(settings["Dir::State::status"]).read_bytes() == b""
    assert not any(name.startswith("Dir::Etc") for name in settings)
